"""Run folders altered on purpose, with checksums that say that all is well."""

import json
from pathlib import Path
from typing import Any

from fer_jax.lab.folders.formats import digest_of
from fer_jax.lab.folders.run_folder import RUN_FORMAT, STATUS


def seal(folder: Path, **changes: Any) -> None:
    """Let `status.json` say what the folder's files are now, and the changes.

    A status that holds neither format nor checksum yet is taken as it is.
    """
    path = folder / STATUS
    status = json.loads(path.read_text()) if path.exists() else {}
    if "format" in status:
        status = RUN_FORMAT.unseal(status)
    files = [file for file in sorted(folder.iterdir()) if file.is_file() and file != path]
    status |= {"files": {file.name: digest_of(file.read_bytes()) for file in files}} | changes
    path.write_text(json.dumps(RUN_FORMAT.seal(status)))
