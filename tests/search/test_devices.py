import hashlib
import json

import jax
import numpy as np
import pytest

from fer_jax.errors import ConfigError
from fer_jax.search.devices import SEEDS, seed_mesh, use_all_cores
from fer_jax.search.sgd import train_sgd
from tests.fresh_process import run_python

TRAINING = {"arch": "2;cache:2,gaussian:2,sin:2", "target": "sunrise"}
MANY_SEEDS = (0, 1, 2, 3, 4, 5, 6, 7, 11)  # more than devices, and no multiple of them


def numbers(size: int) -> str:
    """A hash of all that a training gives, and its losses."""
    result = train_sgd(**TRAINING, size=size, seeds=MANY_SEEDS, steps=12)
    bytes_ = hashlib.sha256(result.flat_params.tobytes() + result.losses.tobytes())
    return json.dumps([bytes_.hexdigest(), result.losses.tolist()])


@pytest.mark.parametrize(("devices", "sizes"), [(1, (16,)), (8, (16, 64))])
def test_as_many_devices_as_one_likes(devices, sizes):
    code = f"""
        import jax
        from tests.search.test_devices import numbers
        assert len(jax.devices()) == {devices}
        for size in {sizes}:
            print(numbers(size))
    """
    small, *large = run_python(code, JAX_NUM_CPU_DEVICES=str(devices)).splitlines()
    assert small == numbers(16)
    # XLA cuts long sums by its number of threads, which is that of the cores or of the devices,
    # whichever is more. So with more devices than cores the last digits of an image's are others.
    for line in large:
        (_, losses), (_, own_losses) = json.loads(line), json.loads(numbers(64))
        np.testing.assert_allclose(losses, own_losses, rtol=1e-4)


def test_one_device_per_core():
    code = """
        import os, fer_jax
        count = fer_jax.use_all_cores()
        import jax
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        assert count == cores == len(jax.devices("cpu")), (count, cores, jax.devices("cpu"))
        assert fer_jax.use_all_cores() == count
        try:
            fer_jax.use_all_cores(count + 1)
        except fer_jax.ConfigError as error:
            print(error)
    """
    assert "JAX has already started with" in run_python(code)
    assert run_python(
        "import fer_jax, jax; print(fer_jax.use_all_cores(3), len(jax.devices()))"
    ).split() == ["3", "3"]


def test_as_it_is_already():
    count = len(jax.devices("cpu"))
    assert use_all_cores(count) == count
    with pytest.raises(ConfigError, match=rf"started with {count} CPU device\(s\); call fer_jax"):
        use_all_cores(count + 1)
    for wanted in (0, -2):
        with pytest.raises(ConfigError, match=f"got {wanted} devices; expected at least 1"):
            use_all_cores(wanted)


def test_no_more_devices_than_seeds():
    devices = jax.local_devices()
    for seeds in (1, 2, 3, 64):
        mesh = seed_mesh(seeds)
        assert mesh.axis_names == (SEEDS,)
        assert list(mesh.devices) == devices[:seeds]
        assert isinstance(mesh.devices, np.ndarray)
