import functools
import hashlib
import json
import subprocess
import sys
import warnings

import pytest
from PIL import Image

from fer_jax import cli
from fer_jax.genome import library
from fer_jax.genome.library import embedded_names
from fer_jax.genome.originals import ORIGINALS, Original
from fer_jax.lab import data
from fer_jax.lab.launch import machine, sweep
from fer_jax.lab.runs.runner import Outcome
from tests.genome.web import Answer, serving
from tests.lab.small_runs import METRIC, genome_file

SMALL = ["size=8", "score_size=8", f"metrics=[{METRIC}]"]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    """Each command runs in its own folder, and leaves this process's JAX as it is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(machine, "prepare", lambda **_: None)
    monkeypatch.setattr(sweep, "prepare", lambda **_: None)
    genome_file(tmp_path)


def command(capsys, *argv):
    status = cli.main([str(text) for text in argv])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return status, captured.out, captured.err


def test_help_imports_nothing_heavy():
    code = """
import sys
from fer_jax import cli
for argv in (["--help"], ["run", "--help"]):
    try:
        cli.main(argv)
    except SystemExit as end:
        assert end.code == 0
heavy = {"jax", "numpy", "pandas", "hydra", "omegaconf", "scipy", "matplotlib", "flax", "rich"}
print("heavy:", sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "heavy: []"
    for text in ("fer-jax run -m experiment=demo", "learning_rate", "Exit status: 0 done"):
        assert text in done.stdout


def test_python_m_is_the_same_command():
    done = subprocess.run(
        [sys.executable, "-m", "fer_jax", "run", "stepss=3"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.startswith("fer-jax: stepss=3: unknown key 'stepss'; did you mean 'steps'?")
    assert done.stderr.count("\n") == 1


def test_a_run_and_its_collection(capsys, tmp_path):
    overrides = ["target=hill.json", "arch=relu:2x1", "seeds=2", "steps=5", *SMALL]
    status, out, err = command(capsys, "run", *overrides)
    assert status == 0
    assert METRIC in out
    assert "done in" in err
    status, out, err = command(capsys, "run", *overrides)
    assert status == 0
    assert "already done, skipped" in err
    status, out, _ = command(capsys, "collect", "outputs", "-o", "table.csv")
    assert status == 0
    assert METRIC in out
    assert "4 readings of 1 runs: table.csv" in out
    assert (tmp_path / "table.csv").exists()


def test_overrides_on_both_sides_of_an_option(capsys):
    status, out, _ = command(
        capsys, "run", "method=genome", *SMALL, "-m", "target=hill.json", "score_key=1,2"
    )
    assert status == 0
    assert METRIC in out


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["run", "target=nowhere.png"], "target 'nowhere.png' is neither a file"),
        (["run"], "target is missing"),
        (["run", "target=hill.json", "arch=relu:3"], "arch 'relu:3'"),
        (["run", "-m", "target=hill.json", "steps=0,1"], "steps is 0"),
        (["collect", "nowhere"], "nowhere: is no folder"),
        (["collect", "."], ".: holds no run folder"),
        (["report", "nowhere"], "nowhere: is no folder"),
        (["score", "nowhere"], "'nowhere' is neither a file"),
        (["score", "."], ".: holds no network"),
        (["run", "target=hill.json", "on_cycle=ignore"], "on_cycle is 'ignore'; known are error"),
        (["score", "hill.json", "--size", "1"], "--size is 1; expected"),
        (["score", "hill.json", "--metrics", "fracture,spred"], "'spred' is no metric; did you"),
        (["score", "hill.json", "--metrics", ","], "--metrics names no metric; leave it out"),
    ],
)
def test_a_users_mistake_is_one_line_and_writes_nothing(capsys, tmp_path, argv, told):
    status, out, err = command(capsys, *argv)
    assert status == 2
    assert err.startswith(f"fer-jax: {told}")
    assert err.count("\n") == 1
    assert out == ""
    assert [entry.name for entry in tmp_path.iterdir()] == ["hill.json"]


def cyclic_file(folder):
    """`cyclic.json`: hill.json, and a link from a node to itself."""
    content = json.loads((folder / "hill.json").read_text())
    target = content["links"][0]["target"]
    content["links"].append({"source": target, "target": target, "weight": 0.5})
    (folder / "cyclic.json").write_text(json.dumps(content))
    return f"cyclic.json: 1 link that closes a cycle reads 0: {target} -> {target}"


def test_cut_cycles(capsys, tmp_path):
    told = cyclic_file(tmp_path)
    cut = ["score", "cyclic.json", "--size", "8"]
    status, out, err = command(capsys, *cut)
    assert (status, out) == (2, "")
    assert "the links form a cycle" in err
    assert "on_cycle=cut" in err
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        status, out, err = command(capsys, *cut, "--on-cycle", "cut")
        assert status == 0
        assert err == f"fer-jax: warning: {told}\n"
        run = ["run", "method=genome", "target=cyclic.json", *SMALL]
        status, out, err = command(capsys, *run)
        assert (status, out) == (2, "")
        assert not (tmp_path / "outputs").exists()
        status, _, err = command(capsys, *run, "on_cycle=cut")
        assert status == 0
        assert err.count(told) == 1
    (folder,) = (tmp_path / "outputs").iterdir()
    assert "on_cycle: cut" in (folder / "config.yaml").read_text()
    # Without the link it is the same genome, and so the same run.
    assert "already done" in command(capsys, *run[:2], "target=hill.json", *SMALL)[2]


def test_a_warning_of_another_kind_says_where_it_comes_from(capsys, monkeypatch):
    def warn(*_, **__):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        return []

    monkeypatch.setattr(sweep, "run", warn)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        shown = warnings.showwarning
        status, _, err = command(capsys, "run", "target=hill.json")
        assert warnings.showwarning is shown
    assert status == 0
    assert err.startswith(f"fer-jax: warning: {__file__}:")
    assert err.endswith(": DeprecationWarning: old\n")


@pytest.mark.parametrize("argv", [[], ["nonsense"], ["run", "--foo"], ["data"], ["score"]])
def test_usage(capsys, argv):
    with pytest.raises(SystemExit) as caught:
        cli.main(argv)
    assert caught.value.code == 2
    assert "usage: fer-jax" in capsys.readouterr().err


def test_some_runs_of_a_sweep_failed(capsys):
    status, out, err = command(
        capsys, "run", "-m", "method=genome", "target=hill.json,nowhere.json", *SMALL
    )
    assert status == 1
    assert METRIC in out
    assert "1 failed" in err
    assert "nowhere.json" in err


def test_a_failed_run_names_its_log(capsys, monkeypatch):
    failed = Outcome("a run", "failed", "outputs/a", "it broke", "outputs/a/log.txt")
    monkeypatch.setattr(sweep, "run", lambda *_, **__: [failed])
    status, _, err = command(capsys, "run", "target=hill.json")
    assert status == 1
    assert "it broke" in err
    assert "outputs/a/log.txt" in err


def test_a_single_run_that_meets_a_users_mistake(capsys, monkeypatch):
    failed = Outcome("a run", "failed", "outputs/a", "too many seeds", "log", mistake=True)
    monkeypatch.setattr(sweep, "run", lambda *_, **__: [failed])
    assert command(capsys, "run", "target=hill.json")[::2] == (2, "fer-jax: too many seeds\n")


def test_interrupt(capsys, monkeypatch):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep, "run", interrupt)
    status, _, err = command(capsys, "run", "target=hill.json")
    assert status == 130
    assert err == "fer-jax: stopped; the same command goes on from the last checkpoint\n"


def test_score(capsys):
    status, out, _ = command(capsys, "score", "hill.json", "--size", "16")
    assert status == 0
    for name in ("fracture", "entanglement", METRIC):
        assert name in out
    status, out, _ = command(capsys, "score", "hill.json", "--size", "16", "--json")
    readings = json.loads(out)["readings"]
    assert {"fracture", "entanglement"} <= {reading["metric"] for reading in readings}
    for reading in readings:
        assert (reading["value"] is None) == bool(reading["reason"])


def test_score_some_metrics(capsys):
    chosen = ["--metrics", "spread, fracture", "--metrics", "fracture", "--size", "8"]
    status, out, _ = command(capsys, "score", "hill.json", *chosen, "--json")
    assert status == 0
    assert [reading["metric"] for reading in json.loads(out)["readings"]] == ["spread", "fracture"]


def test_the_readings_of_a_run_folder(capsys, tmp_path):
    command(capsys, "run", "target=hill.json", "method=genome", *SMALL)
    (folder,) = (tmp_path / "outputs").iterdir()
    status, out, _ = command(capsys, "score", folder, "--size", "8")
    assert status == 0
    assert str(folder) in out


def test_what_is_done_to_a_picture_is_said(capsys, tmp_path):
    Image.new("L", (12, 9)).save(tmp_path / "cat.png")
    overrides = ["target=cat.png", "arch=relu:2x1", "seeds=1", "steps=2", *SMALL]
    status, _, err = command(capsys, "run", *overrides)
    assert status == 0
    told = "12 x 9 resampled to 8 x 8 by a Lanczos filter, which changes its proportions"
    assert f"sgd · cat.png · relu:2x1: target cat.png: {told}\n" in err


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """What FER_JAX_DATA names; there is no cache."""
    monkeypatch.setenv("FER_JAX_DATA", "mine")
    monkeypatch.setattr(library, "cache_folder", lambda: tmp_path / "cache")
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine"


def test_data_list(capsys, folder):
    (folder / "[bold]cat[.png").touch()
    status, out, _ = command(capsys, "data", "list")
    assert status == 0
    lines = [line.split(maxsplit=1) for line in out.splitlines()]
    told = {line[0]: line[1] for line in lines if len(line) == 2}
    for name in embedded_names():
        assert "nodes" in told[name]
        assert "embedded" in told[name]
    assert "A moth with four eyespots" in told["moth"]
    for name in ORIGINALS:
        assert "not fetched" in told[name]
        assert "`fer-jax data fetch` gets it" in told[name]
    assert "mine/[bold]cat[.png: is an empty file" in told["[bold]cat["]


def test_data_list_as_json(capsys, folder):
    genome_file(folder)
    status, out, _ = command(capsys, "data", "list", "--json")
    assert status == 0
    rows = {row["name"]: row for row in json.loads(out)}
    assert rows["moth"]["nodes"] == 54
    assert rows["hill"]["origin"] == "FER_JAX_DATA"
    assert rows["skull"]["problem"]


def test_data_list_imports_little():
    code = """
import sys
from fer_jax import cli
assert cli.main(["data", "list"]) == 0
heavy = {"jax", "pandas", "hydra", "omegaconf", "scipy", "matplotlib", "pooch", "requests"}
print("heavy:", sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "heavy: []"


def test_data_fetch(capsys, folder, monkeypatch):
    content = (folder.parent / "hill.json").read_bytes()
    ours = {"skull": Original("skull", 576, hashlib.sha256(content).hexdigest())}
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for module in (library, data):
        monkeypatch.setattr(module, "ORIGINALS", ours)
    with serving() as web:
        web.answers["/skull.zip"] = Answer(content)
        fetch = functools.partial(data.fetch_originals, base_url=web.url)
        monkeypatch.setattr(data, "fetch_originals", fetch)
        assert command(capsys, "score", "skull")[0] == 2
        status, out, err = command(capsys, "data", "fetch")
        told = "skull: fetched, and its checksum is right: mine/skull.zip"
        # Early versions of rich end a progress bar that nobody sees by an empty line.
        assert (status, out, err.strip()) == (0, "", told)
        status, out, err = command(capsys, "data", "fetch", "skull", "skull")
        told = "skull: already there, nothing to do: mine/skull.zip"
        assert (status, out, err.strip()) == (0, "", told)
        assert web.asked == ["/skull.zip"]
        assert command(capsys, "score", "skull", "--size", "8")[0] == 0
        # Without the variable, it goes into the cache, and replaces what is damaged there.
        monkeypatch.delenv("FER_JAX_DATA")
        damaged = folder.parent / "cache" / "skull.zip"
        damaged.parent.mkdir()
        damaged.write_bytes(content[:9])
        assert command(capsys, "data", "fetch")[0] == 0
        assert damaged.read_bytes() == content


@pytest.mark.usefixtures("folder")
def test_data_fetch_of_what_is_no_original(capsys):
    status, out, err = command(capsys, "data", "fetch", "skul")
    assert (status, out) == (2, "")
    assert err == (
        "fer-jax: 'skul' is no genome of the original study; did you mean 'skull'? "
        "They are apple, butterfly, skull\n"
    )


def test_data_fetch_that_is_stopped(capsys, folder, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(data, "fetch", interrupt)
    status, _, err = command(capsys, "data", "fetch")
    assert (status, err.strip()) == (130, "fer-jax: stopped; nothing is left half-written")
    assert list(folder.iterdir()) == []


def test_a_data_folder_that_is_a_file(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("FER_JAX_DATA", "hill.json")
    for asked in ("list", "fetch"):
        status, out, err = command(capsys, "data", asked)
        assert (status, out) == (2, "")
        assert err == "fer-jax: FER_JAX_DATA is 'hill.json', which is no folder; name a folder\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["hill.json"]
