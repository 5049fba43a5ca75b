"""Small models for the tests of metrics."""

import numpy as np

from fer_jax.cppn.network import Cppn
from fer_jax.genome.graph import Genome, Link, Node
from fer_jax.metrics.image.scene import LOOKED_AT

INPUTS = tuple(Node(role, "identity", role) for role in ("x", "y", "d", "bias"))
OUTPUTS = tuple(Node(role, "identity", role) for role in ("hue", "saturation", "brightness"))


def genome(hidden: dict[str, str], links: list[tuple[str, str, float]]) -> Genome:
    nodes = tuple(Node(name, activation) for name, activation in hidden.items())
    return Genome((*INPUTS, *nodes, *OUTPUTS), tuple(Link(*link) for link in links))


def picked(labels: np.ndarray) -> np.ndarray:
    """Labels of a picture's parts as metrics look at them: the nearest of each pixel."""
    nearest = np.linspace(0, len(labels) - 1, LOOKED_AT).round().astype(int)
    return labels[nearest][:, nearest]


def two_eyes(*, shared: bool) -> Genome:
    """The same two dots: drawn once, from |x|, or each by a mechanism of its own.

    `shared`: one even function of x feeds one dot. Otherwise: two dots, left and right, each a
    Gaussian of its own shifted coordinate.
    """
    common = [
        ("y", "row", 2.0),
        ("row", "dot", 0.7),
        ("bias", "dot", -0.2),
        ("dot", "brightness", 0.6),
        ("d", "shade", 0.8),
        ("bias", "shade", 0.3),
        ("shade", "brightness", 0.2),
    ]
    hidden = {"row": "gaussian", "dot": "sigmoid", "shade": "gaussian"}
    if shared:
        links = [
            ("x", "fold", 1.3),
            ("fold", "near", 1.5),
            ("bias", "near", -0.4),
            ("near", "dot", 0.9),
        ]
        return genome({**hidden, "fold": "cos", "near": "sin"}, links + common)
    links = [
        ("x", "left", 2.4),
        ("bias", "left", 1.2),
        ("x", "right", 2.4),
        ("bias", "right", -1.2),
        ("left", "dot", 0.9),
        ("right", "other", 0.9),
        ("row", "other", 0.7),
        ("bias", "other", -0.2),
        ("other", "brightness", 0.6),
    ]
    more = {"left": "gaussian", "right": "gaussian", "other": "sigmoid"}
    return genome({**hidden, **more}, links + common)


def passed_on() -> Genome:
    """The output passes on one unit's value, and one link is hardly seen: neither counts as 1."""
    links = [("x", "fold", 1.3), ("fold", "u", 1.9), ("y", "row", 2.0), ("row", "u", 0.7)]
    links += [("bias", "u", -0.2), ("x", "u", 0.03), ("u", "brightness", 1.0)]
    links += [("y", "tilt", 0.4), ("tilt", "row", 0.3), ("fold", "tilt", -0.6)]
    return genome({"fold": "cos", "tilt": "sin", "row": "gaussian", "u": "sigmoid"}, links)


def random_cppn(arch: str, seed: int = 0, scale: float = 1.0) -> Cppn:
    """LeCun-like random weights."""
    from fer_jax.cppn.arch import Arch

    parsed, rng = Arch.parse(arch), np.random.default_rng(seed)
    kernels = [
        rng.normal(size=shape).ravel() * scale / np.sqrt(shape[0]) for shape in parsed.kernel_shapes
    ]
    return Cppn.from_flat(parsed, np.concatenate(kernels))
