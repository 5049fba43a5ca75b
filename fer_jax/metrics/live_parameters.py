"""How many parameters take part: a baseline, since a smaller network may only seem better."""

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.view import View


def live_parameters(view: View) -> float:
    """Sum of the parameters' participation.

    Args:
        view: of the model.

    Returns:
        From 0 to the number of parameters.
    """
    return float(view.participation.sum())


METRIC = Metric(
    name="live_parameters",
    version="1",
    kind="baseline",
    worse="neither",
    range="0 and above",
    calibration="none",
    needs="nothing",
    basis_free=False,
    reference="Defined here.",
    summary="How many parameters take part.",
    compute=live_parameters,
)
