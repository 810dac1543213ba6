"""How scenarios, results and pairs show themselves in a notebook."""

import pickle
import subprocess
import sys
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

import bellpush
from bellpush.ground.errors import ScenarioError
from bellpush.report.drawing import network
from bellpush.scenario.shown import ShownPair
from bellpush.states.pair import bell, werner

VOID = ("br", "img", "meta", "link", "input")
EVIL = "<script>alert('x')</script> & \"quotes\""


class Reader(HTMLParser):
    """Text and tags of a fragment; a tag that is not closed in order is an error."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.words = [], [], []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return "|".join(self.words)


def svgs(html):
    """The drawings of a fragment, each of which must be XML on its own."""
    return [ElementTree.fromstring("<svg" + part.split("</svg>")[0] + "</svg>") for part in html.split("<svg")[1:]]


def shapes(drawing, name):
    return drawing.findall(f".//{{http://www.w3.org/2000/svg}}{name}")


@pytest.fixture(scope="module")
def result():
    return bellpush.run("humphreys-2018")


def renamed(name):
    return bellpush.load("kurpiers-2018").edit("name", name)


def test_a_result_shows_its_answer_and_a_drawing(result):
    """What a cell ends with must tell what the table of the command tells."""
    html = result._repr_html_()
    read = Reader(html)
    answer = result["clocked"]
    numbers = [f"{one.value:.4g}" for one in (answer.fidelity, answer.fidelity_heralded, answer.delivered_probability)]
    for word in ("Humphreys 2018, by the exact engine", "clocked 100 ms", "weakest input", *numbers):
        assert word in read.text
    (drawing,) = svgs(html)
    assert len(shapes(drawing, "rect")) == 6  # three bars, each with its frame


def test_the_bars_are_as_long_as_the_fidelities(result):
    """A drawing that does not follow the numbers misleads."""
    (drawing,) = svgs(result._repr_html_())
    frame, *_ = shapes(drawing, "rect")
    widths = [float(one.get("width")) / float(frame.get("width")) for one in shapes(drawing, "rect")[1::2]]
    answer = result["clocked"]
    expected = [answer.request.link.fidelity.value, answer.fidelity_heralded.value, answer.fidelity.value]
    assert widths == pytest.approx(expected, abs=1e-4)


def test_a_scenario_shows_its_nodes_links_and_requests():
    """Before anything is run."""
    html = bellpush.load("magnard-2020")._repr_html_()
    read = Reader(html)
    for word in (
        "node alice",
        "t1-t2, t1 12 us, t2 6 us",
        "link alice-bob",
        "weakest input assumed",
        "request clocked",
    ):
        assert word in read.text
    (drawing,) = svgs(html)
    assert len(shapes(drawing, "circle")) == 2
    assert len(shapes(drawing, "path")) == 1


def test_a_link_over_a_node_is_an_arc():
    """Drawn straight it would look like two links."""
    text = network(["a", "b", "c"], [("a", "b"), ("a", "c")])
    near, far = (one.get("d").split() for one in shapes(ElementTree.fromstring(text), "path"))
    assert near[2] == near[5] == near[7]
    assert float(far[5]) < float(far[2])


def test_a_state_of_a_result_shows_itself_and_is_an_array(result):
    """A cell that ends with `.state` shows a drawing; code that computes with it sees a plain array."""
    state = result["clocked"].state
    assert isinstance(state, ShownPair)
    html = state._repr_html_()
    assert f"overlap with psi+|{result['clocked'].fidelity.value:.4g}" in Reader(html).text
    assert len(svgs(html)) == 1
    assert repr(state) == repr(np.asarray(state))
    assert type(2 * state) is np.ndarray
    assert type(state @ state) is np.ndarray
    assert isinstance(state.sum(), np.floating)
    assert np.array_equal(pickle.loads(pickle.dumps(state)), state)


def test_a_row_of_a_state_stays_text(result):
    """It is no pair, and None leaves the showing to the notebook."""
    assert result["clocked"].state[0]._repr_html_() is None


def test_engines_never_meet_the_array_that_shows_itself(result):
    """It belongs to what is read, so that it costs nothing where it is computed."""
    assert type(result["clocked"].law.state) is np.ndarray
    assert type(result.links["alice-bob"].pair) is np.ndarray


def test_any_pair_can_be_shown():
    """Pairs are plain arrays, so this is asked for."""
    html = str(bellpush.show(bell("psi-")))
    (drawing,) = svgs(html)
    assert len([one for one in shapes(drawing, "rect") if one.get("fill") == "none"]) == 3  # XX, YY and ZZ are -1
    assert len(shapes(drawing, "circle")) == 4
    assert "overlap with psi-" in Reader(html).text


def test_the_drawing_of_a_pair_has_areas_in_proportion():
    """Area is what the eye compares."""
    (drawing,) = svgs(str(bellpush.show(werner(0.7))))
    sides = [float(one.get("width")) for one in shapes(drawing, "rect")]
    assert (sides[1] / sides[0]) ** 2 == pytest.approx(0.6, abs=1e-3)


def test_a_pair_that_may_not_come_is_shown_with_its_weight():
    """Inside a law a pair is a probability mass; its overlaps are those of the pair itself."""
    read = Reader(str(bellpush.show(0.25 * bell("phi+")))).text
    assert "weight|0.25" in read
    assert "overlap with phi+|1" in read


def test_no_pair_is_said_in_words():
    """A weight of zero has no state to draw."""
    assert "never comes about" in str(bellpush.show(np.zeros((4, 4))))


@pytest.mark.parametrize("wrong", [np.zeros(4), np.zeros((2, 4, 4)), np.diag([1.0, 1, 1, 1]), np.full((4, 4), np.nan)])
def test_what_is_no_pair_is_refused(wrong):
    """Better than a drawing of nonsense."""
    with pytest.raises(ValueError, match="must"):
        bellpush.show(wrong)


def test_all_text_of_a_scenario_is_escaped():
    """A shared scenario must not run code in its reader's notebook."""
    scenario = renamed(EVIL)
    for html in (scenario._repr_html_(), bellpush.run(scenario)._repr_html_()):
        read = Reader(html)
        assert "script" not in read.tags
        assert EVIL in read.text


def test_a_result_of_nothing_says_so():
    """No request, no drawing, no failure."""
    data = bellpush.load("kurpiers-2018").to_dict()
    del data["requests"]
    del data["sources"]["requests.clocked.delivery.period"]
    result = bellpush.run(data)
    assert "asks for nothing" in result._repr_html_()
    assert result.plot().texts[0].get_text() == "The scenario asks for nothing."


def test_plot_gives_a_figure_with_the_numbers(result):
    """Bars as long as the fidelities, and the populations of what is handed over."""
    figure = result.plot()
    bars, cells = figure.axes
    answer = result["clocked"]
    expected = [answer.request.link.fidelity.value, answer.fidelity_heralded.value, answer.fidelity.value]
    assert [patch.get_width() for patch in bars.patches] == pytest.approx(expected)
    assert sum(patch.get_height() for patch in cells.patches) == pytest.approx(1)
    assert "psi+" in bars.get_xlabel()


def test_only_a_result_can_be_plotted():
    """A scenario has no numbers yet."""
    with pytest.raises(ScenarioError, match="must be asked of a result, but is asked of a Scenario"):
        bellpush.show(bellpush.load("kurpiers-2018")).plot()


def test_showing_needs_no_plotting_library():
    """A cell shows at once; only `plot` loads matplotlib. The root module loads nothing at all."""
    code = (
        "import sys, bellpush\n"
        "assert not {'numpy', 'pydantic', 'matplotlib'} & set(sys.modules)\n"
        "result = bellpush.run('kurpiers-2018')\n"
        "result.to_dict()\n"
        "assert not [name for name in sys.modules if name.startswith('bellpush.report')]\n"
        "result._repr_html_(), result.scenario._repr_html_(), result['clocked'].state._repr_html_()\n"
        "assert 'matplotlib' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
