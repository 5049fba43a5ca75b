"""The one interface of every way to get networks: start, advance a chunk, hand over the state.

A search is a value: it holds its settings and nothing that changes. Whoever drives it decides how
long a chunk is, and what to do with the state between chunks (save it, show it, stop).
"""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

import numpy as np

State = TypeVar("State")
Result = TypeVar("Result", covariant=True)


class Search(Protocol[State, Result]):
    """A way to get networks, one file each."""

    @property
    def plan(self) -> str:
        """How it goes about its work on this machine, for people; "" if there is nothing to say."""

    def start(self) -> State:
        """The state before the first step."""

    def advance(self, state: State, steps: int) -> tuple[State, dict[str, np.ndarray]]:
        """Go on by `steps` and return the new state and what was logged, steps on the last axis.

        The state that came in must not be used again: its memory may have been reused.
        """

    def ended(self, state: State) -> dict[str, np.ndarray]:
        """Which seeds take no further step, `(seeds,)` bool for each way to end.

        "diverged": those that turned NaN or infinite; "stopped": those at their target loss.
        """

    def arrays(self, state: State) -> dict[str, np.ndarray]:
        """Everything that is needed to go on later, as named arrays."""

    def restore(self, arrays: Mapping[str, Any]) -> State:
        """The state that `arrays` came from, to the last bit."""

    def result(self, state: State, records: Mapping[str, np.ndarray]) -> Result:
        """What the search found, given all that was logged from the first step on."""
