"""One process at a time on a run: a lock that the system lets go of when its holder dies."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

LOCK = ".lock"

# Long enough for `is_locked` of another process to have let go again.
_PATIENCE = 0.5


@contextmanager
def locked(folder: Path, *, wait: bool, on_wait: Callable[[], None]) -> Iterator[bool]:
    """Hold the lock of a run folder within the block.

    The file stays when the lock is let go: whoever waits for it holds on to it. It is the kernel
    that locks, so a process that is killed leaves no lock behind.

    Args:
        folder: of the run; it must exist.
        wait: whether to wait for another process that holds it.
        on_wait: called once if there is one to be waited for.

    Yields:
        Whether it is held. It is not if another process holds it and `wait` is False.

    Raises:
        OSError: if the folder cannot be written.
    """
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=_PATIENCE)
    except Timeout:
        if not wait:
            yield False
            return
        on_wait()
        lock.acquire(poll_interval=0.5)
    try:
        yield True
    finally:
        lock.release()


def is_locked(folder: Path) -> bool:
    """Whether a process is at work on a run. Where that cannot be told, it is not."""
    if not (folder / LOCK).exists():
        return False
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False
