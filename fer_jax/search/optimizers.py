"""Optimizers and learning-rate schedules by name, from optax.

An optimizer is taken without its learning rate, which is an array of its own: seeds with different
rates run in one compiled program.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import optax

from fer_jax.errors import ConfigError, nearest


@dataclass(frozen=True)
class Optimizer:
    """A way to turn gradients into steps.

    Attributes:
        make: the optax transformation, of unit learning rate.
        weight_decay: what is taken where none is given.
    """

    make: Callable[[], optax.GradientTransformation]
    weight_decay: float = 0.0


OPTIMIZERS: MappingProxyType[str, Optimizer] = MappingProxyType(
    {
        "adabelief": Optimizer(optax.scale_by_belief),
        "adagrad": Optimizer(optax.scale_by_rss),
        "adam": Optimizer(optax.scale_by_adam),
        "adamax": Optimizer(optax.scale_by_adamax),
        "adamw": Optimizer(optax.scale_by_adam, weight_decay=1e-4),
        "lion": Optimizer(optax.scale_by_lion),
        "momentum": Optimizer(lambda: optax.trace(decay=0.9)),
        "nesterov": Optimizer(lambda: optax.trace(decay=0.9, nesterov=True)),
        "radam": Optimizer(optax.scale_by_radam),
        "rmsprop": Optimizer(optax.scale_by_rms),
        "sgd": Optimizer(optax.identity),
        "yogi": Optimizer(optax.scale_by_yogi),
    }
)
"""Every optimizer by name, with optax's own settings. Weight decay is decoupled for all of them
(Loshchilov and Hutter, arXiv 1711.05101), so that adamw is adam with some."""

WARMUP = 0.05
"""Share of the steps over which the schedules with a warm-up rise from 0."""

SCHEDULES: MappingProxyType[str, Callable[[int], optax.Schedule]] = MappingProxyType(
    {
        "constant": lambda steps: optax.constant_schedule(1.0),
        "cosine": lambda steps: optax.cosine_decay_schedule(1.0, steps),
        "exponential": lambda steps: optax.exponential_decay(1.0, steps, 0.01),
        "linear": lambda steps: optax.linear_schedule(1.0, 0.0, steps),
        "warmup": lambda steps: optax.linear_schedule(0.0, 1.0, max(1, round(WARMUP * steps))),
        "warmup_cosine": lambda steps: optax.warmup_cosine_decay_schedule(
            0.0, 1.0, max(1, round(WARMUP * steps)), max(2, steps)
        ),
    }
)
"""From the number of steps to the factor on the learning rate at each of them: cosine and linear
fall to 0, exponential to 1/100."""


def check_names(optimizer: str, schedule: str) -> None:
    """Refuse unknown names.

    Raises:
        ConfigError: naming the nearest known one.

    Example:
        >>> check_names("adam", "cosine")
    """
    for what, name, known in (
        ("optimizer", optimizer, OPTIMIZERS),
        ("schedule", schedule, SCHEDULES),
    ):
        if name not in known:
            raise ConfigError(f"{what} is {str(name)[:40]!r}; {nearest(str(name), known)}")
