"""Fracture, entanglement and the baselines they must beat.

A metric is told what a model computes, never where it came from. It gives a number, or NaN with a
reason. `registry` says what each metric is, `scoring` computes them.
"""
