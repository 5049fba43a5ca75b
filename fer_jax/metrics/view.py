"""What every metric looks at: one model, drawn and differentiated once for all of them."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.render import Model, feature_maps_params, render_params
from fer_jax.metrics.derivatives import line_products
from fer_jax.metrics.device_work import Call
from fer_jax.metrics.effect_maps import GRID, effect_maps
from fer_jax.metrics.effective_links import EffectiveLinks, effective_links
from fer_jax.metrics.effects import Signals, energies_call, signals_of
from fer_jax.metrics.image.plane_map import resampled
from fer_jax.metrics.image.scene import LOOKED_AT, Scene
from fer_jax.metrics.live import live_weights
from fer_jax.metrics.participation import participation, seen
from fer_jax.metrics.reading import Undefined

Regions = tuple[np.ndarray, Sequence[int]]
"""Labels of a picture's parts, 0 for the background, and the concept of each part."""


MOST_ERROR = 0.25
"""Of a target's variance: a model that is further from it than that does not draw it."""


@dataclass(frozen=True, eq=False)
class View:
    """A model as metrics see it; they are not told where it came from.

    Attributes:
        model: a `Genome` or a `Cppn`.
        size: pixels along one side.
        regions: what is known of the picture, as `Scene.of_regions` takes it, of any number of
            pixels; None: it is looked at.
        target: `(n, n, 3)`, what the model was meant to draw. Where it does, up to a quarter of the
            target's variance, what the target shows counts, so that networks of one target are
            compared by the same regions.
        seed: of random choices.
    """

    model: Model
    size: int
    regions: Regions | None = None
    target: np.ndarray | None = None
    seed: int = 0

    @cached_property
    def image(self) -> np.ndarray:
        """`(size, size, 3)` RGB."""
        return np.asarray(self.computed(_picture))

    @cached_property
    def maps(self) -> list[np.ndarray]:
        """The feature maps, a list of `(size, size, width)`."""
        return [np.asarray(maps) for maps in self.computed(_maps)]

    @cached_property
    def live(self) -> np.ndarray:
        """`(params,)`, how far each parameter takes part."""
        return live_weights(self.model.params, self.model.program.wiring)

    @cached_property
    def live_units(self) -> list[np.ndarray]:
        """How far each unit of `maps[1:]` takes part: as far as the most live of its links does."""
        wiring = self.model.program.wiring
        live = np.zeros(len(wiring.linear))
        np.maximum.at(live, wiring.target_unit, self.live)
        ends = np.cumsum([maps.shape[-1] for maps in self.maps[1:]])
        return np.split(live[: ends[-1]], ends[:-1])

    @cached_property
    def scene(self) -> Scene:
        """The picture's concepts and copies, with `LOOKED_AT` pixels a side.

        The strongest effects are on outlines. With any other number of pixels, those there would
        belong to what is on both sides, and links that move one thing would seem to move two.
        """
        return self._scene(LOOKED_AT)

    @cached_property
    def small_scene(self) -> Scene:
        """The same on the grid of effect maps."""
        return self._scene(GRID)

    def _scene(self, size: int) -> Scene:
        if self.regions is not None:
            labels, concepts = self.regions
            return Scene.of_regions(_picked(labels), concepts).resized(size)
        image = np.asarray(self.computed(_looked_at))
        if not np.isfinite(image).all():
            raise Undefined("the picture is not finite")
        if self.target is not None:
            target = resampled(self.target, LOOKED_AT)
            if np.mean((image - target) ** 2) <= MOST_ERROR * np.var(target, axis=(0, 1)).mean():
                image = target
        return _seen(np.asarray(image, np.float32).tobytes()).resized(size)

    @cached_property
    def energy(self) -> np.ndarray:
        """`(params,)`, each parameter's squared effect on the whole picture."""
        found = self.computed(_energies_of_whole)
        return np.asarray(found[0, : len(self.model.params)], np.float64)

    @cached_property
    def participation(self) -> np.ndarray:
        """`(params,)`, how far each parameter takes part."""
        wiring = self.model.program.wiring
        return participation(self.model.params, wiring, self.energy, self.size**2)

    @cached_property
    def effect_maps(self) -> np.ndarray:
        """`(GRID, GRID, 3, params)` float32, the effect of each parameter, drawn small."""
        return np.asarray(self.computed(_effects))[..., : len(self.model.params)]

    @cached_property
    def small_participation(self) -> np.ndarray:
        """`(params,)`, how far each parameter takes part on the grid of effect maps.

        What is thin may fall between the pixels of one grid and not of another, and what is looked
        at there must be seen there.
        """
        effects = self.effect_maps.reshape(-1, len(self.model.params))
        energy = np.einsum("ij,ij->j", effects, effects, dtype=np.float64)
        return participation(self.model.params, self.model.program.wiring, energy, GRID**2)

    @cached_property
    def links(self) -> EffectiveLinks:
        """The effective links."""
        return effective_links(self.model)

    def link_participation(self, density: np.ndarray) -> np.ndarray:
        """How far each effective link takes part in drawing some of the picture.

        Args:
            density: `(links,)`, its mean squared effect on a pixel of what is looked at.

        Returns:
            `(links,)`. A link that does nothing there does not count, and one that does next to
            nothing hardly does.
        """
        return seen(self.links.weights, density, pixels=1) * (1.0 - self.links.carriers)

    @property
    def concept_density(self) -> np.ndarray:
        """`(concepts, links)`, each link's mean squared effect on a pixel of each concept."""
        return self._densities[0]

    @property
    def copy_densities(self) -> tuple[np.ndarray, np.ndarray]:
        """The same of the regions of each pair, `(pairs, links)` each."""
        return self._densities[1], self._densities[2]

    @cached_property
    def _densities(self) -> list[np.ndarray]:
        scene = self.scene
        masks = (scene.concepts, scene.ones, scene.others)
        ends = np.cumsum([len(part) for part in masks])
        areas = np.concatenate(masks).sum(axis=(1, 2))
        return np.split(self._link_energies / areas[:, None], ends[:-1])

    @cached_property
    def _link_energies(self) -> np.ndarray:
        """Of each mask of the scene, in one go."""
        found, scene = self.computed(_link_energies_of_scene), self.scene
        sources, targets = self.links.places
        count = len(scene.concepts) + 2 * len(scene.ones)
        return np.asarray(found)[:count, sources, targets].astype(np.float64)

    @cached_property
    def signals(self) -> tuple[Signals, Any]:
        """The derivatives that serve the model, and the model as arrays."""
        return signals_of(self.model)

    @cached_property
    def live_filled(self) -> jax.Array:
        """`live`, and 0 for what fills up the parameters."""
        signals, data = self.signals
        return (
            jnp.zeros(signals.parameter_count(data))
            .at[: len(self.live)]
            .set(jnp.asarray(self.live))
        )

    @cached_property
    def row_products(self) -> np.ndarray:
        """`K(p, q)` for pixels of a row, as `line_products`: `(rows, n, n)` float64.

        n is the size, or 64 if that is less.
        """
        return np.asarray(self.computed(_rows), np.float64)

    @cached_property
    def column_products(self) -> np.ndarray:
        """The same for the columns."""
        return np.asarray(self.computed(_columns), np.float64)

    @cached_property
    def mirrored_row_products(self) -> np.ndarray:
        """`row_products` of each pixel with itself and its mirror image alone, for less."""
        return np.asarray(self.computed(_mirrored_rows), np.float64)

    @cached_property
    def mirrored_column_products(self) -> np.ndarray:
        """The same for the columns."""
        return np.asarray(self.computed(_mirrored_columns), np.float64)

    def computed(self, work: Callable[["View"], Call]) -> Any:
        """What the device gives.

        Args:
            work: what is asked for, of any view; a function of a module, by which the results for
                other models are known.

        Returns:
            The result of the call.
        """
        return work(self).result()


def _picked(labels: np.ndarray) -> np.ndarray:
    """Of each of `LOOKED_AT` x `LOOKED_AT` pixels, the label that lies there."""
    rows, columns = (
        np.linspace(0, count - 1, LOOKED_AT).round().astype(int) for count in labels.shape
    )
    return labels[np.ix_(rows, columns)]


@functools.lru_cache(maxsize=8)
def _seen(pixels: bytes) -> Scene:
    """What a picture shows. Networks of one target share it, and looking takes half a second."""
    return Scene.of_image(np.frombuffer(pixels, np.float32).reshape(LOOKED_AT, LOOKED_AT, 3))


def _picture(view: View) -> Call:
    return _drawn(view, render_params, view.size)


def _looked_at(view: View) -> Call:
    return _drawn(view, render_params, LOOKED_AT)


def _maps(view: View) -> Call:
    return _drawn(view, feature_maps_params, view.size)


def _drawn(view: View, function: Callable[..., Any], size: int) -> Call:
    model = view.model
    return Call(function, {"program": model.program, "size": size}, {"params": model.params})


def _energies_of_whole(view: View) -> Call:
    return energies_call("energies", *view.signals, np.ones((1, view.size, view.size)))


def _link_energies_of_scene(view: View) -> Call:
    scene = view.scene
    masks = np.concatenate([scene.concepts, scene.ones, scene.others])
    return energies_call("link_energies", *view.signals, masks)


def _effects(view: View) -> Call:
    signals, data = view.signals
    return Call(effect_maps, {"signals": signals}, {"data": data})


def _rows(view: View) -> Call:
    return _products(view, across=False, only_mirrored=False)


def _columns(view: View) -> Call:
    return _products(view, across=True, only_mirrored=False)


def _mirrored_rows(view: View) -> Call:
    return _products(view, across=False, only_mirrored=True)


def _mirrored_columns(view: View) -> Call:
    return _products(view, across=True, only_mirrored=True)


def _products(view: View, *, across: bool, only_mirrored: bool) -> Call:
    signals, data = view.signals
    # Their number grows with the third power of the size, and tells no more.
    lines = pixel_inputs(min(view.size, LOOKED_AT), signals.inputs)
    if across:
        lines = jnp.swapaxes(lines, 0, 1)
    arrays = {"data": data, "live": view.live_filled, "lines": lines}
    return Call(line_products, {"signals": signals, "only_mirrored": only_mirrored}, arrays)
