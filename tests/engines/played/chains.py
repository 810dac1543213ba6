"""Small chains as the player takes them, without a scenario file."""

from bellpush.delivery.chain import ChainRequest
from bellpush.delivery.heralded import Heralded
from bellpush.delivery.route import Route
from bellpush.ground.streams import Streams
from bellpush.hardware.memory import Perfect
from bellpush.hardware.node import Node, SwapDevice
from bellpush.links.link import Link
from bellpush.links.parametric import Parametric

__all__ = ["chain", "link", "node", "played"]


def node(memory=None, **swap):
    """A node with two qubits."""
    return Node(memory=memory or Perfect(), qubits=2, swap=SwapDevice(**swap))


def link(name, nodes, ends, success, fidelity=1.0, target="phi+", **more):
    """A link of one-second attempts that give Werner pairs."""
    state = {"kind": "werner", "fidelity": fidelity}
    scheme = Parametric(attempt_duration="1 s", success_probability=success, state=state, target=target, **more)
    return Link(name, ends, nodes, (), scheme)


def chain(policy, success, nodes, delivery=None, **state):
    """A request along a chain: success probabilities of the links, and one node more than those."""
    names = tuple(f"n{number}" for number in range(len(nodes)))
    links = [
        link(f"l{k}", (nodes[k], nodes[k + 1]), (names[k], names[k + 1]), p, **state) for k, p in enumerate(success)
    ]
    return ChainRequest("it", Route(names, tuple(links)), delivery or Heralded(), policy)


def played(request, shots, seed=1):
    """The law of a request, played."""
    from bellpush.engines.played.chain import play

    return play(request, Streams(seed), shots, None)
