"""What evolution needs of a machine's memory, and a way out where there is less."""

from types import MappingProxyType

from fer_jax.errors import ConfigError
from fer_jax.search import memory
from fer_jax.search.evosax_strategy import Strategy

DIAGONAL_INSTEAD: MappingProxyType[str, str] = MappingProxyType(
    {
        "ASEBO": "Sep_CMA_ES",
        "CMA_ES": "Sep_CMA_ES",
        "DiffusionEvolution": "Sep_CMA_ES",
        "iAMaLGaM_Full": "iAMaLGaM_Univariate",
        "MA_ES": "Sep_CMA_ES",
        "SV_CMA_ES": "Sep_CMA_ES",
        "xNES": "SNES",
    }
)
"""For each strategy that keeps a full matrix, weights by weights, one that keeps a diagonal."""

# What a generation has at work, at most: copies of the members (or of a larger state), as XLA says
# of its programs; matrices, with those of LAPACK; and one more a member in these strategies.
_COPIES = 12
_MATRICES = 8
_OUTER_PRODUCTS = ("MA_ES", "xNES")


def needed_bytes(strategy: Strategy, state_numbers: int, seeds: int, devices: int) -> int:
    """An upper estimate of what evolution takes beside the drawing of pictures.

    Args:
        strategy: of every seed.
        state_numbers: in its state of one seed, numbers of 4 bytes.
        seeds: how many.
        devices: each works on one seed at a time.

    Returns:
        Bytes. While the states are handed over, they are there three times.
    """
    members = strategy.population_size * strategy.dimensions
    if keeps_full_matrix(strategy):
        matrices = strategy.population_size if strategy.name in _OUTER_PRODUCTS else 0
        work = _COPIES * members + (_MATRICES + matrices) * strategy.dimensions**2
    else:
        work = _COPIES * max(members, state_numbers)
    return 4 * (3 * seeds * state_numbers + devices * work)


def check(strategy: Strategy, needed: int, what: str) -> None:
    """Refuse what cannot fit, before anything starts.

    Args:
        strategy: of every seed.
        needed: bytes.
        what: would need them, in words.

    Raises:
        ConfigError: if that is more than there is, naming a strategy that keeps a diagonal where
            this one keeps a full matrix.
    """
    available = memory.available_bytes()
    if needed <= available or not keeps_full_matrix(strategy):
        memory.check(needed, what)
        return
    length = f"{strategy.dimensions:,}"
    raise ConfigError(
        f"{what}: {strategy.name} keeps a full matrix of {length} x {length}, which needs about "
        f"{needed / 2**30:.1f} GiB, and there are {available / 2**30:.1f} GiB; take "
        f"{DIAGONAL_INSTEAD[strategy.name]}, which keeps a diagonal"
    )


def keeps_full_matrix(strategy: Strategy) -> bool:
    """Whether the state grows with the square of the number of weights."""
    return strategy.name in DIAGONAL_INSTEAD and "num_latent_dims" not in dict(strategy.options)
