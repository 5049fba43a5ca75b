"""What a worker warns of, as a line of the run at work, so that its parent passes it on."""

import logging
import sys
import warnings
from typing import TextIO

from fer_jax.errors import FerJaxWarning


class RunWarnings(logging.Handler):
    """Writes our own warnings to stderr behind a prefix; those of libraries stay as they are.

    Attributes:
        prefix: of the run at work, such as "[3/24] ".

    Example:
        >>> RunWarnings("[3/24] ").prefix
        '[3/24] '
    """

    def __init__(self, prefix: str = "") -> None:
        """Change nothing yet."""
        super().__init__(logging.WARNING)
        self.prefix = prefix

    def install(self) -> None:
        """Take over the warnings of this process."""
        logging.getLogger("fer_jax").addHandler(self)
        # Of every run, although another of the same process has told it.
        warnings.simplefilter("always", FerJaxWarning)
        before = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if issubclass(category, FerJaxWarning):
                self._tell(str(message))
            else:
                before(message, category, filename, lineno, file, line)

        warnings.showwarning = show

    def emit(self, record: logging.LogRecord) -> None:
        """A line of our own log."""
        self._tell(record.getMessage())

    def _tell(self, text: str) -> None:
        print(f"{self.prefix}warning: {text}", file=sys.stderr, flush=True)
