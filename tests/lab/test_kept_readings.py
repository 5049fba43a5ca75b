import json
import os

import pandas as pd
import pytest

from fer_jax.lab.folders.run_folder import RUN_FORMAT, STATUS, RunFolder
from fer_jax.lab.runs.runner import execute
from fer_jax.lab.tables import collect as collecting
from fer_jax.lab.tables import kept_readings
from fer_jax.lab.tables.collect import collect
from fer_jax.lab.tables.kept_readings import NAME
from tests.lab.small_runs import fake_config


@pytest.fixture
def read(monkeypatch):
    """Names of the runs whose readings were read, and not taken from the copy."""
    names = []

    def readings_of(folder):
        names.append(folder.path.name)
        return original(folder)

    original = collecting.readings_of
    monkeypatch.setattr(collecting, "readings_of", readings_of)
    monkeypatch.setattr(kept_readings, "FEWEST", 2)
    return names


@pytest.fixture
def runs(tmp_path, fake_method):
    """A genome, and three seeds of which one has diverged."""
    fake_method["diverge"] = (1,)
    execute(fake_config(tmp_path, method="genome"))
    execute(fake_config(tmp_path))
    return tmp_path / "outputs"


def again(runs, read):
    """The table, which must be the plain one, and the runs that were read for it."""
    plain = collect(runs, cache=False).table
    read.clear()
    table = collect(runs).table
    pd.testing.assert_frame_equal(table, plain)
    return sorted(read)


def names_in(runs):
    return sorted(path.name for path in runs.iterdir() if path.is_dir() and path.name != NAME)


def test_nothing_is_read_twice(runs, read):
    assert again(runs, read) == names_in(runs)
    assert again(runs, read) == []
    # It goes with the runs, whatever the folder is called.
    moved = runs.rename(runs.with_name("moved"))
    assert again(moved, read) == []


def test_no_configuration_is_read_twice(runs, read, monkeypatch):
    first = collect(runs).table
    monkeypatch.setattr(RunFolder, "config", property(lambda folder: pytest.fail("it is read")))
    pd.testing.assert_frame_equal(collect(runs).table, first)


def test_a_status_that_says_something_else_is_believed(runs, read):
    collect(runs)
    (trained,) = (name for name in names_in(runs) if name.startswith("fake"))
    path = runs / trained / STATUS
    status = RUN_FORMAT.unseal(json.loads(path.read_text()))
    status["scoring"]["score_key"] = 5
    path.write_text(json.dumps(RUN_FORMAT.seal(status)))
    assert again(runs, read) == [trained]
    table = collect(runs).table
    assert set(table.loc[table["run"] == trained, "score_key"]) == {5}


def test_what_is_new_changed_or_gone_is_seen(runs, read):
    collect(runs)
    execute(fake_config(runs.parent, steps=41))
    (added,) = set(names_in(runs)) - set(read)
    assert again(runs, read) == [added]
    execute(fake_config(runs.parent, steps=41, score_key=1))
    assert again(runs, read) == [added]
    assert again(runs, read) == []
    for file in (runs / added).iterdir():
        file.unlink()
    assert again(runs, read) == []
    assert added not in collect(runs).table["run"].unique()


def test_damage_is_seen(runs, read):
    collect(runs)
    (trained,) = (name for name in names_in(runs) if name.startswith("fake"))
    for name, told in (("overrides.yaml", "damaged"), ("metrics.parquet", "corrupt")):
        path = runs / trained / name
        data = path.read_bytes()
        path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
        for _ in range(2):  # what is damaged is not kept
            collected = collect(runs)
            assert str(path) in getattr(collected, told)[0]
        path.write_bytes(data)
        assert again(runs, read) == [trained]


@pytest.mark.parametrize(
    "damage", ["cut", "flipped", "empty", "a folder", "another version", "of fewer columns"]
)
def test_a_damaged_copy_is_not_used(runs, read, damage, monkeypatch):
    collect(runs)
    path, data = runs / NAME, (runs / NAME).read_bytes()
    if damage == "another version":
        monkeypatch.setattr(kept_readings, "VERSION", 0)
    elif damage == "of fewer columns":
        fewer = {name: kind for name, kind in kept_readings._SETTINGS.items() if name != "l1"}
        monkeypatch.setattr(kept_readings, "_SETTINGS", fewer)
    elif damage == "a folder":
        path.unlink()
        path.mkdir()
    else:
        half = len(data) // 2
        flipped = data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :]
        path.write_bytes({"cut": data[:-1], "flipped": flipped, "empty": b""}[damage])
    assert again(runs, read) == names_in(runs)
    if damage != "a folder":
        assert again(runs, read) == []


def test_a_folder_that_cannot_be_written_is_no_error(runs, read, monkeypatch):
    def fail(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(kept_readings, "write_bytes", fail)
    assert again(runs, read) == names_in(runs)
    assert sorted(os.listdir(runs)) == names_in(runs)


def test_few_runs_leave_nothing_beside_them(runs):
    collect(runs)
    assert sorted(os.listdir(runs)) == names_in(runs)
