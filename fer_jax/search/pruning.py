"""Pruning by magnitude: of each seed's weights the smallest are set to 0 for good.

Source: Han et al., "Learning both weights and connections for efficient neural networks", arXiv
1506.02626; in rounds as in Frankle and Carbin, arXiv 1803.03635.
"""

import numpy as np

from fer_jax.errors import ConfigError


def pruned(params: np.ndarray, trainable: np.ndarray, keep: int | np.ndarray) -> np.ndarray:
    """Which weights are left.

    Args:
        params: `(seeds, params)`.
        trainable: `(seeds, params)` of booleans: the weights that may be pruned or kept.
        keep: how many stay trainable, one a seed or for all.

    Returns:
        `(seeds, params)` of booleans: of the trainable weights those of greatest magnitude, of
        equal ones the first. NaN counts as the smallest.

    Example:
        >>> pruned(np.array([[3.0, -1.0, 2.0]]), np.array([[True, True, True]]), 2).tolist()
        [[True, False, True]]
    """
    magnitude = np.where(trainable, np.nan_to_num(np.abs(params), nan=0.0), -1.0)
    order = np.argsort(-magnitude, axis=1, kind="stable")
    ranks = np.argsort(order, axis=1, kind="stable")
    return trainable & (ranks < np.reshape(keep, (-1, 1)))


def pruning_rounds(steps: int, share: float, rounds: int) -> tuple[tuple[int, float], ...]:
    """When which share of the trainable weights is to be left.

    The rounds lie evenly over the steps, so that as many steps follow each as went before the
    first, and each takes the same fraction of what is left.

    Args:
        steps: of the whole training.
        share: of the weights that is pruned in the end, above 0 and below 1.
        rounds: how many, at least 1.

    Returns:
        (step, share that is left) of each round.

    Raises:
        ConfigError: if a value is out of its range, or there are too few steps.

    Example:
        >>> pruning_rounds(300, 0.75, 2)
        ((100, 0.5), (200, 0.25))
    """
    if not 0 < share < 1:
        raise ConfigError(f"prune is {share}; expected a share above 0 and below 1")
    if rounds < 1:
        raise ConfigError(f"prune_rounds is {rounds}; expected at least 1")
    if steps <= rounds:
        raise ConfigError(
            f"prune_rounds is {rounds} in {steps} steps; expected fewer rounds than steps"
        )
    return tuple(
        (round_ * steps // (rounds + 1), (1.0 - share) ** (round_ / rounds))
        for round_ in range(1, rounds + 1)
    )
