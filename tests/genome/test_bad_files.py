"""Files that are no genomes: one line, at once, in little memory, and nothing is written."""

import json
import os
import subprocess
import sys

import pytest

from tests.fresh_process import run_python
from tests.genome.bad_files import BAD_FILES, PAGE, WORST, page_with, table

MAX_SECONDS = 1.0
MAX_MEGABYTES = 512
BY_NAME = {bad.name: bad for bad in BAD_FILES}


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> dict:
    """What is said of each file, in which time and memory: in a process without our type checks."""
    out = run_python(
        f"""
        import contextlib, json, os, sys, time
        from pathlib import Path
        from tests.genome.bad_files import BAD_FILES, WORST, said
        from fer_jax.errors import GenomeError
        from fer_jax.genome.files import read_bytes

        os.chdir({str(tmp_path_factory.mktemp("bad"))!r})
        for bad in BAD_FILES:
            Path(bad.name).write_bytes(bad.make())
        heavy = sorted({{"jax", "jaxlib", "flax", "pandas"}} & set(sys.modules))
        # What it took to make the files does not count.
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")
        lines, seconds = {{}}, {{}}
        began = time.process_time()
        for bad, line in said():
            lines[bad.name], seconds[bad.name] = line, time.process_time() - began
            began = time.process_time()
        for name in WORST:
            data = WORST[name]()
            began = time.process_time()
            try:
                read_bytes(data)
            except GenomeError:
                seconds[name] = time.process_time() - began
        peak = 0  # where the system does not tell
        with contextlib.suppress(OSError, IndexError):
            peak = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
        left = os.listdir()
        print(json.dumps([lines, seconds, int(peak) / 1024, heavy, left]))
        """
    )
    names = ("lines", "seconds", "megabytes", "heavy", "left")
    return dict(zip(names, json.loads(out), strict=True))


def test_one_short_line_each(told):
    assert list(told["lines"]) == [bad.name for bad in BAD_FILES]
    assert len(BY_NAME) == len(BAD_FILES) >= 50
    for name, line in told["lines"].items():
        assert line.startswith(f"fer-jax: {name}: ")
        assert line.isprintable(), line
        assert len(line) < 250, line


def test_the_page_says_the_same(told):
    page = PAGE.read_text(encoding="utf-8")
    assert page == page_with(table(told["lines"])), "run python -m tests.genome.bad_files"


def test_time_and_memory(told):
    assert set(told["seconds"]) == {*BY_NAME, *WORST}
    # The worst take half a second where nothing else runs; tests run side by side.
    limits = dict.fromkeys(BY_NAME, MAX_SECONDS) | dict.fromkeys(WORST, 2 * MAX_SECONDS)
    assert {name for name, taken in told["seconds"].items() if taken > limits[name]} == set()
    assert told["megabytes"] < MAX_MEGABYTES
    assert told["heavy"] == []
    assert set(told["left"]) == set(BY_NAME)


@pytest.mark.parametrize(
    ("command", "name"),
    [("score", "lol.xml"), ("score", "wide.xml"), ("score", "cycle.xml"), ("run", "bomb.zip")],
)
def test_the_command(command, name, tmp_path, told):
    (tmp_path / name).write_bytes(BY_NAME[name].make())
    argv = ["score", name] if command == "score" else ["run", "method=genome", f"target={name}"]
    # Where JAX would be, there is something that cannot be imported.
    (tmp_path / "no_jax").mkdir()
    for module in ("jax", "jaxlib"):
        (tmp_path / "no_jax" / f"{module}.py").write_text("raise ImportError('too early')")
    before = sorted(tmp_path.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-B", "-m", "fer_jax", *argv],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path / 'no_jax'}{os.pathsep}{PAGE.parents[1]}"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{told['lines'][name]}\n"
    assert sorted(tmp_path.rglob("*")) == before


def test_reading_a_genome_needs_no_jax():
    out = run_python(
        """
        import sys
        import fer_jax

        genome = fer_jax.load_genome("moth")
        assert genome.depths and genome.params.size
        print(sorted({"jax", "jaxlib", "flax", "jaxtyping", "pandas"} & set(sys.modules)))
        assert genome.program.link_count == len(genome.links)
        print("jax" in sys.modules)
        """
    )
    assert out.splitlines() == ["[]", "True"]


def test_where_a_warning_of_cut_links_points(tmp_path):
    (tmp_path / "cycle.xml").write_bytes(BY_NAME["cycle.xml"].make())
    out = run_python(
        f"""
        import warnings
        import fer_jax

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            genome = fer_jax.load_genome({str(tmp_path / "cycle.xml")!r}, on_cycle="cut")
        print(caught[0].category is fer_jax.GenomeWarning, caught[0].filename, len(caught))
        print(genome.cut_links)
        """
    )
    first, second = out.splitlines()
    assert first == "True <string> 1"
    assert "source='7_hue', target='7_5'" in second
