"""What `compare` says, and when it must not say it."""

from tests.systems.known import clocked, one_link, werner

from bellpush.report.compare import apart, side_by_side
from bellpush.scenario.load import load
from bellpush.scenario.run import compare, run

DECAY = {"kind": "depolarising", "time": "5 ms"}


def lines(results):
    return [part for part in side_by_side(results) if isinstance(part, str)]


def test_agreement_is_said_and_so_is_disagreement():
    """A table that always agrees would show nothing."""
    results = compare(load(one_link(werner(0.05, 0.9), clocked("1 ms"), DECAY)))
    assert apart(results) == []
    assert "agree within 4" in lines(results)[-1]
    other = run(one_link(werner(0.05, 0.8), clocked("1 ms"), DECAY), engine="physics")
    wrong = {**results, "physics": other}
    assert "it: delivered fidelity" in apart(wrong)
    assert "DISAGREE" in lines(wrong)[-1]


def test_a_handful_of_presses_is_not_compared():
    """Two presses have no spread to speak of."""
    results = compare(load(one_link(werner(0.05, 0.9), clocked("1 ms"), DECAY)), shots=2)
    assert apart(results) == []
    assert "fewer than 30" in lines(results)[-1]


def test_what_no_press_showed_is_not_a_disagreement():
    """At one success in a thousand million, 3000 presses see none: the delivered fidelity is still compared."""
    results = compare(load(one_link(werner(1e-9, 0.9), clocked("1 ms"), DECAY)), shots=3000)
    assert apart(results) == []
    sampled = results["physics"]["it"].fidelity
    assert 0 < sampled.standard_error < 1e-2


def test_a_sampled_verdict_says_when_it_is_not_settled():
    """One press proves nothing."""
    one = run(one_link(werner(0.5, 0.9), clocked("1 ms"), DECAY), engine="physics", shots=1)["it"]
    assert "not settled" in one.verdict.why
