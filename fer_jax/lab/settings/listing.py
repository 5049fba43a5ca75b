"""Everything that a key of a run can name, with what it is: what `fer-jax list` prints."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fer_jax.errors import ConfigError, nearest
from fer_jax.lab.settings import compose

Row = tuple[str, ...]


@dataclass(frozen=True)
class Listing:
    """What can be named, and what is told of each.

    Attributes:
        title: of the table.
        columns: their names; the first is what is typed.
        rows: of the table.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Row]


def listing(kind: str) -> Listing:
    """What there is of a kind.

    Args:
        kind: one of `KINDS`.

    Raises:
        ConfigError: if there is no such kind.

    Example:
        >>> [row[0] for row in listing("methods").rows]
        ['es', 'genome', 'neat', 'open_ended', 'sgd']
    """
    if kind not in KINDS:
        raise ConfigError(f"{kind[:80]!r} cannot be listed; {nearest(kind, KINDS)}")
    return KINDS[kind]()


def _targets() -> Listing:
    from fer_jax.genome.catalogue import catalogue

    rows = [(row.name, row.kind, row.origin, row.problem or row.about) for row in catalogue()]
    title = "target=NAME, or any genome or image file, or a run folder"
    return Listing(title, ("target", "what", "from", "description"), rows)


def _archs() -> Listing:
    from fer_jax.cppn.activations import ACTIVATIONS
    from fer_jax.genome.arch_names import PAPER_ARCHS, resolve_arch

    rows = [
        (name, resolve_arch(name).spelling, f"{resolve_arch(name).parameter_count:,} parameters")
        for name in PAPER_ARCHS
    ]
    rows += [
        ("relu:64x6", "", "6 hidden layers of 64 neurons"),
        ("4/gaussian:8/sin:8", "", "4 layers of 8 gaussian and 8 sine neurons"),
        ("NAME", "", "that of any genome of `fer-jax list targets`, layerized"),
        ("null", "", "that of the target genome, layerized"),
    ]
    return Listing(f"arch=..., of {', '.join(ACTIVATIONS)}", ("arch", "is", "with"), rows)


def _methods() -> Listing:
    from fer_jax.lab.methods.registry import METHODS

    about = {name: _header(f"method/{name}")[0] for name in METHODS}
    rows = [(name, about[name], " ".join(METHODS[name].uses)) for name in METHODS]
    return Listing("method=NAME", ("method", "what it does", "keys"), rows)


def _metrics() -> Listing:
    from fer_jax.metrics.registry import METRICS

    rows = [(m.name, m.kind, m.version, m.worse, m.range, m.summary) for m in METRICS.values()]
    columns = ("metric", "kind", "version", "worse", "range", "definition")
    return Listing("metrics=[A,B]", columns, rows)


def _strategies() -> Listing:
    from fer_jax.search.es_strategies import STRATEGIES, option_names

    rows = [(name, " ".join(option_names(name))) for name in STRATEGIES]
    return Listing("method=es es=NAME", ("es", "es_options"), rows)


def _experiments() -> Listing:
    names = compose.options(compose.EXPERIMENT)
    rows = [(name, *_study(name)) for name in names]
    columns = ("experiment", "question", "command", "run time")
    return Listing("experiment=NAME", columns, rows)


def _presets() -> Listing:
    rows = [
        (f"{group}={name}", _header(f"{group}/{name}")[0])
        for group in ("scale", "scoring")
        for name in compose.options(group)
    ]
    return Listing("beside any other keys", ("preset", "what it sets"), rows)


def _study(name: str) -> Row:
    """Question, command and run time of an experiment, as its header says."""
    told = {"Question": "", "Command": "", "Run time": ""}
    key = ""
    for line in _header(f"{compose.EXPERIMENT}/{name}", joined=False):
        before, colon, after = line.partition(":")
        if colon and before in told:
            key, line = before, after
        elif not line:
            key = ""
        if key:
            told[key] = f"{told[key]} {line.strip()}".strip()
    return tuple(told.values())


def _header(name: str, *, joined: bool = True) -> list[str]:
    """The comment at the top of a file of `conf/`, without Hydra's own line."""
    text = (compose.conf_dir() / f"{name}.yaml").read_text(encoding="utf-8")
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        if not line.startswith("# @package"):
            lines.append(line.removeprefix("#").strip())
    return [" ".join(lines)] if joined else lines


KINDS: dict[str, Callable[[], Listing]] = {
    "targets": _targets,
    "archs": _archs,
    "methods": _methods,
    "metrics": _metrics,
    "experiments": _experiments,
    "presets": _presets,
    "strategies": _strategies,
}
"""What can be listed. Keys of a run: `fer-jax run --help`."""
