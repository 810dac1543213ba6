"""What is loaded when: a command that answers at once must not wait for libraries it does not use."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest


def loaded(code: str) -> set[str]:
    """The modules that a fresh interpreter has after running `code`."""
    script = (
        f"import sys, io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()):\n    {code}\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_bellpush_loads_no_numerics_and_no_plotting():
    """`import bellpush` stands in scripts that only want the version or an error class."""
    assert not loaded("import bellpush; bellpush.BellpushError") & {"numpy", "pydantic", "matplotlib", "pint", "rich"}


@pytest.mark.parametrize("preset", ["humphreys-2018", "kurpiers-2018"])
def test_a_run_for_programs_loads_only_what_it_needs(preset):
    """pint takes longer to load than a whole run; tables need rich, JSON does not."""
    code = f"from bellpush.cli import app; app(['run', '{preset}', '--json'], standalone_mode=False)"
    modules = loaded(code)
    assert "numpy" in modules
    assert not modules & {"pint", "scipy", "rich", "qutip", "matplotlib"}


def test_a_run_reads_no_published_claims_but_those_beside_it():
    """A growing list of experiments must not slow down a run that shows none of them."""
    run = "from bellpush.cli import app; app(['run', '{}', *{}], standalone_mode=False)"
    claims = {name for name in loaded(run.format("humphreys-2018", [])) if re.search(r"experiments\.\w+_\d{4}$", name)}
    assert claims == {"bellpush.experiments.humphreys_2018"}
    assert not any(name.startswith("bellpush.experiments") for name in loaded(run.format("humphreys-2018", ["--json"])))
