"""Published claims beside ours: what counts as reproduced, and on what it rests."""

import json
import re
from dataclasses import replace
from itertools import product

import pytest
from typer.testing import CliRunner

from bellpush.cli import app
from bellpush.experiments.claim import Claim, Setting, Shown, Tolerance
from bellpush.experiments.kinds import CLAIMS, EXPERIMENTS
from bellpush.experiments.weigh import Weighed, weigh
from bellpush.ground.errors import ScenarioError
from bellpush.report.validate import lines
from bellpush.scenario.load import load
from bellpush.scenario.model import STANDINGS
from bellpush.scenario.run import run
from bellpush.scenario.standing import UNCONFIRMED

ROWS = weigh()
BY_NAME = {(row.experiment, row.claim.name): row for row in ROWS}
BRIGHT = "links.0.scheme.bright_state_population"


def row(experiment, name):
    return BY_NAME[(experiment, name)]


def ids(one):
    return f"{one.experiment}, {one.claim.name}"


FIDELITY = Claim(
    name="made up",
    published=0.8,
    standing="reported",
    source="nowhere",
    path="requests.clocked.fidelity",
    uncertainty=0.001,
)


def verdict(**changes):
    """The verdict on a made-up claim about what Magnard 2020 delivers, which ours says is 0.8045."""
    return Weighed("magnard-2020", replace(FIDELITY, **changes)).verdict


# What a verdict means.


def test_a_claim_within_its_tolerance_is_reproduced_and_beyond_it_differs():
    """Else the table would call anything agreement."""
    ours = row("magnard-2020", "delivered fidelity").ours
    assert verdict(published=ours + 0.0009) == "reproduced"
    assert verdict(published=ours + 0.0011) == "differs"
    assert verdict(published=ours + 0.0011, tolerance=Tolerance(0.002, "made up")) == "reproduced"


def test_without_a_tolerance_nothing_is_reproduced():
    """A bare number does not say how near is near enough."""
    assert verdict(published=0.8045, uncertainty=None) == "differs"


def test_a_difference_is_explained_only_by_a_number_that_closes_the_gap():
    """A reason without a number that shows it is a guess."""
    off = {"links.0.scheme.absorption": Setting(1.0, "given", "switched off")}
    better = run(load("magnard-2020", {"links.0.scheme.absorption": 1.0}))["clocked"].fidelity.value
    assert verdict(published=better, reason="absorption") == "differs"
    assert verdict(published=better, shown=(Shown("{}", off),)) == "explained"
    assert verdict(published=better + 0.01, shown=(Shown("{}", off),)) == "differs"


def test_a_number_that_was_spent_on_a_fit_is_not_reproduced():
    """What was put in comes out again, to the digits of what was fitted; if it does not, the fit is another's."""
    spent = {"restates": True, "tolerance": Tolerance(0.001, "digits")}
    ours = row("magnard-2020", "delivered fidelity").ours
    assert verdict(published=ours + 0.0009, **spent) == "not-comparable"
    assert verdict(published=ours + 0.0011, **spent) == "differs"
    why = row("kurpiers-2018", "process fidelity").why
    assert "spent on an input of the preset, which gives it back within 0.0001" in why


def test_a_recalled_figure_is_never_reproduced():
    """Memory is no witness, however well ours fits it."""
    ours = row("magnard-2020", "delivered fidelity").ours
    assert verdict(published=ours, standing="recalled") == "not-comparable"
    for one in ROWS:
        if one.claim.standing == "recalled":
            assert one.verdict == "not-comparable", ids(one)
            assert "recalled and unconfirmed" in one.why


def test_a_bound_is_reproduced_by_exceeding_it():
    """More than one half means more, not about."""
    assert verdict(published=0.5, relation="greater") == "reproduced"
    assert verdict(published=0.9, relation="greater") == "differs"


# What each row must say.


def spelled_out(text):
    """Each of `a.{b, c} (d), e (f)` by itself."""
    for part in re.findall(r"[^{},]*(?:{[^}]*}[^{},]*)*", text):
        names = [piece.split(", ") for piece in re.split(r"[{}]", part)]
        yield from ("".join(one).strip() for one in product(*names) if part)


@pytest.mark.parametrize("one", ROWS, ids=ids)
def test_nothing_rests_silently_on_an_unconfirmed_input(one):
    """Every recalled, assumed or fitted input is named, and agreement that rests on one says what it is worth."""
    weak = [known for known in one.inputs if known.standing in UNCONFIRMED]
    listed = set(spelled_out(one.why.partition("rests on unconfirmed inputs")[2].partition(": ")[2]))
    assert listed == {f"{known.path.removeprefix('links.0.')} ({known.standing})" for known in weak}
    if weak and one.verdict == "reproduced":
        assert "agreement proves nothing" in one.why
    for shown in one.claim.shown:
        for setting in shown.settings.values():
            if setting.standing in UNCONFIRMED:
                assert setting.standing in one.why


@pytest.mark.parametrize("one", ROWS, ids=ids)
def test_every_row_has_a_reason_and_a_source(one):
    """A verdict without a why convinces nobody."""
    assert one.why
    assert one.claim.source
    assert one.claim.standing in STANDINGS
    assert (one.ours is None) <= (one.verdict == "not-comparable")
    if one.ours is None:
        assert one.claim.incomparable
    elif one.claim.relation == "equal" and one.claim.standing != "recalled" and not one.claim.incomparable:
        assert one.claim.tolerance or one.claim.uncertainty or one.claim.restates


def moved_a_little(text, factor):
    """Another input of the same kind: a number a little off, or the other word."""
    if text in ("depolarising", "mixed"):
        return {"depolarising": "dephasing", "mixed": "00"}[text]
    number, _, unit = text.partition(" ")
    return f"{float(number) * factor} {unit}" if unit else float(number) * factor


@pytest.mark.parametrize("one", [one for one in ROWS if one.ours is not None and one.claim.rests is not None], ids=ids)
def test_ours_does_not_move_with_an_input_it_is_said_not_to_rest_on(one):
    """An input left out of the list could be a recalled one, and the standing would be too good."""
    scenario = load(one.experiment, one.claim.edits)
    resting = {known.path for known in one.inputs}
    for known in scenario.inputs:
        if known.path in resting or known.text.startswith("299792"):
            continue
        # A clock a little slower than its attempts, not faster: one attempt still fits; no linewidth below a bandwidth.
        slower = known.path.startswith("requests.") or known.path.endswith("device.linewidth")
        changed = moved_a_little(known.text, 1.01 if slower else 0.99)
        moved = {**one.claim.settings, known.path: Setting(changed, "given", "moved")}
        assert Weighed(one.experiment, replace(one.claim, settings=moved)).ours == pytest.approx(one.ours, rel=1e-6), (
            known.path
        )


@pytest.mark.parametrize("one", ROWS, ids=ids)
def test_the_standing_is_the_weakest_among_the_inputs(one):
    """In the order of the contract."""
    if one.inputs:
        assert STANDINGS.index(one.standing) == max(STANDINGS.index(known.standing) for known in one.inputs)


def test_what_a_claim_changes_is_an_input_with_its_own_standing():
    """That 39 Hz belong to a bright-state population of 0.3 is remembered, so the row rests on memory."""
    one = row("humphreys-2018", "rate, bright 0.3")
    (changed,) = [known for known in one.inputs if known.path.startswith(BRIGHT)]
    assert (changed.standing, changed.text) == ("recalled", "0.3")
    assert one.standing == "recalled"


def test_a_choice_in_words_is_an_input_too():
    """How the stored pair decays is assumed, and no number says so."""
    known = {one.path: one for one in row("humphreys-2018", "delivered fidelity").inputs}
    assert known["nodes.alice.memory.kind"].standing == "assumed"
    assert known["requests.clocked.delivery.fallback"].standing == "assumed"
    assert known["requests.clocked.delivery.period"].standing == "reported"


def test_names_are_unique_within_an_experiment():
    """A row is called by its name."""
    assert len(BY_NAME) == len(ROWS)


def test_no_claim_may_call_itself_reproduced_through_an_edit_to_the_published_number():
    """Never tune to the published figure: no setting, shown or not, holds it."""
    for one in ROWS:
        held = [*one.claim.settings.values(), *(s for shown in one.claim.shown for s in shown.settings.values())]
        assert one.claim.published not in [setting.value for setting in held]


# The door.


def test_json_has_the_keys_of_the_contract():
    """Programs read these names."""
    printed = CliRunner().invoke(app, ["validate", "--json"])
    document = json.loads(printed.stdout)
    assert printed.exit_code == 0
    assert len(document) == sum(len(claims) for claims in CLAIMS.values())
    names = {"experiment", "claim", "published", "uncertainty", "unit", "ours", "standing", "verdict", "why"}
    for entry in document:
        assert names <= set(entry)
        assert entry["experiment"] in CLAIMS
        assert entry["verdict"] in ("reproduced", "differs", "explained", "not-comparable")
        assert entry["standing"] in STANDINGS
        assert entry["deviation"] is None or entry["deviation"] == entry["ours"] - entry["published"]


@pytest.mark.parametrize("experiment", CLAIMS)
def test_the_report_fits_a_terminal_and_shows_every_claim(experiment):
    """80 columns, every claim in the order of its file, and a why beneath it."""
    text = lines(weigh(experiment))
    summed = 1 + any(row.verdict == "reproduced" for row in weigh(experiment))  # lines after the claims
    assert max(len(line) for line in text) <= 80
    assert all(line == line.rstrip() for line in text)
    shown = [line for line in text if not line.startswith(" ")][3 : -1 - summed]
    assert len(shown) == len(CLAIMS[experiment])
    for one, line in zip(weigh(experiment), shown, strict=True):
        assert line.startswith(one.claim.name + " ")
        assert line.endswith(f"  {one.verdict}")
        assert text[text.index(line) + 1].startswith(f"    {one.claim.standing}")


def test_the_command_shows_all_experiments():
    """And ends with how many of each verdict there are, and how many agreements prove something."""
    printed = CliRunner().invoke(app, ["validate"])
    assert printed.exit_code == 0
    assert set(CLAIMS) <= set(printed.stdout.splitlines())
    *_, counts, sound = printed.stdout.splitlines()
    assert sum(int(part.split()[0]) for part in counts.split(", ")) == len(ROWS)
    known = [row for row in ROWS if row.verdict == "reproduced" and row.standing not in UNCONFIRMED]
    assert sound.startswith(f"{len(known)} of these agreements")


def test_one_experiment_can_be_asked_for():
    """And nothing else is then shown."""
    assert {one.experiment for one in weigh("magnard-2020")} == {"magnard-2020"}
    assert lines(weigh("magnard-2020"))[0] == "magnard-2020"


def test_an_unknown_experiment_names_the_nearest():
    """A slip of the finger gets help, and the exit status of a wrong command line."""
    with pytest.raises(ScenarioError, match="Did you mean `kurpiers-2018`"):
        weigh("kurpers-2018")


def test_what_run_shows_beside_ours_is_confirmed():
    """Its table has no room for reasons, so it shows nothing that was recalled."""
    assert set(EXPERIMENTS) == set(CLAIMS)
    for claims in EXPERIMENTS.values():
        assert all(claim.path and claim.standing in ("reported", "derived") for claim in claims)
