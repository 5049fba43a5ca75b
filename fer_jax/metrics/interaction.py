"""Does what one parameter does depend on another parameter?

Two parameters are changed, each by itself and both at once. If they do independent things, the
change by both is the sum of the two; the rest, `I(i, j) - I(i) - I(j) + I`, is their interaction.
With m its root mean square, and a the mean of those of the two changes, a pair interacts as far as
`m / (m + a)`. So that networks can be compared, every change is as large: weights grow (away from
0) by as much as would change the picture by a root mean square of 0.05, were it linear. Parameters
are drawn by how far they take part, and each is paired with others; the reading is the mean over
pairs. All is seen on the grid of effect maps, 24 x 24 pixels: what is seen on another grid alone
would be changed by any amount there. `m / a` has no bound, and the mean of its middle half moved
by more where an invisible change of the network puts one parameter in another's place.
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
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.sampling import sampled
from fer_jax.metrics.view import View

CHANGE = 0.05
"""Root mean square of the picture's change by one perturbation, were it linear."""

SAMPLE, PARTNERS = 96, 2
"""Parameters that are drawn, and how many others each is paired with."""

LEAST_LIVE = 8.0
"""Parameters that must take part."""


def interaction(view: View) -> float:
    """Interaction of pairs of parameters, against their own effects.

    Args:
        view: of the model.

    Returns:
        0 where effects add up, 1/2 where what one parameter does to what the other does is as large
        as what it does itself.

    Raises:
        Undefined: if fewer than 8 parameters take part.
    """
    count = view.small_participation.sum()
    if count < LEAST_LIVE:
        raise Undefined(f"{count:.1f} parameters take part; {LEAST_LIVE:.0f} are needed")
    drawn = sampled(view, SAMPLE, 1, np.random.default_rng(view.seed))[0]
    weights = view.model.params[drawn]
    effects = np.sqrt(np.mean(view.effect_maps[..., drawn].astype(np.float64) ** 2, axis=(0, 1, 2)))
    steps = (np.sign(weights) * CHANGE / effects).astype(np.float32)
    pairs = sampled_pairs(view.seed)
    mixed, alone = (np.asarray(each) for each in _sizes(*view.signals, drawn, steps, pairs))
    own = np.maximum(alone[pairs].mean(axis=1), 1e-12)
    # A few parameters are drawn more than once, and make no pair with themselves.
    return float(np.mean((mixed / (mixed + own))[drawn[pairs[:, 0]] != drawn[pairs[:, 1]]]))


def sampled_pairs(seed: int) -> Int[np.ndarray, "pairs 2"]:
    """Which of the drawn parameters are paired: places in the sample.

    Args:
        seed: of the choice.

    Returns:
        `PARTNERS` pairs to begin with each parameter, with partners apart from each other.

    Example:
        >>> sampled_pairs(0).shape
        (192, 2)
    """
    circle = np.random.default_rng([seed, 1]).permutation(SAMPLE)
    return np.concatenate(
        [np.stack([circle, np.roll(circle, 1 + k)], axis=1) for k in range(PARTNERS)]
    )


@functools.partial(jax.jit, static_argnames="signals")
def _sizes(
    signals: Signals,
    data: Any,
    drawn: Int[Array, "sample"],
    steps: Float[Array, "sample"],
    pairs: Int[Array, "pairs 2"],
) -> tuple[Float[Array, "pairs"], Float[Array, "sample"]]:
    """Root mean squares of the mixed difference of each pair, and of the change by each one."""
    inputs = pixel_inputs(GRID, signals.inputs).reshape(GRID * GRID, -1)
    begun = signals.begun(data, inputs)
    whole = signals.drawn(data, begun)

    def change(places: Int[Array, "k"]) -> Float[Array, "pixels 3"]:
        return signals.drawn_with(data, begun, drawn[places], steps[places]) - whole

    # One at a time: a picture's values stay in a processor's cache.
    alone = jax.lax.map(change, jnp.arange(SAMPLE)[:, None])
    both = jax.lax.map(change, pairs)
    mixed = both - alone[pairs[:, 0]] - alone[pairs[:, 1]]
    mixed_size, size = (jnp.sqrt(jnp.mean(each**2, axis=(1, 2))) for each in (mixed, alone))
    return mixed_size, size


METRIC = Metric(
    name="interaction",
    version="2",
    kind="entanglement",
    worse="higher",
    range="0 to 1",
    calibration="0: effects add up; 1/2: their interaction is as large as they are",
    needs="8 parameters that take part on a grid of 24 x 24",
    basis_free=False,
    reference="Defined here.",
    summary="How far the effects of two parameters fail to add up, against their own sizes.",
    compute=interaction,
    samples=True,
)
