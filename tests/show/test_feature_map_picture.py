import numpy as np
import pytest

from fer_jax.show.feature_maps import (
    MAX_NEURONS,
    compose,
    diverging,
    draw_feature_maps,
    map_grid,
)
from fer_jax.show.figure import SHARPNESS, save_png
from fer_jax.show.theme import DARK, LIGHT, THEMES
from tests.show.saved_runs import random_network, small_genome


def test_the_colour_scale_is_blue_white_red():
    blue, white, red = diverging(np.array([-1.0, 0.0, 1.0]))
    assert white.tolist() == [255, 255, 255]
    assert blue[2] > 2 * blue[0]
    assert red[0] > 2 * red[2]
    assert diverging(np.array(7.0)).tolist() == red.tolist()


@pytest.mark.parametrize("theme", THEMES)
def test_a_green_frame_stands_around_novel_maps_only(theme):
    grid = map_grid(random_network("tanh:3x2"))
    grid.novel[1][:] = [True, False, True]
    image, tops, lefts = compose(grid, theme)
    green = [round(255 * part) for part in _rgb(theme.novel)]
    corners = [image[tops[1], left].tolist() == green for left in lefts[:3]]
    assert corners == [True, False, True]


def test_maps_stand_where_they_belong():
    grid = map_grid(random_network("tanh:3x2"))
    image, tops, lefts = compose(grid, LIGHT)
    tile = grid.layers[0].shape[0]
    for layer, top in zip(grid.layers, tops, strict=True):
        for neuron in range(layer.shape[-1]):
            y, x = top + 4, lefts[neuron] + 4
            assert np.array_equal(image[y : y + tile, x : x + tile], diverging(layer[..., neuron]))


def test_a_silent_neuron_is_an_empty_frame():
    grid = map_grid(random_network("tanh:3x2"))
    grid.layers[1] = grid.layers[1] * np.array([1.0, 0.0, 1.0])
    image, tops, lefts = compose(grid, DARK)
    ground = [round(255 * part) for part in _rgb(DARK.ground)]
    assert image[tops[1] + 20, lefts[1] + 20].tolist() == ground


@pytest.mark.parametrize(
    ("spec", "rows"),
    [("12/cache:15/gaussian:4/identity:2/sin:1", 14), ("relu:64x6", 14), ("tanh:200x30", 64)],
)
def test_the_picture_stays_bounded(spec, rows, tmp_path):
    grid = map_grid(random_network(spec))
    image, _, _ = compose(grid)
    assert image.shape[1] <= 2400
    assert image.shape[0] <= rows * 110
    save_png(draw_feature_maps(grid), tmp_path / "maps.png")


def test_what_is_left_out_is_stated():
    grid = map_grid(random_network("tanh:200x30"))
    assert "of 32 layers shown" in grid.left_out
    assert "first 160 neurons" in grid.left_out
    assert grid.map_count == 200 * 30 + 7


def test_a_network_beyond_all_bounds_is_refused():
    with pytest.raises(ValueError, match=f"up to {MAX_NEURONS}"):
        map_grid(random_network("sin:80x260"))


def test_a_genome_is_drawn_as_its_graph():
    grid = map_grid(small_genome())
    assert grid.groups == ()
    assert grid.map_count == 9
    figure = draw_feature_maps(grid)
    assert figure.get_size_inches()[0] * 100 * SHARPNESS < 2400


def test_the_same_network_gives_the_same_bytes(tmp_path):
    for name in ("a.png", "b.png"):
        save_png(draw_feature_maps(map_grid(small_genome())), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def _rgb(color: str) -> tuple[float, ...]:
    return tuple(int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
