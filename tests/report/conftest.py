"""Reports that several tests read, each written once."""

from __future__ import annotations

from functools import cache

import pytest
from tests.report.cases import result

from bellpush.report.write import write


@pytest.fixture(scope="session")
def report(tmp_path_factory):
    """The folder of a case's report, by the case's name; to be read only."""
    folder = tmp_path_factory.mktemp("reports")

    @cache
    def written(name):
        return write([result(name)], [name], folder / name).parent

    return written
