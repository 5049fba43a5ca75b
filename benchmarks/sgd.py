"""Seed-steps a second of training, against the way of the original study.

Each way runs in a process of its own, with the devices that it would have, and all take turns, so
that a noisy machine is noisy for all. The losses of the first steps are compared before any time
is taken. What is printed are medians, and ratios of the medians, over the rounds.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from fer_jax.genome.arch_names import resolve_arch

WORKER = Path(__file__).parent / "workers" / "sgd.py"
ARCHS = ("skull", "butterfly", "apple", "relu:64x6")
SEEDS = (1, 8, 64)


class Worker:
    """A process that waits until it is told to take steps."""

    def __init__(self, way: str, arch: str = "-", seeds: int = 1, size: int = 256) -> None:
        command = [sys.executable, str(WORKER), way, arch, str(seeds), str(size)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.ready = self._read()

    def ms(self, steps: int) -> float:
        """Milliseconds a seed-step."""
        self._write(f"{steps}\n")
        return self._read()["ms"]

    def end(self) -> float:
        """Peak memory in MiB."""
        self._write("\n")
        peak = self._read()["peak_mib"]
        self._process.wait()
        return peak

    def _write(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text)
        self._process.stdin.flush()

    def _read(self) -> dict:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"a worker died with status {self._process.wait()}")
        return json.loads(line)


def measure(arch: str, rounds: int, size: int) -> list[dict]:
    """A row for each number of seeds."""
    plain = Worker("baseline", arch, 1, size)
    ours = {seeds: Worker("ours", arch, seeds, size) for seeds in SEEDS}
    gemm = Worker("sgemm")
    for worker in ours.values():
        np.testing.assert_allclose(worker.ready["losses"], plain.ready["losses"], rtol=1e-4)
    took: dict[object, list[float]] = {key: [] for key in ("baseline", *SEEDS)}
    gemm_ms = []
    steps = 2 if arch == "apple" else 4
    for _ in range(rounds):
        took["baseline"].append(plain.ms(steps))
        for seeds, worker in ours.items():
            took[seeds].append(worker.ms(max(1, steps * 8 // max(8, seeds))))
        gemm_ms += [gemm.ms(1) for _ in range(5)]
    gemm_rate = 2 * 2048**3 / min(gemm_ms) / 1e6
    gemm.end(), plain.end()
    base = statistics.median(took["baseline"])
    flop = 6 * resolve_arch(arch).parameter_count * size**2
    rows = []
    for seeds, worker in ours.items():
        ms = statistics.median(took[seeds])
        rate = flop / ms / 1e6
        rows.append(
            {
                "arch": arch,
                "seeds": seeds,
                "baseline_ms": base,
                "ms": ms,
                "ratio": base / ms,
                "gflops": rate,
                "share_of_sgemm": rate / gemm_rate,
                "compile_s": worker.ready["compile"],
                "first_step_s": worker.ready["first_step"],
                "peak_mib": worker.end(),
            }
        )
    return rows


def loop_overhead(rounds: int) -> float:
    """How much longer a tiny network's steps take than the compiled steps alone, as a share."""
    ways = [Worker(way, "relu:16x2", 2, 16) for way in ("ours", "bare")]
    took = [[way.ms(1000) for way in ways] for _ in range(rounds)]
    for way in ways:
        way.end()
    ours, bare = (statistics.median(column) for column in zip(*took, strict=True))
    return ours / bare - 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archs", nargs="*", default=ARCHS, metavar="ARCH")
    parser.add_argument("--size", type=int, default=256, help="pixels along one side")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the rows there too")
    given = parser.parse_args()
    rows = [row for arch in given.archs for row in measure(arch, given.rounds, given.size)]
    overhead = loop_overhead(given.rounds)
    table = Table(title=f"{platform.machine()}, {given.size} x {given.size} pixels")
    headings = ("arch", "seeds", "baseline ms", "ms a seed-step", "ratio", "GFLOP/s", "of sgemm")
    for heading in (*headings, "compiling", "two steps", "peak MiB"):
        table.add_column(heading, justify="left" if heading == "arch" else "right")
    for row in rows:
        table.add_row(
            row["arch"],
            str(row["seeds"]),
            f"{row['baseline_ms']:.1f}",
            f"{row['ms']:.1f}",
            f"{row['ratio']:.2f} x",
            f"{row['gflops']:.0f}",
            f"{row['share_of_sgemm']:.0%}",
            f"{row['compile_s']:.1f} s",
            f"{row['first_step_s']:.1f} s",
            f"{row['peak_mib']:.0f}",
        )
    Console(width=120).print(table)
    print(f"loop overhead of a tiny network over its compiled steps: {overhead:.1%}")
    if given.json:
        given.json.write_text(json.dumps({"rows": rows, "loop_overhead": overhead}, indent=2))


if __name__ == "__main__":
    main()
