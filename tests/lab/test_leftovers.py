"""`fer-jax clean` deletes what nobody goes on from, and nothing else."""

from pathlib import Path

import pytest

from fer_jax import cli
from fer_jax.lab.folders.leftovers import delete, leftovers
from fer_jax.lab.folders.lock import locked
from fer_jax.lab.runs.runner import execute
from tests.lab.small_runs import Killed, fake_config


@pytest.fixture
def stopped(tmp_path, fake_method):
    """A run that was killed on its way, beside one that is done."""
    execute(fake_config(tmp_path, steps=20))
    fake_method["kill_at"] = 30
    with pytest.raises(Killed):
        execute(fake_config(tmp_path, checkpoint_seconds=0.0))
    del fake_method["kill_at"]
    (folder,) = (path.parent for path in (tmp_path / "outputs").glob("*/checkpoint"))
    (folder / ".networks.safetensors.12345678.part").write_bytes(b"half")
    return folder


def test_a_stopped_run_starts_over_without_its_checkpoint(stopped, tmp_path, fake_method):
    (one,) = leftovers(tmp_path)
    assert (one.folder, one.state) == (stopped, "running")
    assert one.bytes > 4
    assert delete(one)
    assert leftovers(tmp_path) == []
    assert not (stopped / "checkpoint").exists()
    assert execute(fake_config(tmp_path)).state == "done"
    assert fake_method["made"][-1].advanced == 40


def test_what_a_process_is_at_work_with_stays(stopped, tmp_path):
    (one,) = leftovers(tmp_path)
    with locked(stopped, wait=False, on_wait=lambda: None):
        assert leftovers(tmp_path) == []
        assert not delete(one)
    assert (stopped / "checkpoint" / "latest.json").exists()


def test_the_command_asks_first(stopped, tmp_path, capsys, monkeypatch):
    assert cli.main(["clean", str(tmp_path)]) == 2  # nobody is there to be asked
    assert "--yes deletes without asking" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda told: "n")
    assert cli.main(["clean", str(tmp_path)]) == 0
    assert "nothing was deleted" in capsys.readouterr().out
    assert (stopped / "checkpoint").exists()
    assert cli.main(["clean", str(tmp_path), "--yes"]) == 0
    assert "MiB deleted" in capsys.readouterr().out
    assert not (stopped / "checkpoint").exists()
    assert cli.main(["clean", str(tmp_path)]) == 0
    assert Path(stopped).exists()
