"""An end to a run that hangs: from within, by a signal of the clock."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 5.0
"""Seconds after which the signal comes again, should a library have swallowed it."""


class RunTimeout(Exception):
    """A run took longer than it may.

    Example:
        >>> RunTimeout.after(2.5)
        RunTimeout('not done after 2.5 s; timeout=2.5 allows no more')
    """

    @classmethod
    def after(cls, seconds: float) -> "RunTimeout":
        """The error of a run that may take so many seconds."""
        return cls(f"not done after {seconds:g} s; timeout={seconds:g} allows no more")


class _Interrupt(BaseException):
    """Raised wherever Python is; no `except Exception` on the way stops it."""


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """End the block where it takes longer.

    What hangs within one call of compiled code is not interrupted before the call returns. Without
    POSIX signals, or outside the main thread, there is no limit.

    Args:
        seconds: how long it may take, or None for no limit.

    Raises:
        RunTimeout: if it took longer; its cause tells where it was.

    Example:
        >>> with time_limit(60):
        ...     print("in time")
        in time
    """
    in_main = threading.current_thread() is threading.main_thread()
    if seconds is None or not in_main or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise _Interrupt

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    ended = False
    try:
        try:
            yield
            ended = True
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except _Interrupt as interrupt:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if not ended:
            raise RunTimeout.after(seconds) from interrupt
    finally:
        signal.signal(signal.SIGALRM, before)
