"""Disks that fail and processes that die at every call that writes: nothing is lost or half there.

None of it depends on who runs the tests: faults are injected, and the one real limit, on the size
of a file, holds for the superuser too.
"""

import errno
import functools
import itertools
import json
import os
import shutil
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fer_jax.errors import FerJaxError
from fer_jax.lab.folders import atomic, run_writer
from fer_jax.lab.folders.checkpoint import FORMAT as CHECKPOINT_FORMAT
from fer_jax.lab.folders.formats import Format
from fer_jax.lab.folders.lock import LOCK
from fer_jax.lab.folders.run_folder import METRIC_COLUMNS, RUN_FORMAT
from fer_jax.lab.folders.scan import scan
from fer_jax.lab.runs import score_found, targets
from fer_jax.lab.runs.runner import execute
from fer_jax.lab.tables.collect import collect
from tests.fresh_process import run_python
from tests.lab.faults import FaultyOs, ShortWrites, disk_error
from tests.lab.small_runs import Killed, fake_config

DISK = (errno.ENOSPC, errno.EROFS, errno.EIO)


def die():
    raise Killed


@pytest.fixture
def quick(monkeypatch, fake_method):
    """Runs that are all storage: the fake search, and readings that cost nothing."""

    def read_all(run, found, scoring, target):
        rows = [
            (run, seed, None, "loss", "1", float(m.params.sum()), "") for seed, m in found.models
        ]
        return pd.DataFrame(rows, columns=list(METRIC_COLUMNS)).astype(METRIC_COLUMNS)

    monkeypatch.setattr(score_found, "read_all", read_all)
    monkeypatch.setattr(targets, "load_target", functools.cache(targets.load_target))
    monkeypatch.setattr(run_writer, "describe", lambda precision: {"precision": precision})
    monkeypatch.setattr(atomic, "os", FaultyOs(-1, die))  # which flushes nothing to disk
    return monkeypatch


def contents(folder):
    """Every file of every run, but for status.json, which tells times."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "status.json"
    }


def config_in(folder):
    genome = folder.parent / "hill.json"
    target = {"target": str(genome)} if genome.exists() else {}
    return fake_config(folder.parent, output_dir=str(folder), checkpoint_steps=10, **target)


def told_of(config) -> str:
    """What is told of a run that fails, or "" if it does not."""
    try:
        return execute(config).error
    except FerJaxError as error:
        return str(error)


def calls_of_a_run(folder, monkeypatch) -> int:
    with monkeypatch.context() as patch:
        counter = FaultyOs(-1, die)
        patch.setattr(atomic, "os", counter)
        assert execute(config_in(folder)).state == "done"
    return counter.calls


@pytest.mark.parametrize("after", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_run_killed_at_any_call_goes_on_and_ends_in_the_same_bytes(tmp_path, quick, after):
    calls = calls_of_a_run(tmp_path / "whole", quick)
    assert calls > 100
    expected = contents(tmp_path / "whole")
    for at in range(calls):
        folder = tmp_path / f"killed-{at}"
        with quick.context() as patch:
            patch.setattr(atomic, "os", FaultyOs(at, die, after=after))
            with pytest.raises(Killed):
                execute(config_in(folder))
        if folder.exists():
            assert scan(folder).corrupt == []
        assert execute(config_in(folder)).state in ("done", "skipped")
        assert contents(folder) == expected


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, *(pytest.param(n, marks=pytest.mark.slow) for n in DISK[1:])]
)
def test_a_disk_that_fails_at_any_call_is_told_in_one_line(tmp_path, quick, capsys, number):
    calls = calls_of_a_run(tmp_path / "whole", quick)
    expected = contents(tmp_path / "whole")
    times_told = 0
    for at in range(calls):
        folder = tmp_path / f"failed-{at}"
        with quick.context() as patch:
            patch.setattr(atomic, "os", FaultyOs(at, disk_error(number)))
            told = told_of(config_in(folder))
        if told:  # otherwise what failed was only to tidy up
            times_told += 1
            assert "cannot be written: " in told
            assert disk_error_text(number) in told
            assert "\n" not in told
            assert str(folder) in told
        # After room is made:
        assert execute(config_in(folder)).state in ("done", "skipped")
        assert contents(folder) == expected
    assert times_told > calls / 2
    assert "Traceback" not in capsys.readouterr().err


def disk_error_text(number: int) -> str:
    try:
        disk_error(number)()
    except OSError as error:
        return error.strerror
    raise AssertionError


def test_writes_that_take_only_a_part_are_gone_on_with(tmp_path, quick):
    assert execute(config_in(tmp_path / "whole")).state == "done"
    quick.setattr(atomic, "os", ShortWrites())
    assert execute(config_in(tmp_path / "parts")).state == "done"
    assert contents(tmp_path / "parts") == contents(tmp_path / "whole")


# What follows runs in a process without JAX, which can be forked once for each moment of death.
STORAGE = """
    import os, signal, sys
    from pathlib import Path
    import numpy as np
    from fer_jax.lab.folders import atomic
    from fer_jax.lab.folders.checkpoint import Checkpoint, CheckpointFolder
    from tests.lab.faults import FaultyOs
    assert "jax" not in sys.modules

    def checkpoint(step, since):
        state = {"params": np.full(50, step, np.float32)}
        return Checkpoint(step, state, {"losses": np.arange(since, step, dtype=np.float32)})

    def check(folder):
        loaded = CheckpointFolder(folder).load()
        if loaded is None:
            return 0
        assert (loaded.state["params"] == loaded.step).all()
        assert loaded.records["losses"].tolist() == list(range(loaded.step))
        return loaded.step
"""


def test_a_checkpoint_survives_a_real_kill_between_any_two_calls(tmp_path):
    code = f"""{STORAGE}
    def attempt(folder, at, after):
        kill = lambda: os.kill(os.getpid(), signal.SIGKILL)
        atomic.os = FaultyOs(at, kill, after=after)
        checkpoints = CheckpointFolder(folder)
        checkpoints.load()
        checkpoints.save(checkpoint(7, 3))
        os._exit(0)

    outcomes = []
    for after in (False, True):
        for at in range(1000):
            folder = Path({str(tmp_path)!r}) / f"{{after}}-{{at}}"
            CheckpointFolder(folder).save(checkpoint(3, 0))
            child = os.fork()
            if child == 0:
                attempt(folder, at, after)
            _, status = os.waitpid(child, 0)
            step = check(folder)
            outcomes.append(step)
            assert step in (3, 7), step
            later = CheckpointFolder(folder)
            later.load()
            later.save(checkpoint(9, step))
            assert check(folder) == 9
            if os.WIFEXITED(status):
                assert os.WEXITSTATUS(status) == 0 and step == 7
                break
            assert os.WTERMSIG(status) == signal.SIGKILL
    print(len(outcomes), outcomes.count(3), outcomes.count(7))
    """
    total, old, new = map(int, run_python(code).split())
    assert old > 20
    assert new > 4
    assert total == old + new


def test_a_limit_on_the_size_of_files_leaves_the_checkpoint_before(tmp_path):
    code = f"""{STORAGE}
    import errno, resource
    folder = Path({str(tmp_path)!r}) / "checkpoint"
    checkpoints = CheckpointFolder(folder)
    checkpoints.save(checkpoint(3, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    large = Checkpoint(7, {{"params": np.full(5000, 7.0, np.float32)}}, checkpoint(7, 3).records)
    try:
        checkpoints.save(large)
    except OSError as error:
        assert error.errno == errno.EFBIG, error
    else:
        raise AssertionError("nothing was told")
    assert check(folder) == 3
    assert not list(folder.glob(".*.part"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    checkpoints.save(checkpoint(7, 3))
    assert check(folder) == 7
    """
    run_python(code)


DAMAGES = {
    "truncated": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "flipped": lambda data: (
        data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]
    ),
    "longer": lambda data: data + b"\0",
}


@pytest.mark.parametrize("damage", [*DAMAGES, "missing", "a folder"])
def test_the_same_command_mends_whatever_is_damaged(tmp_path, quick, fake_method, capsys, damage):
    assert execute(config_in(tmp_path / "sound")).state == "done"
    expected, (sound,) = contents(tmp_path / "sound"), (tmp_path / "sound").iterdir()
    for file in sorted(path.name for path in sound.iterdir() if path.name != LOCK):
        whole = tmp_path / file
        shutil.copytree(tmp_path / "sound", whole)
        path = whole / sound.name / file
        put_damage(path, damage)
        collected = collect(whole)
        (told,) = collected.corrupt + collected.damaged
        assert f"{path}: " in told
        assert "\n" not in told
        # The readings are left out only where they, or what they are of, are damaged.
        essential = file in ("config.yaml", "metrics.parquet", "status.json")
        assert collected.runs == (0 if essential else 1)
        if damage == "a folder":
            told = told_of(config_in(whole))
            assert f"{path}: cannot be read: Is a directory; nothing was changed" in told
            assert "\n" not in told
            path.rmdir()
        capsys.readouterr()
        assert execute(config_in(whole)).state == "done", file
        # Where there is no status, nothing says that a run has begun.
        known = file != "status.json" or damage in DAMAGES
        told = capsys.readouterr().err
        assert told.count(f"makes anew what is damaged: {path}: ") == (1 if known else 0)
        trained = file in ("status.json", "networks.safetensors", "curves.npz")
        assert fake_method["made"][-1].advanced == (40 if trained else 0)
        if file == "environment.json":
            mended = json.loads(path.read_bytes())
            assert "another machine" in mended.pop("written_again")
            assert mended == json.loads((sound / file).read_bytes())
        else:
            assert contents(whole) == expected
        assert execute(config_in(whole)).state == "skipped"


def put_damage(path, damage):
    data = path.read_bytes()
    path.unlink()
    if damage in DAMAGES:
        path.write_bytes(DAMAGES[damage](data))
    elif damage == "a folder":
        path.mkdir()


@pytest.mark.parametrize("damage", [*DAMAGES, "missing"])
def test_a_damaged_checkpoint_is_told_and_starts_over(tmp_path, quick, fake_method, capsys, damage):
    expected, stopped = stopped_run(tmp_path, fake_method)
    for number, file in enumerate(sorted(path.name for path in stopped.rglob("checkpoint/*"))):
        folder = tmp_path / f"damaged-{number}"
        shutil.copytree(stopped, folder)
        (path,) = folder.glob(f"*/checkpoint/{file}")
        put_damage(path, damage)
        capsys.readouterr()
        assert execute(config_in(folder)).state == "done"
        assert fake_method["made"][-1].advanced == 40
        told = capsys.readouterr().err
        if file != "latest.json" or damage in DAMAGES:
            assert told.count(f"cannot be used, so it starts over: {path}: ") == 1
        assert contents(folder) == expected


def stopped_run(tmp_path, fake_method):
    """What a run ends in, and the folder of one that was killed at step 35."""
    assert execute(config_in(tmp_path / "whole")).state == "done"
    fake_method["kill_at"] = 35
    with pytest.raises(Killed):
        execute(config_in(tmp_path / "stopped"))
    del fake_method["kill_at"]
    return contents(tmp_path / "whole"), tmp_path / "stopped"


def everything(folder):
    """Every file, `status.json` too."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("error", [errno.EIO, errno.EACCES])
def test_a_file_that_cannot_be_read_just_now_is_not_made_anew(tmp_path, quick, fake_method, error):
    expected, stopped = stopped_run(tmp_path, fake_method)
    real = Path.read_bytes

    def told_while_unreadable(folder, name):
        def read_bytes(path):
            if path.name == name:
                raise OSError(error, os.strerror(error), str(path))
            return real(path)

        with quick.context() as patch:
            patch.setattr(Path, "read_bytes", read_bytes)
            return told_of(config_in(folder))

    (run,) = (tmp_path / "whole").iterdir()
    before = everything(run)
    for name in sorted(path.name for path in run.iterdir() if path.name != LOCK):
        told = told_while_unreadable(tmp_path / "whole", name)
        assert f"{run / name}: cannot be read: {os.strerror(error)}; nothing was changed" in told
        assert everything(run) == before
    for name in ("latest.json", "state-30.safetensors", "records-20.safetensors"):
        (folder,) = stopped.glob("*/checkpoint")
        before = everything(folder)
        told = told_while_unreadable(stopped, name)
        assert f"{folder / name}: cannot be read: {os.strerror(error)}; nothing was changed" in told
        assert everything(folder) == before
    assert execute(config_in(stopped)).state == "done"
    assert fake_method["made"][-1].advanced == 10
    assert contents(stopped) == expected


def test_a_run_killed_while_it_is_mended_ends_in_the_same_bytes(tmp_path, quick, fake_method):
    whole = tmp_path / "whole"
    assert execute(config_in(whole)).state == "done"
    expected = contents(whole)

    def damaged(folder):
        shutil.copytree(whole, folder)
        for path in (*folder.glob("*/overrides.yaml"), *folder.glob("*/metrics.parquet")):
            path.write_bytes(b"?")
        return folder

    calls = calls_of_a_run(damaged(tmp_path / "counted"), quick)
    assert calls > 20
    for at in range(calls):
        folder = damaged(tmp_path / f"killed-{at}")
        with quick.context() as patch:
            patch.setattr(atomic, "os", FaultyOs(at, die))
            with pytest.raises(Killed):
                execute(config_in(folder))
        assert execute(config_in(folder)).state in ("done", "skipped")
        assert contents(folder) == expected
    assert {search.advanced for search in fake_method["made"][1:]} == {0}


def test_a_flipped_bit_anywhere_in_a_file_is_seen(tmp_path, quick):
    whole = tmp_path / "whole"
    execute(config_in(whole))
    (run,) = whole.iterdir()
    draws = np.random.default_rng(0)
    for file in ("status.json", "networks.safetensors", "metrics.parquet", "config.yaml"):
        data = bytearray((run / file).read_bytes())
        for place in draws.choice(len(data), 25, replace=False):
            changed = bytearray(data)
            changed[place] ^= 1 << int(draws.integers(8))
            (run / file).write_bytes(changed)
            writer = run_writer.RunWriter(run)
            assert writer.damaged, (file, place)
        (run / file).write_bytes(data)
    assert execute(config_in(whole)).state == "skipped"


def test_work_of_a_newer_version_is_left_alone(tmp_path, quick):
    whole = tmp_path / "whole"
    execute(config_in(whole))
    (run,) = whole.iterdir()
    status = RUN_FORMAT.unseal(json.loads((run / "status.json").read_text()))
    newer = Format(RUN_FORMAT.name, RUN_FORMAT.version + 1).seal(status)
    (run / "status.json").write_text(json.dumps(newer))
    before = contents(whole)
    with pytest.raises(FerJaxError, match=r"newer fer_jax, in version 2 .* reads up to 1: upgrade"):
        execute(config_in(whole))
    assert contents(whole) == before
    assert "newer fer_jax" in collect(whole).corrupt[0]


def test_a_checkpoint_of_a_newer_version_is_left_alone(tmp_path, quick, fake_method):
    _, stopped = stopped_run(tmp_path, fake_method)
    (latest,) = stopped.glob("*/checkpoint/latest.json")
    content = CHECKPOINT_FORMAT.unseal(json.loads(latest.read_text()))
    newer = Format(CHECKPOINT_FORMAT.name, CHECKPOINT_FORMAT.version + 1).seal(content)
    latest.write_text(json.dumps(newer))
    before = everything(latest.parent)
    told = told_of(config_in(stopped))
    assert f"{latest}: was written by a newer fer_jax" in told
    assert "upgrade by pip install -U fer-jax" in told
    assert everything(latest.parent) == before


def test_another_run_in_the_folder_is_left_alone(tmp_path, quick):
    config = config_in(tmp_path / "whole")
    execute(config)
    (run,) = (tmp_path / "whole").iterdir()
    config.steps = 41
    other = Path(execute(config).folder)
    shutil.rmtree(other)
    shutil.copytree(run, other)
    before = everything(other)
    with pytest.raises(FerJaxError, match=f"holds the run {run.name}, as if .* move it away"):
        execute(config)
    assert everything(other) == before


def test_a_clock_that_jumps_back_stops_no_checkpoint(tmp_path, quick, fake_method):
    assert execute(config_in(tmp_path / "whole")).state == "done"
    expected = contents(tmp_path / "whole")
    wall = itertools.count(10**9, -1000)
    quick.setattr(time, "time", lambda: next(wall))
    quick.setattr(time, "time_ns", lambda: next(wall) * 10**9)
    config = fake_config(tmp_path, output_dir=str(tmp_path / "jumps"), checkpoint_seconds=1e-9)
    fake_method["kill_at"] = 35
    with pytest.raises(Killed):
        execute(config)
    assert list((tmp_path / "jumps").glob("*/checkpoint/latest.json"))
    del fake_method["kill_at"]
    assert execute(config).state == "done"
    assert contents(tmp_path / "jumps") == expected
