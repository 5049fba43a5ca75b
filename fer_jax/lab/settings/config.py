"""What a run is asked to do: the schema behind `fer-jax run key=value ...`.

Plain dataclasses, without Hydra: `fer_jax.lab.settings.compose` makes structured configs of them.
"""

import math
from dataclasses import dataclass, field
from typing import Any

from fer_jax.errors import ConfigError, nearest

MISSING = "???"
"""What Hydra calls a value that must be given."""

MAX_SIZE = 4096

TARGETLESS = ("open_ended",)
"""Methods that draw what they like."""

ON_CYCLE = ("error", "cut")
PRECISIONS = ("highest", "high", "default")
WIRINGS = ("dense", "genome")
WHEN_LOCKED = ("wait", "leave")
TRACKERS = ("none", "tensorboard", "wandb")


@dataclass
class RunConfig:
    """One run. Values are checked by `check`; what follows from them is a property.

    The fields are the keys of the command; `fer_jax.lab.settings.key_help` says what each is.

    Example:
        >>> RunConfig(target="sunrise", seeds=3).seed_list
        (0, 1, 2)
    """

    method: str = "sgd"
    target: str = MISSING
    on_cycle: Any = "error"
    arch: str | None = None
    wiring: str = "dense"
    seeds: Any = 8
    size: int = 256
    steps: int = 10_000
    learning_rate: float = 3e-3
    init_scale: float = 1.0
    normalize_gradient: bool = True
    optimizer: str = "adam"
    schedule: str = "constant"
    weight_decay: float | None = None
    l1: float = 0.0
    l2: float = 0.0
    smoothness: float = 0.0
    loss: str = "rgb"
    init: str = "lecun_normal"
    prune: float = 0.0
    prune_rounds: int = 1
    batch_size: int | None = None
    target_loss: float | None = None
    es: str = "Sep_CMA_ES"
    es_options: Any = None
    preset: str = "neat_2004"
    population_size: int | None = None
    fitness: str = "mse"
    way: str = "map_elites"
    descriptors: Any = field(
        default_factory=lambda: ["symmetry", "complexity", "color", "edge_density"]
    )
    bins: Any = 8
    quality: str = "small"
    regularity_weight: float = 0.5
    session_steps: int = 20
    branching: float = 0.75
    snapshots: int = 0
    precision: str = "highest"
    metrics: Any = None
    score_size: int = 48
    score_key: int = 0
    output_dir: str = "outputs"
    checkpoint_seconds: float = 60.0
    checkpoint_steps: int | None = None
    timeout: float | None = None
    retry_failed: bool = False
    when_locked: str = "wait"
    tracker: str = "none"

    @property
    def needs_target(self) -> bool:
        """Whether its method draws what it is told."""
        return self.method not in TARGETLESS

    @property
    def seed_list(self) -> tuple[int, ...]:
        """The seeds in ascending order.

        Raises:
            ConfigError: if `seeds` is neither a count nor a list of distinct integers.
        """
        if _is_whole(self.seeds):
            if not 1 <= self.seeds <= 2**20:
                raise ConfigError(
                    f"seeds is {self.seeds}; expected a count of at least 1, or a list: seeds=[0]"
                )
            return tuple(range(self.seeds))
        if not isinstance(self.seeds, list | tuple) or not all(map(_is_whole, self.seeds)):
            raise ConfigError(
                f"seeds is {self.seeds!r}; expected a count such as seeds=4, "
                f"or a list such as seeds=[0,5,7]"
            )
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise ConfigError(f"seeds is {list(self.seeds)}; expected at least one, each once")
        if not all(0 <= seed < 2**32 for seed in self.seeds):
            raise ConfigError(f"seeds is {list(self.seeds)}; each must lie in 0 ... 2^32 - 1")
        return tuple(sorted(self.seeds))

    @property
    def metric_list(self) -> tuple[str, ...] | None:
        """The names of the metrics, or None for all.

        Raises:
            ConfigError: if `metrics` is neither null nor names.
        """
        if self.metrics is None:
            return None
        names = [self.metrics] if isinstance(self.metrics, str) else self.metrics
        if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
            raise ConfigError(
                f"metrics is {self.metrics!r}; expected names such as metrics=[fracture]"
            )
        if not names:
            raise ConfigError("metrics is an empty list; leave it out for all of them")
        return tuple(dict.fromkeys(names))

    def check(self) -> None:
        """Refuse impossible values, as far as they can be seen without reading any file.

        Raises:
            ConfigError: naming the key, what came and what was expected.
        """
        given = bool(self.target) and self.target != MISSING
        if not self.needs_target and given:
            raise ConfigError(
                f"target is {self.target[:80]!r}, but method={self.method} draws what it likes; "
                f"leave target out"
            )
        if self.needs_target and not given:
            raise ConfigError("target is missing; name what to draw, such as target=sunrise")
        _ = self.seed_list, self.metric_list
        for name in ("size", "score_size"):
            if not 2 <= getattr(self, name) <= MAX_SIZE:
                raise ConfigError(
                    f"{name} is {getattr(self, name)}; expected 2 ... {MAX_SIZE} pixels"
                )
        if self.steps < 1:
            raise ConfigError(f"steps is {self.steps}; expected at least 1")
        if not 0 <= self.snapshots <= 1000:
            raise ConfigError(f"snapshots is {self.snapshots}; expected 0 ... 1000")
        if not 0 <= self.score_key < 2**32:
            raise ConfigError(f"score_key is {self.score_key}; it must lie in 0 ... 2^32 - 1")
        for name in ("learning_rate", "init_scale"):
            if not 0 < getattr(self, name) < math.inf:
                raise ConfigError(f"{name} is {getattr(self, name)}; expected a number above 0")
        if not self.checkpoint_seconds >= 0:
            raise ConfigError(
                f"checkpoint_seconds is {self.checkpoint_seconds}; expected 0 or more seconds"
            )
        if self.timeout is not None and not self.timeout > 0:
            raise ConfigError(f"timeout is {self.timeout}; expected seconds above 0, or null")
        if self.checkpoint_steps is not None and self.checkpoint_steps < 1:
            raise ConfigError(f"checkpoint_steps is {self.checkpoint_steps}; expected at least 1")
        for name, known in (
            ("precision", PRECISIONS),
            ("on_cycle", ON_CYCLE),
            ("wiring", WIRINGS),
            ("when_locked", WHEN_LOCKED),
            ("tracker", TRACKERS),
        ):
            value = getattr(self, name)
            if value not in known:
                raise ConfigError(f"{name} is {value!r}; {nearest(str(value), known)}")
        if not _are_options(self.es_options):
            raise ConfigError(
                f"es_options is {str(self.es_options)[:80]}; expected names with finite numbers, "
                f"such as es_options={{std_init: 0.1}}"
            )
        if not self.output_dir:
            raise ConfigError("output_dir is empty; name a folder, or leave it out for 'outputs'")


def _are_options(value: object) -> bool:
    """Whether it is null, or of each name a finite number, a truth value or another name."""
    return value is None or (
        isinstance(value, dict)
        and all(isinstance(name, str) for name in value)
        and all(
            isinstance(one, str) or (isinstance(one, int | float) and math.isfinite(one))
            for one in value.values()
        )
    )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
