"""Routes through a network."""

from __future__ import annotations

import pytest

from bellpush.scenario.load import load


def over(*joins, between=("a", "d"), policy="swap-asap"):
    """A scenario whose links join these nodes, named by one letter each."""
    scheme = {"kind": "parametric", "attempt_duration": "1 ms", "success_probability": 0.5}
    state = {"state": {"kind": "werner", "fidelity": 1}}
    links = [
        {"name": f"{join}{number}" if joins.count(join) > 1 else join, "between": list(join), "scheme": scheme | state}
        for number, join in enumerate(joins)
    ]
    wish = {"name": "it", "between": list(between), "delivery": {"kind": "heralded"}, "policy": {"kind": policy}}
    return {"nodes": {name: {"qubits": 2} for name in sorted(set("".join(joins)))}, "links": links, "requests": [wish]}


def route(*joins, **more):
    return load(over(*joins, **more)).job.chains["it"].route


def test_a_route_takes_the_fewest_links_and_no_other():
    assert route("ab", "bc", "cd", "be").names == ("a", "b", "c", "d")
    assert route("ab", "bd", "bc", "cd").names == ("a", "b", "d")


def test_a_route_runs_as_asked_whichever_way_its_links_were_written():
    found = route("ba", "cb", "cd")
    assert found.names == ("a", "b", "c", "d")
    assert found.turned == (True, True, False)
    assert [node.qubits for node in found.nodes] == [2, 2, 2, 2]
    assert route("ba", "cb", "cd", between=("d", "a")).names == ("d", "c", "b", "a")


def test_a_link_between_the_ends_serves_without_swaps():
    assert not load(over("ad", "ab", "bd")).job.chains


@pytest.mark.parametrize(
    ("joins", "named"),
    [(("ab", "bd", "ac", "cd"), "a - b - d, a - c - d"), (("ab", "ab", "bd"), "`ab0` and `bd`, `ab1` and `bd`")],
)
def test_routes_of_the_same_length_are_not_chosen_from(joins, named):
    from bellpush.ground.errors import UnsupportedError

    with pytest.raises(UnsupportedError, match="only one way between two nodes is built yet") as error:
        load(over(*joins))
    assert named in str(error.value)


def test_requests_that_meet_at_a_node_need_qubits_for_both():
    """Without a shared link they may still wait for each other."""
    data = over("ab", "bd", "eb", "bf")
    more = {**data["requests"][0], "name": "more", "between": ["e", "f"]}
    crowded = load({**data, "requests": [*data["requests"], more]}).job.contested
    assert "`b` has 2: `it` and `more` need 4" in crowded
    data["nodes"]["b"] = {"qubits": 4}
    assert load({**data, "requests": [*data["requests"], more]}).job.contested is None
