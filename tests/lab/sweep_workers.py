"""The worker processes of a sweep, to be killed."""

import subprocess

import psutil


def workers_of(process: subprocess.Popen) -> list[psutil.Process]:
    """Of a sweep by the launcher `devices`, those that there are at the moment."""
    try:
        children = psutil.Process(process.pid).children(recursive=True)
        return [child for child in children if "fer_jax.lab.launch.worker" in child.cmdline()]
    except psutil.NoSuchProcess:
        return []
