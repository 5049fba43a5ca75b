"""How many bends lie between the inputs and the picture: a baseline.

Depth by layers is no property of what a network computes: layerization adds layers of carriers, and
a weight of a millionth opens a path through any number of units. So paths count by what they carry.
A unit hears each of its sources as far as its share of `|w| rms(source)`, the weight times the root
mean square of the source over the picture. Its depth is the mean of its sources' depths by these
shares, plus 1 if it bends what it reads; linear units, and so carriers, add nothing.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from fer_jax.metrics.links import link_matrix
from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.rounded import rounded_color
from fer_jax.metrics.view import View


def depth(view: View) -> float:
    """Mean number of nonlinear units on a path from an input to the picture.

    The outputs count by how the picture hears them: by the square of its change by 100% of each.

    Args:
        view: of the model.

    Returns:
        0 and above.

    Raises:
        Undefined: if no output moves the picture.
    """
    maps = np.concatenate([m.reshape(-1, m.shape[-1]) for m in view.maps], axis=1)
    heard = np.abs(link_matrix(view.model)) * np.sqrt(np.mean(maps.astype(np.float64) ** 2, axis=0))
    total = heard.sum(axis=1, keepdims=True)
    shares = heard / np.where(total > 0, total, 1.0)
    among_units = shares[:, -len(shares) :]
    bends = ~view.model.program.wiring.linear[: len(shares)]
    depths = np.linalg.solve(np.eye(len(shares)) - among_units, bends.astype(np.float64))
    effects = np.asarray(_of_outputs(view.maps[-1]), np.float64)
    if not effects.sum() > 0:
        raise Undefined("no output moves the picture")
    return float(np.average(depths[-len(effects) :], weights=effects))


@jax.jit
def _of_outputs(outputs: Float[Array, "size size 3"]) -> Float[Array, "3"]:
    """Squared change of the picture by 100% of each output, were it linear."""

    def of_one(chosen: Float[Array, "3"]) -> Float[Array, ""]:
        change = jax.jvp(rounded_color, (outputs,), (outputs * chosen,))[1]
        return jnp.sum(change**2)

    return jax.vmap(of_one)(jnp.eye(3))


METRIC = Metric(
    name="depth",
    version="1",
    kind="baseline",
    worse="neither",
    range="0 and above",
    calibration="0: outputs are linear in the inputs; n: all paths bend n times",
    needs="an output that moves the picture",
    basis_free=False,
    reference="Defined here.",
    summary="How many nonlinear units a path from an input to the picture passes, on average.",
    compute=depth,
)
