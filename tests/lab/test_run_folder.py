import pytest

from fer_jax.errors import FerJaxError, RunFolderError
from fer_jax.lab.folders.contents import networks_in
from fer_jax.lab.folders.run_folder import RunFolder
from fer_jax.lab.folders.run_writer import RunWriter
from fer_jax.lab.folders.scan import find_runs, scan
from fer_jax.lab.runs.runner import execute
from tests.lab.sealing import seal
from tests.lab.small_runs import fake_config

READERS = {
    "config.yaml": lambda run: run.config,
    "status.json": lambda run: run.status,
    "metrics.parquet": lambda run: run.metrics(),
    "curves.npz": lambda run: run.losses(),
    "networks.safetensors": lambda run: networks_in(run),
    "target.png": lambda run: run.target_image(),
}


@pytest.fixture
def run(tmp_path, fake_method):
    execute(fake_config(tmp_path))
    (run,) = find_runs(tmp_path)
    return run


@pytest.mark.parametrize("file", READERS)
@pytest.mark.parametrize("damage", ["truncated", "empty", "noise"])
def test_a_damaged_file_is_named_in_one_line(run, file, damage):
    path = run.path / file
    data = path.read_bytes()
    cut = 9 if file == "config.yaml" else len(data) // 2
    path.write_bytes({"truncated": data[:cut], "empty": b"", "noise": b"\x80" * 200}[damage])
    with pytest.raises(FerJaxError, match=file) as caught:
        READERS[file](RunFolder(run.path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("file", ["config.yaml", "status.json", "metrics.parquet", "target.png"])
def test_a_missing_file_is_named(run, file):
    (run.path / file).unlink()
    with pytest.raises(RunFolderError, match=f"{file}: cannot be read: No such file"):
        READERS[file](RunFolder(run.path))


def test_a_yaml_file_makes_no_objects(run):
    (run.path / "config.yaml").write_text("method: !!python/object/apply:os.getpid []\ntarget: a\n")
    seal(run.path)
    with pytest.raises(RunFolderError, match="is damaged: could not determine a constructor"):
        _ = RunFolder(run.path).config


def test_scanning_finds_runs_in_order_and_names_the_corrupt_ones(tmp_path, fake_method):
    for seeds in (1, 2, 3):
        execute(fake_config(tmp_path, seeds=seeds, output_dir=str(tmp_path / f"out/{seeds}")))
    found = scan(tmp_path)
    assert [folder.path.parent.name for folder in found.folders] == ["1", "2", "3"]
    assert found.corrupt == []
    (found.folders[1].path / "status.json").write_text("{")
    (found.folders[2].path / "status.json").unlink()
    again = scan(tmp_path)
    assert len(again.folders) == 1
    assert len(again.corrupt) == 2
    assert find_runs(found.folders[0].path) == found.folders[:1]


def test_other_folders_are_no_runs(tmp_path):
    (tmp_path / "config.yaml").write_text("a: 1")
    assert scan(tmp_path).folders == scan(tmp_path).corrupt == []
    with pytest.raises(RunFolderError, match="is no folder"):
        scan(tmp_path / "nowhere")


def test_a_run_that_fails_before_anything_of_it_is_known_is_a_failed_run(tmp_path):
    path = tmp_path / "sgd-000000000000"
    path.mkdir()
    RunWriter(path).fail(TimeoutError("not done"))
    status = RunFolder(path).status
    assert (status["id"], status["state"]) == (path.name, "failed")
    assert RunFolder(path).state == "failed"
