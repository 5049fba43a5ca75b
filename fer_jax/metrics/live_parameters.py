"""How many parameters take part: a baseline, since a smaller network may only seem better."""

from fer_jax.metrics.view import View


def live_parameters(view: View) -> float:
    """Sum of the parameters' participation.

    Args:
        view: of the model.

    Returns:
        From 0 to the number of parameters.
    """
    return float(view.participation.sum())
