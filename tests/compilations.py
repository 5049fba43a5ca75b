"""Counting how often JAX compiles."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax

_COMPILED = "/jax/core/compile/backend_compile_duration"


@contextmanager
def compilations(function: str) -> Iterator[list[str]]:
    """A list that grows by one with each compilation of the jitted function of that name."""
    found: list[str] = []

    def listen(event: str, duration: float, fun_name: str = "", **_: Any) -> None:
        if event == _COMPILED and fun_name == f"jit({function})":
            found.append(fun_name)

    jax.monitoring.register_event_duration_secs_listener(listen)
    try:
        yield found
    finally:
        jax.monitoring.unregister_event_duration_listener(listen)
