"""Settings that each seed may have of its own: arrays, so that one program serves all."""

import functools
from collections.abc import Sequence
from typing import no_type_check

import flax.struct
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from fer_jax.errors import ConfigError
from fer_jax.search.optimizers import OPTIMIZERS

Setting = float | Sequence[float] | np.ndarray
"""One value for all seeds, or one for each."""

Flag = bool | Sequence[bool] | np.ndarray
"""The same of booleans."""


@no_type_check  # JAX rebuilds a PyTree around things that are no arrays, such as shapes
@flax.struct.dataclass
class Hyperparameters:
    """What a step of one seed depends on, seeds on the first axis.

    Attributes:
        learning_rate: before the schedule's factor.
        weight_decay: decoupled: a step shrinks weights by its learning rate times this.
        l1: factor on the sum of absolute weights, added to the loss that is descended.
        l2: factor on the sum of squared weights, likewise.
        smoothness: factor on the mean squared slope of feature maps, likewise.
        normalize_gradient: whether the gradient is divided by its L2 norm.
        target_loss: at or below it a seed stops.
    """

    learning_rate: Float[Array, "seeds"]
    weight_decay: Float[Array, "seeds"]
    l1: Float[Array, "seeds"]
    l2: Float[Array, "seeds"]
    smoothness: Float[Array, "seeds"]
    normalize_gradient: Bool[Array, "seeds"]
    target_loss: Float[Array, "seeds"]


def per_seed(name: str, value: Setting, seeds: int, *, least: float, inclusive: bool) -> np.ndarray:
    """One float32 value a seed.

    Args:
        name: what to call it in an error.
        value: a number, or one for each seed.
        seeds: how many.
        least: bound from below.
        inclusive: whether the bound itself is allowed.

    Returns:
        float32, `(seeds,)`.

    Raises:
        ConfigError: if there are neither one nor `seeds` values, or one is out of range.

    Example:
        >>> per_seed("learning_rate", 0.5, 2, least=0.0, inclusive=False).tolist()
        [0.5, 0.5]
    """
    try:
        values = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ConfigError(f"{name} is {value!r:.60}; expected a number, or one a seed") from None
    if values.shape not in ((), (seeds,)):
        raise ConfigError(
            f"{name} has shape {values.shape} for {seeds} seed(s); give one value, or one a seed"
        )
    sound = np.isfinite(values) & ((values >= least) if inclusive else (values > least))
    # A number that float32 makes 0 or infinite would be another than was asked for.
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    sound &= np.isfinite(single) & ((single > least) | inclusive)
    if not sound.all():
        bad = float(values[~sound].flat[0]) if values.ndim else float(values)
        bound = f"{least:g} or more" if inclusive else f"above {least:g}"
        raise ConfigError(f"{name} is {bad:g}; expected a number {bound}")
    return np.broadcast_to(single, (seeds,)).copy()


def per_seed_flag(name: str, value: Flag, seeds: int) -> np.ndarray:
    """One boolean a seed.

    Raises:
        ConfigError: if there are neither one nor `seeds`, or they are no booleans.

    Example:
        >>> per_seed_flag("normalize_gradient", True, 2).tolist()
        [True, True]
    """
    values = np.asarray(value)
    if values.dtype != np.bool_ or values.shape not in ((), (seeds,)):
        raise ConfigError(f"{name} is {value!r:.60}; expected true or false, or one a seed")
    return np.broadcast_to(values, (seeds,)).copy()


def hyperparameters(
    seeds: int,
    *,
    learning_rate: Setting,
    weight_decay: Setting | None,
    optimizer: str,
    l1: Setting,
    l2: Setting,
    smoothness: Setting,
    normalize_gradient: Flag,
    target_loss: Setting | None,
) -> Hyperparameters:
    """The settings of all seeds, checked.

    Args:
        seeds: how many.
        learning_rate: above 0, as `weight_decay`, `l1`, `l2` and `smoothness` are at least 0.
        weight_decay: None: what the optimizer implies.
        optimizer: a name of `OPTIMIZERS`.
        l1: factor on the sum of absolute weights.
        l2: factor on the sum of squared weights.
        smoothness: factor on the mean squared slope of feature maps.
        normalize_gradient: whether the gradient is divided by its norm.
        target_loss: None: a seed never stops.

    Raises:
        ConfigError: naming the setting, what came and what was expected.
    """
    if weight_decay is None:
        weight_decay = OPTIMIZERS[optimizer].weight_decay

    at_least = functools.partial(per_seed, seeds=seeds, least=0.0, inclusive=True)
    never = np.full(seeds, -1.0, np.float32)
    arrays = {
        "learning_rate": per_seed(
            "learning_rate", learning_rate, seeds, least=0.0, inclusive=False
        ),
        "weight_decay": at_least("weight_decay", weight_decay),
        "l1": at_least("l1", l1),
        "l2": at_least("l2", l2),
        "smoothness": at_least("smoothness", smoothness),
        "normalize_gradient": per_seed_flag("normalize_gradient", normalize_gradient, seeds),
        "target_loss": never if target_loss is None else at_least("target_loss", target_loss),
    }
    return Hyperparameters(**{name: jnp.asarray(array) for name, array in arrays.items()})
