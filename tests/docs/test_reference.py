"""The reference is what the program says of itself, no more and no less."""

from __future__ import annotations

import pytest
from tests.docs.reference import FOLDER, PRINTED

from bellpush.delivery.kinds import DELIVERIES
from bellpush.design.scan import UNITS
from bellpush.engines.kinds import ENGINES
from bellpush.experiments.kinds import CLAIMS
from bellpush.hardware.channel import CHANNELS
from bellpush.hardware.memory import MEMORIES
from bellpush.links.kinds import SCHEMES
from bellpush.scenario.model import LinkFile, RequestFile, Run, ScenarioFile, Source
from bellpush.scenario.presets import names

KINDS = {"schemes": SCHEMES, "memories": MEMORIES, "channels": CHANNELS, "deliveries": DELIVERIES}


@pytest.mark.parametrize("page", PRINTED, ids=lambda page: page.stem)
def test_a_reference_page_is_what_the_program_prints_now(page):
    """A page that was not printed anew (`python -m tests.docs.refresh`) would tell of an older program."""
    assert page.read_text() == PRINTED[page]()


def test_no_reference_page_is_written_by_hand():
    """It would not be compared with anything."""
    assert set(FOLDER.glob("*.md")) == set(PRINTED)


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, kinds in KINDS.items() for kind in kinds])
def test_every_kind_stands_on_its_page_with_every_field(name, kind):
    """A new kind appears by itself."""
    text = (FOLDER / f"{name}.md").read_text()
    assert f"\n## {kind.model_fields['kind'].default}\n" in text
    assert all(f"| `{field}` |" in text for field in kind.model_fields if field != "kind")


@pytest.mark.parametrize("record", [ScenarioFile, LinkFile, RequestFile, Source, Run], ids=lambda kind: kind.__name__)
def test_every_field_of_a_scenario_stands_on_its_page(record):
    """What a file may hold, and nothing else."""
    text = (FOLDER / "scenario.md").read_text()
    assert all(f"| `{field}` |" in text for field in record.model_fields if field != "kind")


def test_what_can_be_named_stands_on_its_page():
    """Presets, engines, experiments and quantities appear by themselves too."""
    text = {page.stem: page.read_text() for page in PRINTED}
    assert all(f"\n### {name}\n" in text["presets"] for kind in ("experiment", "device") for name in names(kind))
    assert all(f"| `{engine.name}` |" in text["engines"] for engine in ENGINES)
    assert all(f"\n## {name}\n" in text["claims"] for name in CLAIMS)
    assert all(f".{key}` |" in text["commands"] for units in UNITS.values() for key in units)


def test_no_preset_stands_on_its_page_without_its_numbers():
    """An empty table says that nothing is known of a device."""
    text = next(page for page in PRINTED if page.stem == "presets").read_text()
    for name in (*names("experiment"), *names("device")):
        about = text.split(f"\n### {name}\n")[1].split("\n### ")[0]
        assert about.count("\n| `") >= 2, name
