"""Python in a process of its own, for what must be so before JAX starts."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent
_SETTINGS_OF_DEVICES = ("JAX_NUM_CPU_DEVICES", "XLA_FLAGS")


def run_python(code: str, **environment: str) -> str:
    """What the code prints; with JAX's devices as a user finds them unless told otherwise.

    Any warning is an error, unless PYTHONWARNINGS says that it is not.
    """
    inherited = {key: value for key, value in os.environ.items() if key not in _SETTINGS_OF_DEVICES}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={"PYTHONWARNINGS": "error", **inherited, "PYTHONPATH": str(_PROJECT), **environment},
        cwd=_PROJECT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
