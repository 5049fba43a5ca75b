"""How the parameters of a model move its picture, whatever kind of model it is.

The derivative of a pixel by the weight of a link is the value at the link's source times the
pixel's derivative by the sum at the link's target. So the whole Jacobian, pixels times channels
times parameters, need not be made where sums over its squares are asked for.
"""

import functools
from typing import Any, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.network import DenseProgram
from fer_jax.cppn.render import Model
from fer_jax.genome.program import GraphProgram
from fer_jax.metrics.dense_signals import DenseSignals
from fer_jax.metrics.device_work import Call
from fer_jax.metrics.graph_signals import GraphSignals, graph_data

REGIONS = 32
"""Regions are filled up to a multiple of it, so that a few programs serve all pictures."""

TILE = 16
"""Pixels along one side of what is summed at a time."""


class Signals(Protocol):
    """Pictures and derivatives of a kind of model; hashable, so static in jit.

    All functions take the model as arrays, and the inputs of pixels, and are of the picture with
    rounded corners (`fer_jax.metrics.rounded`), not scaled by the parameters. There may be more
    parameters than the model has: they move nothing.
    """

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs, in order."""

    def parameter_count(self, data: Any) -> int:
        """How many parameters the arrays hold, with what fills them up."""

    def jacobian(
        self, data: Any, inputs: Float[Array, "pixels inputs"]
    ) -> Float[Array, "pixels 3 params"]:
        """The derivative of every pixel's colours by every parameter."""

    def energies(
        self,
        data: Any,
        inputs: Float[Array, "pixels inputs"],
        masks: Float[Array, "regions pixels"],
    ) -> Float[Array, "regions params"]:
        """Sums of its squares over the colours, and over pixels as far as regions hold them."""

    def link_energies(
        self,
        data: Any,
        inputs: Float[Array, "pixels inputs"],
        masks: Float[Array, "regions pixels"],
    ) -> Float[Array, "regions sources targets"]:
        """The same of links that the model might have, of which it has some or none."""

    def begun(self, data: Any, inputs: Float[Array, "pixels inputs"]) -> Any:
        """What the next three draw on, so that a change costs no more than what it changes."""

    def drawn(self, data: Any, begun: Any) -> Float[Array, "pixels 3"]:
        """The rounded picture."""

    def drawn_without(
        self, data: Any, begun: Any, unit: Int[Array, ""]
    ) -> Float[Array, "pixels 3"]:
        """The same, one unit being held at its mean over the pixels.

        Units are numbered as in the feature maps.
        """

    def drawn_with(
        self, data: Any, begun: Any, which: Int[Array, "k"], steps: Float[Array, "k"]
    ) -> Float[Array, "pixels 3"]:
        """The same, some parameters being changed by so much."""

    def factors(self, data: Any, inputs: Float[Array, "pixels inputs"]) -> Any:
        """What `products` needs of pixels: arrays, all with an index for each pixel first."""

    def products(
        self, ones: Any, others: Any, weights: Float[Array, "params"]
    ) -> Float[Array, "ones others"]:
        """Sums of products of two pixels' derivatives, over the colours and, weighted, parameters.

        Of each pixel of some factors with each pixel of others.
        """

    def color_products(
        self, ones: Any, others: Any, weights: Float[Array, "params"]
    ) -> Float[Array, "3 3 ones others"]:
        """The same of each colour of the one pixel with each of the other."""


def signals_of(model: Model) -> tuple[Signals, Any]:
    """The derivatives that serve a model, and the model as arrays.

    Raises:
        TypeError: if it is neither a genome nor a dense network.
    """
    program = model.program
    if isinstance(program, GraphProgram):
        return GraphSignals(), graph_data(program, model.params)
    if isinstance(program, DenseProgram):
        return DenseSignals(program), jnp.asarray(model.params)
    raise TypeError(f"{type(program).__name__} is neither a graph nor a dense program")


def energies(
    model: Model, masks: Float[np.ndarray, "regions size size"]
) -> Float[np.ndarray, "regions params"]:
    """The squared derivative of every parameter, summed over the colours and over regions.

    Args:
        model: a `Genome` or a `Cppn`.
        masks: of each region, how far each pixel belongs to it.

    Returns:
        float64 `sum over p and c of mask(p) J_pci^2`; see `Signals`.

    Example:
        >>> import fer_jax
        >>> energies(fer_jax.load_genome("sunrise"), np.ones((1, 16, 16))).min() >= 0
        np.True_
    """
    found = energies_call("energies", *signals_of(model), masks).result()
    return np.asarray(found, np.float64)[: len(masks), : len(model.params)]


def link_energies(
    model: Model,
    masks: Float[np.ndarray, "regions size size"],
    places: tuple[Int[np.ndarray, "links"], Int[np.ndarray, "links"]],
) -> Float[np.ndarray, "regions links"]:
    """The same for effective links: the derivative by what each would add to its target's sum.

    Args:
        model: a `Genome` or a `Cppn`.
        masks: of each region, how far each pixel belongs to it.
        places: of `fer_jax.metrics.effective_links.EffectiveLinks`.

    Returns:
        float64, one column for each link.
    """
    sources, targets = places
    found = energies_call("link_energies", *signals_of(model), masks).result()
    return np.asarray(found, np.float64)[: len(masks), sources, targets]


def energies_call(
    what: str, signals: Signals, data: Any, masks: Float[np.ndarray, "regions size size"]
) -> Call:
    """`energies` or `link_energies` as a call; what it gives is larger, which is to be cut off."""
    count, size = len(masks), np.shape(masks)[-1]
    flat = np.zeros((count - count % -REGIONS, size * size), np.float32)
    flat[:count] = np.reshape(masks, (count, -1))
    static = {"what": what, "signals": signals, "size": size}
    return Call(_sums, static, {"data": data, "masks": flat})


@functools.partial(jax.jit, static_argnames=("what", "signals", "size"))
def _sums(
    what: str, signals: Signals, data: Any, masks: Float[Array, "regions pixels"], size: int
) -> Float[Array, "regions ..."]:
    inputs = pixel_inputs(size, signals.inputs).reshape(size * size, -1)
    order = _by_tiles(size)
    return getattr(signals, what)(data, inputs[order], masks[:, order])


def _by_tiles(size: int) -> Int[np.ndarray, "pixels"]:
    """The pixels, tile by tile, so that neighbours in the order are near to each other."""
    rows, columns = np.divmod(np.arange(size * size), size)
    return np.lexsort((columns // TILE, rows // TILE))
