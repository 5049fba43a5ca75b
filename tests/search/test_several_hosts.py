"""Two processes under `jax.distributed`, as on two hosts, train what one process trains."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

CODE = """
import hashlib, json, sys
import jax

count, place, port = map(int, sys.argv[1:])
if count > 1:
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.distributed.initialize(f"127.0.0.1:{port}", count, place)
assert len(jax.devices()) == count and len(jax.local_devices()) == 1

import fer_jax

chunks, found = [], []
# Spread by seeds, the last share filled up or none; and by pixels.
for seeds in ([0, 1, 2], [0, 1, 2, 3], [3]):
    result = fer_jax.train_sgd(
        "2;cache:2,gaussian:2,sin:2", "sunrise", size=40, seeds=seeds, steps=60, snapshots=[20],
        prune=0.5, on_chunk=lambda done, losses: chunks.append(done),
    )
    arrays = result.flat_params, result.losses, result.snapshots
    found.append(hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest())
print(json.dumps({"found": found, "chunks": chunks}))
"""


def trained(count: int) -> list[dict]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "JAX_NUM_CPU_DEVICES": "1"}
    environment.pop("XLA_FLAGS", None)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CODE, str(count), str(place), str(port)],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for place in range(count)
    ]  # fmt: skip
    try:
        ended = [process.communicate(timeout=240) for process in processes]
    finally:
        for process in processes:
            process.kill()
    for process, (_, errors) in zip(processes, ended, strict=True):
        assert process.returncode == 0, errors
    return [json.loads(out.splitlines()[-1]) for out, _ in ended]


@pytest.mark.slow
def test_two_processes_train_the_same_bytes_as_one():
    (alone,) = trained(1)
    first, second = trained(2)
    assert first["found"] == second["found"] == alone["found"]
    assert first["chunks"] == second["chunks"]  # though their clocks differ
