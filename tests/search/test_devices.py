import functools
import hashlib
import json

import jax
import pytest

from fer_jax.errors import ConfigError
from fer_jax.search import devices as devices_module
from fer_jax.search.devices import (
    PIXELS,
    SEEDS,
    tell_of_idle_cores,
    training_mesh,
    use_all_cores,
)
from fer_jax.search.train_sgd import train_sgd
from tests.fresh_process import run_python

# By size: one block; two groups and four of one block, so that two devices and four have one each;
# and blocks that are filled up, of which each group has several.
ARCHS = {
    16: "2;cache:2,gaussian:2,sin:2",
    20: "2;cache:2,gaussian:2,sin:2",
    30: "3;cos:3,relu:9,sigmoid:2",
    100: "2;cos:3,relu:33,tanh:2",
}
# More seeds than devices and no multiple of them, and one, whose pixels are spread.
SEEDS_OF_A_RUN = ((0, 1, 2, 3, 4, 5, 6, 7, 11), (3,))


@functools.cache
def numbers() -> dict[str, str]:
    """Hashes of all that trainings of each size and number of seeds give, per seed."""
    found = {}
    for size, arch in ARCHS.items():
        for seeds in SEEDS_OF_A_RUN:
            result = train_sgd(arch, "sunrise", size=size, seeds=seeds, steps=9)
            for seed, params, losses in zip(seeds, result.flat_params, result.losses, strict=True):
                digest = hashlib.sha256(params.tobytes() + losses.tobytes()).hexdigest()
                found[f"{size} {len(seeds)} {seed}"] = digest
    return found


@pytest.mark.xdist_group("the same bytes")
@pytest.mark.parametrize("devices", [1, 3, 4, 8])
def test_the_same_bytes_on_as_many_devices_as_one_likes(devices):
    code = f"""
        import jax, json
        from tests.search.test_devices import numbers
        assert len(jax.devices()) == {devices}
        print(json.dumps(numbers()))
    """
    found = json.loads(run_python(code, JAX_NUM_CPU_DEVICES=str(devices)))
    assert found == numbers()
    for size in ARCHS:  # and whoever trains beside it
        assert len({found[f"{size} {len(seeds)} 3"] for seeds in SEEDS_OF_A_RUN}) == 1


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


def test_idle_cores_are_told_of_once(monkeypatch, caplog):
    monkeypatch.setattr(devices_module, "usable_cores", lambda: [0, 1, 2, 3])
    tell_of_idle_cores.cache_clear()
    tell_of_idle_cores()
    assert not caplog.records  # the tests have several devices
    monkeypatch.setattr(jax, "local_devices", lambda: jax.devices()[:1])
    tell_of_idle_cores.cache_clear()
    tell_of_idle_cores()
    tell_of_idle_cores()
    (record,) = caplog.records
    assert "one of 4 cores" in record.getMessage()
    assert "fer_jax.use_all_cores()" in record.getMessage()
    tell_of_idle_cores.cache_clear()


@pytest.mark.parametrize(
    ("devices", "seeds", "groups", "shape"),
    [
        (8, 64, 16, (8, 1)),
        (8, 1, 16, (1, 8)),
        (8, 3, 16, (3, 2)),
        (8, 5, 16, (5, 1)),
        (6, 1, 16, (1, 4)),
        (8, 2, 1, (2, 1)),
        (1, 1, 16, (1, 1)),
    ],
)
def test_what_each_device_works_on(monkeypatch, devices, seeds, groups, shape):
    one = jax.devices()[:1]
    monkeypatch.setattr(jax, "devices", lambda: one * devices)
    mesh = training_mesh(seeds, groups)
    assert mesh.axis_names == (SEEDS, PIXELS)
    assert mesh.devices.shape == shape
