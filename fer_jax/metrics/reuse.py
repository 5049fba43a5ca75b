"""Does a unit that matters to one copy of a thing matter to the other copy too?

An intervention: a unit is held at its mean over the picture, and all that reads it with it.
Of a pair of regions that show the same thing, let a and b be how far that changes them: the squared
change, summed over colours and averaged over the pixels of each. The unit is used again as far as
`sum min(a, b) / sum (a + b) / 2`, over all pairs. A unit counts as far as its absence can be seen:
by `x^2 / (x^2 + t^2)`, x being the root mean square of the change and t one step of 8-bit colour.
Carriers are copies of what they carry, and do not count. Pictures are drawn on a grid of 24 x 24
pixels.
"""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.metrics.effect_maps import GRID
from fer_jax.metrics.effects import Signals
from fer_jax.metrics.metric import Metric
from fer_jax.metrics.participation import LEAST_EFFECT
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View

UNITS = 32
"""Units are filled up to a multiple of it, so that a few programs serve all models."""


def reuse(view: View) -> float:
    """Mean reuse of the units, each as far as its absence can be seen.

    Args:
        view: of the model.

    Returns:
        From 0 (each unit serves one copy alone) to 1 (each serves both copies alike).

    Raises:
        Undefined: if the picture shows nothing twice, or no unit matters to what it does.
    """
    scene = view.small_scene
    if not len(scene.weights):
        raise Undefined("the picture shows nothing twice: no symmetry, and no parts alike")
    # Outputs too: layerized, one that lies below the last layer is a hidden unit and its carriers.
    live = np.concatenate(view.live_units)
    change = squared_changes(view, len(live))
    one, other = (_density(change, masks) for masks in (scene.ones, scene.others))
    both = (one + other) @ scene.weights / 2.0
    squares = change.mean(axis=1) / 3.0
    parts = live * squares / (squares + LEAST_EFFECT**2) * (both > 0)
    if not parts.sum() > 1e-3:
        raise Undefined("no unit matters to what the picture shows twice")
    shares = np.minimum(one, other) @ scene.weights / np.where(both > 0, both, 1.0)
    return float(parts @ shares / parts.sum())


def _density(
    change: Float[np.ndarray, "units pixels"], masks: Float[np.ndarray, "pairs size size"]
) -> Float[np.ndarray, "units pairs"]:
    rows = masks.reshape(len(masks), -1)
    return change @ (rows / rows.sum(axis=1, keepdims=True)).T


def squared_changes(view: View, count: int) -> Float[np.ndarray, "units pixels"]:
    """Squared change of every pixel, summed over colours, as a unit is held at its mean.

    Args:
        view: of the model.
        count: how many units, in the order of the feature maps.

    Returns:
        float64, on the grid.
    """
    units = jnp.arange(count - count % -UNITS)
    return np.asarray(_squared_changes(*view.signals, units), np.float64)[:count]


@functools.partial(jax.jit, static_argnames="signals")
def _squared_changes(
    signals: Signals, data: Any, units: Int[Array, "units"]
) -> Float[Array, "units pixels"]:
    inputs = pixel_inputs(GRID, signals.inputs).reshape(GRID * GRID, -1)
    begun = signals.begun(data, inputs)
    whole = signals.drawn(data, begun)

    def without(unit: Int[Array, ""]) -> Float[Array, "pixels"]:
        return jnp.sum((signals.drawn_without(data, begun, unit) - whole) ** 2, axis=-1)

    # One at a time: a picture's values stay in a processor's cache.
    return jax.lax.map(without, units)


METRIC = Metric(
    name="reuse",
    version="1",
    kind="fracture",
    worse="lower",
    range="0 to 1",
    calibration="0: each unit serves one copy; 1: each serves both copies alike",
    needs="something that the picture shows twice",
    basis_free=False,
    reference="Defined here.",
    summary="How far a unit without which one copy would change serves the other copy as well.",
    compute=reuse,
)
