"""Fixtures of the tests of `fer_jax.lab`."""

from tests.lab.small_runs import fake_method

__all__ = ["fake_method"]
