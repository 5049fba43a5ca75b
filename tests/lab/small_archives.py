"""A small archive for the tests of its pictures."""

from collections.abc import Sequence

import numpy as np

from fer_jax.lab.folders.archives import Archive


def archive(
    bins: tuple[int, ...], cells: Sequence[int], qualities: Sequence[float] | None = None
) -> Archive:
    count = len(cells)
    return Archive(
        seed=0,
        descriptors=tuple(f"axis{place}" for place in range(len(bins))),
        bins=bins,
        cells=np.array(cells),
        qualities=np.ones(count) if qualities is None else np.array(qualities),
        values=np.zeros((count, len(bins))),
        born=np.zeros(count, np.int64),
        showpieces=tuple(range(count)),
        collected=(),
        reports={"coverage": count / int(np.prod(bins)), "qd_score": 1.0},
    )
