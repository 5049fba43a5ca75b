"""`python -m tests.metrics.run_mutants [metric ...]` tries every mutant of some or all metrics.

Each is written into a copy of the project, where the test that should fail is run by itself. What
is printed is a table in Markdown, and the exit status is 0 if every mutant was killed. Eight
seconds a mutant on one core; by that, all of them take about a quarter of an hour.
"""

import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fer_jax.metrics.registry import METRICS
from tests.metrics.mutants import MUTANTS, SAME_FORMULA, Mutant

PROJECT = Path(__file__).resolve().parents[2]
COPIED = ("fer_jax", "tests", "conf", "pyproject.toml")
TIMEOUT = 300
"""Seconds for one test; it takes seconds, unless a program has to be compiled on a busy machine."""

_ENVIRONMENT = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def copy_project(to: Path) -> None:
    for name in COPIED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to)


def run_tests(
    project: Path, killers: Sequence[str], timeout: float | None = None, **environment: str
) -> tuple[int, str]:
    """Pytest's exit status and what it printed."""
    # Without the project's options and what is installed beside, of which starting takes seconds.
    command = [sys.executable, "-m", "pytest", "-o", "addopts=", "-x", "-q", "-rf", "--tb=no"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", *(f"tests/metrics/{killer}" for killer in killers)],
        cwd=project,
        env={**os.environ, **_ENVIRONMENT, "PYTHONPATH": str(project), **environment},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def fate(mutant: Mutant, project: Path) -> str:
    """The test that failed, or in capitals that none did."""
    path = project / "fer_jax" / "metrics" / mutant.file
    text, times = path.read_text(), path.stat()
    path.write_text(text.replace(mutant.old, mutant.new))
    # Python tells by a file's time and length whether what it has compiled is of that file.
    os.utime(path, (0, 0))
    try:
        status, printed = run_tests(
            project, [mutant.killer], timeout=TIMEOUT, PYTHONDONTWRITEBYTECODE="1"
        )
    except subprocess.TimeoutExpired:
        return f"TIMED OUT: {mutant.killer}"
    finally:
        path.write_text(text)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    failed = re.search(r"^FAILED tests/metrics/(.+?)(?: - .*)?$", printed, re.MULTILINE)
    if status == 1 and failed:
        return f"`{failed[1]}`"
    # A mutant that cannot be imported says nothing of the tests.
    return f"SURVIVED: {mutant.killer}" if status == 0 else f"BROKEN:\n{printed}"


def main(names: Sequence[str]) -> int:
    unknown = set(names) - set(METRICS)
    if unknown:
        print(f"no metrics: {', '.join(sorted(unknown))}; expected some of {', '.join(METRICS)}")
        return 2
    wanted = {*names, *(SAME_FORMULA[name] for name in names if name in SAME_FORMULA)}
    mutants = [mutant for mutant in MUTANTS if not names or mutant.metric in wanted]
    counts: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        copy_project(project)
        status, printed = run_tests(project, sorted({mutant.killer for mutant in mutants}))
        if status != 0:
            print(f"a test fails without any mutant:\n{printed}")
            return 2
        print("| metric | kind | change | killed by |\n|---|---|---|---|", flush=True)
        for mutant in mutants:
            killed_by = fate(mutant, project)
            counts["killed" if killed_by[0] == "`" else killed_by.split(":")[0].lower()] += 1
            change = f"`{mutant.old}` → `{mutant.new}`"
            print(f"| {mutant.metric} | {mutant.kind} | {change} | {killed_by} |", flush=True)
    told = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    print(f"\n{len(mutants)} mutants: {told}")
    return int(set(counts) != {"killed"})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
