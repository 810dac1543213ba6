"""The page that derives the formulae must run as it is printed."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "background" / "pairs.md"


def test_the_examples_of_the_background_page_are_true():
    """Readers check the derivations against these numbers."""
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert tried > 10
    assert failed == 0
