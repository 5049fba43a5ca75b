"""What every metric looks at: one model, drawn and differentiated once for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.render import Model, feature_maps, render
from fer_jax.metrics.derivatives import line_products
from fer_jax.metrics.effect_maps import GRID, effect_maps
from fer_jax.metrics.effective_links import EffectiveLinks, effective_links
from fer_jax.metrics.effects import Signals, energies, link_energies, signals_of
from fer_jax.metrics.image.plane_map import resampled
from fer_jax.metrics.image.scene import LOOKED_AT, Scene
from fer_jax.metrics.live import live_weights
from fer_jax.metrics.participation import participation, seen

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
        regions: what is known of the picture, as `Scene.of_regions` takes it; None: it is looked
            at.
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
        return render(self.model, self.size)

    @cached_property
    def maps(self) -> list[np.ndarray]:
        """The feature maps, a list of `(size, size, width)`."""
        return feature_maps(self.model, self.size)

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
        """The picture's concepts and copies."""
        return self._looked_at.resized(self.size)

    @cached_property
    def small_scene(self) -> Scene:
        """The same on the grid of effect maps."""
        return self._looked_at.resized(GRID)

    @cached_property
    def _looked_at(self) -> Scene:
        if self.regions is not None:
            return Scene.of_regions(*self.regions)
        image = render(self.model, LOOKED_AT)
        if self.target is not None:
            target = resampled(self.target, LOOKED_AT)
            if np.mean((image - target) ** 2) <= MOST_ERROR * np.var(target, axis=(0, 1)).mean():
                image = target
        return Scene.of_image(image)

    @cached_property
    def participation(self) -> np.ndarray:
        """`(params,)`, how far each parameter takes part."""
        wiring = self.model.program.wiring
        return participation(self.model.params, wiring, self.energy, self.size**2)

    @cached_property
    def energy(self) -> np.ndarray:
        """`(params,)`, each parameter's squared effect on the whole picture."""
        return energies(self.model, self._whole)[0]

    @cached_property
    def links(self) -> EffectiveLinks:
        """The effective links."""
        return effective_links(self.model)

    @cached_property
    def link_participation(self) -> np.ndarray:
        """`(links,)`, how far each effective link takes part."""
        links, energy = self.links, self._link_energies[0]
        return seen(links.weights, energy, self.size**2) * (1.0 - links.carriers)

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
        return np.split(self._link_energies[1:] / areas[:, None], ends[:-1])

    @cached_property
    def _link_energies(self) -> np.ndarray:
        """Of the whole picture, and of each mask of the scene, in one go."""
        scene = self.scene
        masks = [self._whole, scene.concepts, scene.ones, scene.others]
        return link_energies(self.model, np.concatenate(masks), self.links.places)

    @property
    def _whole(self) -> np.ndarray:
        return np.ones((1, self.size, self.size))

    @cached_property
    def signals(self) -> tuple[Signals, Any]:
        """The derivatives that serve the model, and the model as arrays."""
        return signals_of(self.model)

    @cached_property
    def effect_maps(self) -> np.ndarray:
        """`(GRID, GRID, 3, params)` float32, each parameter's effect on a small picture.

        That is the derivative of its colours, not scaled by the parameter.
        """
        return np.asarray(effect_maps(*self.signals))[..., : len(self.model.params)]

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
        """`K(p, q)` for any two pixels of a row: `(rows, size, size)` float64."""
        return self._products(self._inputs)

    @cached_property
    def column_products(self) -> np.ndarray:
        """The same for the columns."""
        return self._products(jnp.swapaxes(self._inputs, 0, 1))

    @property
    def _inputs(self) -> jax.Array:
        return pixel_inputs(self.size, self.signals[0].inputs)

    def _products(self, lines: jax.Array) -> np.ndarray:
        signals, data = self.signals
        return np.asarray(line_products(signals, data, self.live_filled, lines), np.float64)
