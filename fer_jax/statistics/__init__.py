"""Statistics over seeds and targets: the unit of replication is never the neuron."""

from fer_jax.statistics.bootstrap import CONFIDENCE, RESAMPLES
from fer_jax.statistics.sample import Summary, summarize_sample

__all__ = ["CONFIDENCE", "RESAMPLES", "Summary", "summarize_sample"]
