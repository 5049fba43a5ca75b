"""Genomes with known truth: how fractured and how entangled they are is set by two dials.

A picture of a family holds parts, each of which comes in two copies and is made of four beads.
Every bead is a field that is positive inside of it and exactly 0 elsewhere. Four beads at a time
share a mechanism of four nonlinear chains, which add and subtract them; since no two beads
overlap, each comes out as it would alone, whichever beads it shares its mechanism with. So the
picture is the same, and so are the graph and the number of its parts, whatever the dials say; they
decide which beads share a mechanism, and nothing else.
"""

from fer_jax.genome.dials.families import (
    FAMILIES,
    LEVELS,
    LOCKED,
    Family,
    dial_genome,
    dial_regions,
)

__all__ = ["FAMILIES", "LEVELS", "LOCKED", "Family", "dial_genome", "dial_regions"]
