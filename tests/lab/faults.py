"""A disk that fails, and a process that dies, at any call of the operating system that writes."""

import os
from collections.abc import Callable
from typing import Any

WRITING = ("open", "write", "fsync", "replace", "mkdir", "unlink", "rmdir")


class FaultyOs:
    """Stands in for the module `os` where files are written. Flushes are counted and left out.

    Attributes:
        at: the number of the call, counted from 0, at which the fault occurs; -1: never.
        fault: what happens there in place of the call.
        after: whether the call is done first.
        lasting: whether every later call meets the fault too.
        calls: how many there were.
    """

    def __init__(
        self,
        at: int,
        fault: Callable[[], Any],
        *,
        after: bool = False,
        lasting: bool = True,
    ) -> None:
        self.at, self.fault, self.after, self.lasting = at, fault, after, lasting
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in WRITING:
            return real

        def call(*args: Any, **kwargs: Any) -> Any:
            number, self.calls = self.calls, self.calls + 1
            struck = number == self.at or (self.lasting and 0 <= self.at < number)
            if struck and not (self.after and number == self.at):
                return self.fault()
            # A process that dies takes no file with it; what a flush is for, no test can see.
            result = None if name == "fsync" else real(*args, **kwargs)
            if struck:
                self.fault()
            return result

        return call


class ShortWrites(FaultyOs):
    """Takes one byte, or half of what it is given, as any system may."""

    def __init__(self) -> None:
        super().__init__(-1, lambda: None)

    def __getattr__(self, name: str) -> Any:
        if name != "write":
            return super().__getattr__(name)
        return lambda handle, data: os.write(handle, data[: max(1, len(data) // 2)])


def disk_error(number: int) -> Callable[[], Any]:
    def fail() -> None:
        raise OSError(number, os.strerror(number))

    return fail
