"""How strongly the picture depends on its parameters: a baseline, which sees nothing but gain."""

import numpy as np

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.view import View


def jacobian_norm(view: View) -> float:
    """Root mean square, over pixels and colours, of the norm of the derivative by all parameters.

    Args:
        view: of the model.

    Returns:
        0 and above, in colour per unit of weight; carriers do not count.
    """
    energy = float(view.live @ view.energy)
    return float(np.sqrt(energy / (3 * view.size**2)))


METRIC = Metric(
    name="jacobian_norm",
    version="1",
    kind="baseline",
    worse="neither",
    range="0 and above",
    calibration="none",
    needs="nothing",
    basis_free=True,
    reference="Defined here.",
    summary="How strongly the picture depends on its parameters.",
    compute=jacobian_norm,
)
