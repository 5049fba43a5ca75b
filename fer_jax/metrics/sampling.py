"""Drawing parameters by how far they take part, in an order that means the same in every form.

A graph, its layerized form and the same units in another order hold the same parameters in
different places. So parameters are lined up not by place but by what they do: by how far the change
of the picture by 100% of the parameter points in a random direction. Along that line they are drawn
at equal steps of participation, so that absent ones and carriers are never drawn.

Participation is that on the grid of effect maps, where samples are looked at. One that is seen at
the size of the picture only has no effect there but that of rounding, which points anywhere.
Invisible changes of a network swap neighbours on the line, so what is read must be a mean over many
draws.
"""

import numpy as np
from jaxtyping import Int

from fer_jax.metrics.view import View


def sampled(
    view: View, count: int, rounds: int, rng: np.random.Generator
) -> Int[np.ndarray, "rounds count"]:
    """Parameters drawn as far as they take part, each round along a line of its own.

    No parameter is drawn twice in a round if as many take part as are drawn.

    Args:
        view: of the model; some parameter must take part there.
        count: parameters in a round.
        rounds: how often to draw.
        rng: of the directions.

    Returns:
        Indices of parameters, along the line.

    Example:
        >>> import fer_jax
        >>> view = View(fer_jax.load_genome("sunrise"), 16)
        >>> sampled(view, 20, 2, np.random.default_rng(0)).shape
        (2, 20)
    """
    effects = view.effect_maps.reshape(-1, len(view.model.params))
    directions = rng.normal(size=(rounds, len(effects))).astype(np.float32)
    lines = (directions @ effects) * view.model.params
    order = np.argsort(lines, axis=1, kind="stable")
    reached = np.cumsum(view.small_participation[order], axis=1)
    steps = (np.arange(count) + rng.uniform(size=(rounds, 1))) / count
    drawn = [
        np.searchsorted(line, share * line[-1], side="right")
        for line, share in zip(reached, steps, strict=True)
    ]
    return np.take_along_axis(order, np.minimum(drawn, order.shape[1] - 1), axis=1)
