"""What a disk refuses, as against what is wrong with a run."""

import errno
from pathlib import Path

from fer_jax.errors import RunFolderError

_DISK_TROUBLE = (
    errno.ENOSPC,
    errno.EROFS,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EIO,
    errno.EISDIR,
    errno.EACCES,
)


def is_disk_trouble(error: BaseException) -> bool:
    """Whether it is the disk that failed, so that the same command may succeed later."""
    return isinstance(error, OSError) and error.errno in _DISK_TROUBLE


def unwritable(folder: Path, error: OSError) -> RunFolderError:
    """What to tell of a run whose folder, or a file in it, cannot be written."""
    return RunFolderError(
        f"{error.filename2 or folder}: cannot be written: {error.strerror}; see to the disk and "
        f"run the same command again, which goes on from what is there"
    )
