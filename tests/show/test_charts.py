import dataclasses

import numpy as np
import pytest

from fer_jax.show.curves import CurveSet, draw_curves
from fer_jax.show.dot_plot import MAX_GROUPS, draw_dots
from fer_jax.show.figure import save_png
from fer_jax.show.groups import Group
from fer_jax.show.reproduction import MAX_REPRODUCTIONS, Reproduction, draw_reproductions
from fer_jax.show.theme import DARK, LIGHT, THEMES, method_marker

NAN = float("nan")
HOSTILE = "</script> $\\frac{ \n \u4e2d\u6587 \U0001f480 " + "long " * 40


def group(method="sgd", values=(0.2, 0.4, 0.6), target="hill", **more) -> Group:
    values = np.array(values, dtype=float)
    few = len(values) < 2
    read = Group(
        target=target,
        method=method,
        arch="relu:4x1",
        metric="fracture",
        version="1",
        reading="fracture",
        values=values,
        n=len(values),
        mean=values.mean() if len(values) else NAN,
        median=float(np.median(values)) if len(values) else NAN,
        low=NAN if few else values.min(),
        high=NAN if few else values.max(),
        diverged=0,
        undefined=0,
    )
    return dataclasses.replace(read, **more)


def words(figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


@pytest.mark.parametrize("theme", THEMES)
def test_dots_say_n_and_what_went_wrong(theme, tmp_path):
    groups = [group("genome", [0.1]), group(diverged=2, undefined=1), group(values=[])]
    figure = draw_dots(groups, direction="higher", theme=theme)
    assert {"n = 1", "n = 3", "n = 0", "1 undefined · 2 diverged", "worse →"} <= set(words(figure))
    assert any(text.get_text() == "undefined" for text in figure.axes[0].texts)
    save_png(figure, tmp_path / "dots.png")


def test_dots_show_every_seed():
    values = np.linspace(0, 1, 9)
    drawn = [line.get_xdata() for line in draw_dots([group(values=values)]).axes[0].lines]
    assert any(np.array_equal(xs, values) for xs in drawn)


def test_methods_differ_in_colour_and_marker():
    for theme in (LIGHT, DARK):
        assert len(set(theme.methods.values())) == len(theme.methods)
    assert method_marker("genome") != method_marker("sgd")
    assert LIGHT.method_color("genome") == "#0072B2"


def test_a_single_value_for_all_has_room():
    low, high = draw_dots([group(values=[0.5, 0.5])]).axes[0].get_xlim()
    assert low < 0.5 < high


def test_dots_of_very_many_groups_stay_bounded():
    figure = draw_dots([group(target=f"t{index}") for index in range(MAX_GROUPS + 50)])
    assert figure.get_size_inches()[1] * 200 < 2**15


@pytest.mark.parametrize("log_steps", [False, True])
def test_curves_mark_what_diverged(log_steps, tmp_path):
    losses = np.tile(np.geomspace(1, 1e-4, 5000), (6, 1))
    losses[2, 700:] = np.nan
    losses[3, 0] = np.inf
    diverged_at = np.array([-1, -1, 700, 0, -1, -1])
    figure = draw_curves([CurveSet("a", losses, diverged_at)] * 4, log_steps=log_steps)
    crosses = [line for line in figure.axes[0].lines if line.get_marker() == "x"]
    assert len(crosses) == 2
    assert abs(crosses[0].get_xdata()[0] - 700) < 10
    assert "n = 6 · 2 diverged" in words(figure)
    save_png(figure, tmp_path / "curves.png")


@pytest.mark.parametrize(
    "losses",
    [
        np.full((2, 5), np.nan),
        np.zeros((2, 5)),
        np.ones((1, 1)),
        np.full((3, 4), 0.5),
    ],
)
def test_odd_curves_can_be_drawn(losses, tmp_path):
    broken = np.where(np.isfinite(losses).all(axis=1), -1, 0)
    save_png(draw_curves([CurveSet("odd", losses, broken)]), tmp_path / "curves.png")


def test_the_median_is_that_of_the_seeds():
    losses = np.array([[0.1, 0.1], [0.2, 0.3], [0.9, 0.5]])
    lines = draw_curves([CurveSet("a", losses, np.full(3, -1))]).axes[0].lines
    assert lines[-1].get_ydata().tolist() == pytest.approx([0.2, 0.3])


def test_reproductions_say_loss_and_divergence():
    image = np.zeros((8, 8, 3))
    shown = [Reproduction("seed 0", image, 0.0123), Reproduction("seed 1", image, NAN, 17)]
    said = words(draw_reproductions(image, [*shown, Reproduction("seed 2", image)]))
    assert {"seed 0", "loss 0.012", "diverged at 17", "loss unknown"} <= set(said)


def test_many_reproductions_are_cut_and_counted():
    image = np.zeros((8, 8, 3))
    many = [Reproduction(str(seed), image) for seed in range(MAX_REPRODUCTIONS + 5)]
    assert "and 5 more, not shown" in words(draw_reproductions(image, many))


def test_no_reproduction_at_all_leaves_the_target(tmp_path):
    save_png(draw_reproductions(np.zeros((8, 8, 3)), []), tmp_path / "target.png")


@pytest.mark.parametrize("theme", THEMES)
def test_any_label_can_be_drawn(theme, tmp_path):
    image, losses = np.full((8, 8, 3), np.nan), np.ones((2, 9))
    named = group(target=HOSTILE, method=HOSTILE, arch=HOSTILE)
    save_png(draw_dots([named], theme=theme), tmp_path / "dots.png")
    curves = [CurveSet(HOSTILE, losses, np.full(2, -1), HOSTILE)]
    save_png(draw_curves(curves, theme=theme), tmp_path / "curves.png")
    shown = [Reproduction(HOSTILE, image)]
    figure = draw_reproductions(image, shown, target_label=HOSTILE, theme=theme)
    save_png(figure, tmp_path / "shown.png")
