"""How many bends lie between the inputs and the picture: a baseline.

Depth by layers is no property of what a network computes: layerization adds layers of carriers, and
a weight of a millionth opens a path through any number of units. So paths count by what they carry.
A unit hears each of its sources as far as its share of `|w| rms(source)`, the weight times the root
mean square of the source over the picture. Its depth is the mean of its sources' depths by these
shares, plus 1 if it bends what it reads; linear units, and so carriers, add nothing.
"""

import numpy as np

from fer_jax.metrics.links import link_matrix
from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View


def depth(view: View) -> float:
    """Mean number of nonlinear units on a path from an input to the picture.

    The outputs count as far as the picture hears them: by the squared effects of 100% of each of
    the weights into them.

    Args:
        view: of the model.

    Returns:
        0 and above.

    Raises:
        Undefined: if no weight moves the picture.
    """
    wiring = view.model.program.wiring
    maps = np.concatenate([m.reshape(-1, m.shape[-1]) for m in view.maps], axis=1)
    heard = np.abs(link_matrix(view.model)) * np.sqrt(np.mean(maps.astype(np.float64) ** 2, axis=0))
    total = heard.sum(axis=1, keepdims=True)
    shares = heard / np.where(total > 0, total, 1.0)
    among_units = shares[:, -len(shares) :]
    bends = ~wiring.linear[: len(shares)]
    depths = np.linalg.solve(np.eye(len(shares)) - among_units, bends.astype(np.float64))
    squares = np.asarray(view.model.params, np.float64) ** 2 * view.energy
    effects = np.bincount(wiring.target_unit, weights=squares, minlength=len(wiring.linear))
    outputs = slice(len(shares) - view.maps[-1].shape[-1], len(shares))
    if not effects[outputs].sum() > 0:
        raise Undefined("no weight moves the picture")
    return float(np.average(depths[outputs], weights=effects[outputs]))


METRIC = Metric(
    name="depth",
    version="1",
    kind="baseline",
    worse="neither",
    range="0 and above",
    calibration="0: outputs are linear in the inputs; n: all paths bend n times",
    needs="a weight that moves the picture",
    basis_free=False,
    reference="Defined here.",
    summary="How many nonlinear units a path from an input to the picture passes, on average.",
    compute=depth,
)
