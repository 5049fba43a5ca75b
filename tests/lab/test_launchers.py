"""Where a sweep runs: names, places, and real workers, submitit and Ray (slow)."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import psutil
import pytest

from fer_jax.errors import ConfigError
from fer_jax.lab.launch import compiled, launchers, places, sweep
from fer_jax.lab.launch.launcher_config import DevicesConf, check_name
from fer_jax.lab.settings import compose
from fer_jax.lab.tables.collect import read_table
from tests.fresh_process import run_python
from tests.lab.job_callback import Told
from tests.lab.small_runs import METRIC, genome_file
from tests.lab.sweep_workers import workers_of


def keys_of(*overrides):
    with compose.hydra():
        return compose.compose_config(["target=sunrise", *overrides]).hydra.launcher


def test_devices_can_be_told_what_it_takes():
    keys = keys_of("hydra/launcher=devices", "hydra.launcher.gpus=[0,1]")
    assert list(keys.gpus) == [0, 1]
    assert keys.workers is None


def test_ray_takes_any_option_of_ray():
    told = ("hydra.launcher.ray.init.num_cpus=2", "hydra.launcher.ray.remote.num_gpus=0.5")
    keys = keys_of("hydra/launcher=ray", *told)
    assert (keys.ray.init.num_cpus, keys.ray.remote.num_gpus) == (2, 0.5)
    assert keys_of("hydra/launcher=ray_cluster").ray.init.address == "auto"


def test_the_preset_for_slurm_can_be_changed():
    keys = keys_of("hydra/launcher=slurm_gpu", "hydra.launcher.partition=big")
    assert (keys.gpus_per_node, keys.partition) == (1, "big")


def test_other_launchers_and_callbacks_are_left_to_hydra():
    callbacks = "+hydra.callbacks.log._target_=hydra.experimental.callbacks.LogJobReturnCallback"
    with compose.hydra():
        config = compose.compose_config(["target=sunrise"])
        assert launchers.ours(config) is not None
        config.hydra.launcher._target_ = "somebody.elses.Launcher"
        assert launchers.ours(config) is None
        assert launchers.ours(compose.compose_config(["target=sunrise", callbacks])) is None


def test_callbacks_of_hydra_are_called(tmp_path):
    callbacks = "+hydra.callbacks.log._target_=tests.lab.job_callback.Told"
    Told.jobs.clear()
    told = ["method=genome", f"target={genome_file(tmp_path)}", f"output_dir={tmp_path}"]
    outcomes = sweep.run([*told, f"metrics=[{METRIC}]", "size=16,17", callbacks], multirun=True)
    assert [outcome.state for outcome in outcomes] == ["done", "done"]
    assert Told.jobs == [0, 1]


def test_a_launcher_that_does_not_exist_is_told_with_the_nearest():
    with pytest.raises(ConfigError, match=r"no launcher 'device'; did you mean 'devices'"):
        sweep.run(["target=a", "hydra/launcher=device"], multirun=True)


def test_a_launcher_whose_library_is_missing_is_told_with_its_extra(monkeypatch):
    monkeypatch.setattr("fer_jax.lab.launch.launcher_config.is_installed", lambda library: False)
    with pytest.raises(ConfigError, match=r"pip install 'fer-jax\[slurm\]'"):
        check_name("hydra/launcher=slurm_gpu", "slurm_gpu", ["basic"])


def test_a_sweeper_of_hydra_is_refused_and_not_ignored():
    with pytest.raises(ConfigError, match="as a grid"):
        sweep.run(["target=a", "hydra/sweeper=optuna"], multirun=True)


def groups(cores, **keys):
    return [place.cores for place in places._on_cores(DevicesConf(**keys), range(cores))]


def test_cores_are_shared_out_in_groups():
    assert groups(2) == [()]  # all
    assert groups(8) == [(0, 1, 2, 3), (4, 5, 6, 7)]
    assert groups(8, cores_per_worker=3) == [(0, 1, 2), (3, 4, 5)]
    assert groups(8, workers=2, cores_per_worker=2) == [(0, 1), (2, 3)]
    assert groups(5, workers=2) == [(0, 1), (2, 3)]
    assert groups(2, workers=3) == [(0,), (1,), (0,)]


@pytest.fixture
def two_gpus(monkeypatch):
    """As JAX with its plugin would find them, where the environment says nothing."""
    monkeypatch.setattr(places, "jax_knows_gpus", lambda: True)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,GPU-7f3a")
    monkeypatch.delenv(places.FRACTION, raising=False)


def environments(**keys):
    return [dict(place.environment) for place in places.places(DevicesConf(**keys))]


def test_each_gpu_has_a_worker(two_gpus, monkeypatch):
    assert environments() == [{places.VISIBLE: "0"}, {places.VISIBLE: "GPU-7f3a"}]
    assert environments(gpus=[3]) == [{places.VISIBLE: "3"}]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert not places.gpus_found()


def test_workers_on_one_gpu_reserve_their_parts_of_its_memory(two_gpus):
    found = environments(workers=3)
    assert [one[places.VISIBLE] for one in found] == ["0", "GPU-7f3a", "0"]
    assert [one.get(places.FRACTION) for one in found] == ["0.450", None, "0.450"]
    found = environments(workers=4, memory_fraction=0.8)
    assert [one[places.FRACTION] for one in found] == ["0.400"] * 4


def test_gpus_that_jax_cannot_use_are_told(monkeypatch):
    monkeypatch.setenv(places.PLATFORMS, "cpu")
    assert places.gpus_found() == []
    with pytest.raises(ConfigError, match="no GPU support"):
        places.places(DevicesConf(gpus=[0]))


def test_compiled_programs_are_let_go_of_where_memory_is_short(monkeypatch):
    double = jax.jit(lambda x: x * 2)
    double(jnp.ones(3))
    monkeypatch.setattr(compiled, "free_bytes", lambda held: 100 * held)
    assert not compiled.clear_if_large()
    assert double._cache_size() == 1
    monkeypatch.setattr(compiled, "free_bytes", lambda held: held // 2)
    assert compiled.clear_if_large()
    assert double._cache_size() == 0
    assert double(jnp.ones(3)).sum() == 6


def test_a_launcher_that_breaks_is_told_of_every_run(tmp_path, monkeypatch):
    class Broken:
        def launch(self, *_, **__):
            raise RuntimeError("the cluster is gone")

    monkeypatch.setattr(sweep, "ours", lambda config: None)
    monkeypatch.setattr(sweep.Plugins, "instantiate_launcher", lambda self, **_: Broken())
    outcomes = sweep.run(
        ["method=genome", f"target={genome_file(tmp_path)},moth", f"output_dir={tmp_path}"],
        multirun=True,
    )
    assert {outcome.error for outcome in outcomes} == {"RuntimeError: the cluster is gone"}


SWEEP = (
    *("run", "-m", "target=moth,moon", "arch=relu:4x2,relu:6x1", "seeds=2", "steps=8000"),
    *("size=8", "checkpoint_steps=100", "score_size=8", f"metrics=[{METRIC}]"),
)
"""Four runs, each of some seconds, which checkpoint on the way."""


def command(folder, *overrides):
    """The real command, in a process group of its own."""
    with (folder / "stderr.txt").open("ab") as stderr:
        return subprocess.Popen(
            [sys.executable, "-m", "fer_jax", *SWEEP, *overrides],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )


def values(folder):
    """The final table of a sweep, whatever the order of its runs."""
    columns = ["target", "arch", "seed", "metric", "value"]
    table = read_table(folder)[columns].astype(dict.fromkeys(columns[:-1], str))
    assert len(table) == 2 * 2 * 2 * 2  # targets, architectures, seeds, the metric and the loss
    return table.sort_values(columns[:-1]).reset_index(drop=True)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What the basic launcher makes of the sweep."""
    folder = tmp_path_factory.mktemp("basic")
    assert command(folder).wait(1200) == 0, (folder / "stderr.txt").read_text()
    return values(folder / "outputs")


@pytest.mark.slow
def test_a_sweep_whose_workers_are_killed_ends_as_one_left_in_peace(tmp_path, undisturbed):
    process = command(tmp_path, "hydra/launcher=devices", "hydra.launcher.workers=2")
    # Both are at work once two runs have checkpoints.
    while process.poll() is None and len(list(tmp_path.glob("outputs/*/checkpoint/l*.json"))) < 2:
        time.sleep(0.02)
    victim, other = workers_of(process)
    victim.send_signal(signal.SIGKILL)
    assert process.wait(1200) == 0, (tmp_path / "stderr.txt").read_text()
    told = (tmp_path / "stderr.txt").read_text()
    assert "killed by SIGKILL" in told
    assert "tries once more in a fresh one" in told
    assert not other.is_running()
    pd_equal(values(tmp_path / "outputs"), undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_their_parent(tmp_path, number):
    process = command(tmp_path, "hydra/launcher=devices", "hydra.launcher.workers=2")
    while process.poll() is None and len(workers := workers_of(process)) < 2:
        time.sleep(0.05)
    process.send_signal(number)
    assert process.wait(60) != 0
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert not alive


@pytest.mark.slow
def test_a_sweep_is_planned_without_starting_jax():
    told = run_python(
        """
        from jax._src import xla_bridge
        from fer_jax.lab.settings import compose
        from fer_jax.lab.launch import machine, places, sweep
        from fer_jax.lab.launch.launcher_config import DevicesConf
        machine.prepare(all_cores=True)
        with compose.hydra():
            plan = sweep.make_plan(["experiment=demo", "hydra/launcher=devices"])
        places.places(DevicesConf())
        print(len(plan.jobs), xla_bridge.backends_are_initialized())
        """
    )
    assert told.split() == ["6", "False"]


@pytest.mark.slow
def test_submitit_makes_what_the_basic_launcher_makes(tmp_path, undisturbed):
    process = command(tmp_path, "hydra/launcher=submitit_local")
    assert process.wait(1200) == 0, (tmp_path / "stderr.txt").read_text()
    pd_equal(values(tmp_path / "outputs"), undisturbed)


@pytest.mark.slow
def test_ray_makes_what_the_basic_launcher_makes(tmp_path, undisturbed):
    local = ("hydra/launcher=ray", "hydra.launcher.ray.init.num_cpus=2")
    quiet = ("+hydra.launcher.ray.init.include_dashboard=false",)
    process = command(tmp_path, *local, *quiet)
    assert process.wait(1200) == 0, (tmp_path / "stderr.txt").read_text()
    pd_equal(values(tmp_path / "outputs"), undisturbed)


def pd_equal(found, expected):
    """To the byte: a seed's numbers depend neither on its process nor on what it went through."""
    assert found.equals(expected), f"{found}\n{expected}"
