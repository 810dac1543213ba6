"""Every figure of every report: drawn without complaint, labelled, and said in one sentence."""

from __future__ import annotations

from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from tests.report.cases import CASES, FADED, clocked, result, scenario

import bellpush
from bellpush.report.figures import canvas
from bellpush.report.figures.kinds import OF_ALL, OF_LINKS, OF_SUBJECTS
from bellpush.report.subject import scenes

KINDS = [*OF_ALL, *OF_SUBJECTS, *OF_LINKS]


def drawn(name):
    """Every figure of a case, by kind."""
    [scene] = scenes([result(name)], [name])
    found = [(kind, draw(scene.subjects)) for kind, draw in OF_ALL.items()]
    found += [(kind, draw(subject)) for kind, draw in OF_SUBJECTS.items() for subject in scene.subjects]
    found += [(kind, draw(link)) for kind, draw in OF_LINKS.items() for link in scene.result.links.values()]
    return [(kind, figure) for kind, figure in found if figure is not None]


@pytest.fixture(scope="module", params=CASES)
def figures(request):
    with canvas.style(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.showwarning", lambda *_: None)
        yield drawn(request.param)


@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")
def test_every_figure_is_labelled_and_said_in_one_sentence(figures):
    """A reader must know what is drawn, in which unit, and what to see in it."""
    for kind, one in figures:
        assert one.sentence.endswith("."), kind
        assert ". " not in one.sentence, kind
        assert "nan" not in one.sentence.split(), kind
        for axes in one.figure.axes:
            if axes.get_label() == "<colorbar>":
                assert unit_of(axes.get_ylabel()), kind
                continue
            if kind in ("correlations", "density-matrix"):
                assert axes.get_xlabel(), kind
                continue
            below = axes.get_shared_x_axes().get_siblings(axes)
            assert any(unit_of(other.get_xlabel()) for other in below), (kind, axes.get_xlabel())
            named = [label.get_text() for label in axes.get_yticklabels()]
            beside = axes.get_shared_y_axes().get_siblings(axes)
            assert any(unit_of(other.get_ylabel()) for other in beside) or any(map(str.isalpha, "".join(named))), kind


def unit_of(label):
    """Whether a label ends with a unit in brackets."""
    return "(" in label and label.endswith(")")


@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")
def test_nothing_is_cut_off(figures):
    """Text that leaves the picture cannot be read."""
    for kind, one in figures:
        if kind in ("efficiency-plane", "experiments-plane"):
            continue  # names of scenarios may be as long as one likes
        renderer = FigureCanvasAgg(one.figure).get_renderer()
        one.figure.draw_without_rendering()
        box, frame = one.figure.get_tightbbox(renderer), one.figure.bbox_inches
        assert box.x0 > -0.03, kind
        assert box.y0 > -0.03, kind
        assert box.x1 < frame.x1 + 0.03, kind
        assert box.y1 < frame.y1 + 0.03, kind


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("humphreys-2018", {"devices"}),
        ("chips", {"latency", "experiments-plane"}),
        ("kurpiers-2018", {"latency", "experiments-plane"}),
        ("heralded", {"fidelity-over-time", "devices", "experiments-plane"}),
        ("deadline", {"devices", "experiments-plane"}),
        ("never", {"efficiency-plane", "experiments-plane", "error-budget", "latency", "delivered-by", "devices"}),
        ("perfect-memories", {"efficiency-plane", "experiments-plane", "devices"}),
    ],
)
def test_only_a_figure_that_does_not_apply_is_left_out(name, missing):
    """What is missing is missing for a reason: no wait, no promised time, no pair, nothing that decays, one link."""
    with canvas.style():
        assert {kind for kind, _ in drawn(name)} == set(KINDS) - missing - {"scaling"}


def test_a_link_that_often_succeeds_stands_beside_the_boundary():
    """The bound of rare successes must not be laid over a link that it says nothing about."""
    found = scenes([result(name) for name in ("humphreys-2018", "kurpiers-2018")], ["humphreys-2018", "kurpiers-2018"])
    with canvas.style():
        plane = OF_ALL["efficiency-plane"]([subject for scene in found for subject in scene.subjects])
    assert len(plane.figure.axes) == 2
    assert "Humphreys 2018 stands above it" in plane.sentence
    assert "Kurpiers 2018 is drawn beside it, because every attempt succeeds" in plane.sentence


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("sideways", "its stored fidelity decays towards 0.467 and not towards 1/4"),
        ("odd", "its stored fidelity does not decay as one exponential"),
    ],
)
def test_a_link_that_decays_otherwise_stands_beside_the_boundary(name, why):
    """The boundary is for one exponential towards the mixed state."""
    memories = {"sideways": {"kind": "dephasing", "time": "5 ms"}, "odd": FADED["a"]["memory"]}
    nodes = {"a": {"memory": memories[name]}, "b": {}}
    found = scenes([bellpush.run(scenario(clocked(), nodes=nodes, name="Other"))], ["x"])
    with canvas.style():
        plane = OF_ALL["efficiency-plane"](found[0].subjects)
    assert len(plane.figure.axes) == 2
    assert f"is drawn beside it, because {why}" in plane.sentence
    assert "stands" not in plane.sentence


def test_two_questions_are_never_drawn_as_one():
    """A boundary each, in a panel each, and a link that has none of either is in neither."""
    found = scenes([result("humphreys-2018")], ["humphreys-2018"])
    with canvas.style():
        field = OF_ALL["experiments-plane"](found[0].subjects)
    clock, repeater = field.figure.axes
    assert clock.get_title(loc="left").startswith("by the clock")
    assert repeater.get_title(loc="left").startswith("at the next success")
    first, second = (axes.lines[0].get_xydata() for axes in (clock, repeater))
    assert (first[:, 1] > second[:, 1]).all()
    for axes in (clock, repeater):
        texts = {text.get_text().split("\n")[0] for text in axes.texts}
        assert {"Hucul 2015", "Main 2025", "Delteil 2016", "Liu 2026", "van Leent 2022"} <= texts
    assert "of 9 published links 4 could be handed over by a clock" in field.sentence


TOGETHER = ("humphreys-2018", "hucul-2015", "liu-2026", "main-2025", "pfaff-2014", "kurpiers-2018")


@pytest.mark.parametrize("names", [("hucul-2015",), ("humphreys-2018",), TOGETHER], ids=len)
def test_ours_stands_beside_the_published_point_and_no_name_upon_another(names):
    """Who reads the plane must tell ours from theirs, and read both; what always succeeds has no place in it."""
    found = scenes([result(name) for name in names], list(names))
    with canvas.style():
        field = OF_ALL["experiments-plane"]([subject for scene in found for subject in scene.subjects])
        field.figure.draw_without_rendering()
        renderer = FigureCanvasAgg(field.figure).get_renderer()
        for axes in field.figure.axes:
            ours = {text.get_text() for text in axes.texts if text.get_text().endswith("\nours")}
            assert ours == {f"{one.title}\nours" for one in found if one.preset != "kurpiers-2018"}
            boxes = [Text.get_window_extent(one, renderer).padded(-1) for one in axes.texts if one.get_text()]
            for first, second in combinations(boxes, 2):
                assert not first.overlaps(second)


def test_a_link_that_decays_otherwise_is_a_ring():
    """The boundaries are not for it, and the key says what the ring means."""
    field = {}
    for name in ("liu-2026", "hucul-2015"):
        with canvas.style():
            (scene,) = scenes([result(name)], [name])
            field[name] = OF_ALL["experiments-plane"](scene.subjects)
    dots = {
        name: next(line for line in one.figure.axes[0].lines if line.get_marker() == "o") for name, one in field.items()
    }
    faces = {name: dot.get_markerfacecolor() for name, dot in dots.items()}
    assert faces == {"liu-2026": canvas.PAPER, "hucul-2015": canvas.BLUE}
    keys = {name: [text.get_text() for text in one.figure.legends[0].get_texts()] for name, one in field.items()}
    assert "decays otherwise" in keys["liu-2026"]
    assert "decays otherwise" not in keys["hucul-2015"]
    with canvas.style():
        near = OF_ALL["efficiency-plane"](scenes([result("hucul-2015")], ["hucul-2015"])[0].subjects)
    assert {"Hucul 2015\nours", "Hucul 2015\n(recalled)"} <= {text.get_text() for text in near.figure.axes[0].texts}
