import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import imageio.v3 as iio
import numpy as np
import pytest

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.run_folder import METRICS as READINGS
from fer_jax.lab.folders.run_folder import STATUS, RunFolder
from fer_jax.lab.runs.runner import execute
from fer_jax.lab.settings.config import RunConfig
from fer_jax.show.report import write_report
from fer_jax.show.saved import read_shown
from tests.lab.sealing import seal
from tests.show.saved_runs import save_failed_run, save_genome_run, save_sgd_run

HOSTILE = '</script><b onclick="x">$\\frac & \'"../{{ 7 * 7 }}'


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """A registry of two metrics, so that these tests do not depend on the real ones."""
    metrics = {
        name: SimpleNamespace(
            name=name,
            version=version,
            kind=kind,
            worse=worse,
            range="0 to 1",
            summary=f"What {name} is & does.",
        )
        for name, version, kind, worse in (
            ("fracture", "1", "fracture", "higher"),
            ("entanglement", "2", "entanglement", "lower"),
        )
    }
    monkeypatch.setattr("fer_jax.show.report.METRICS", metrics)


class Page(HTMLParser):
    """What a page consists of."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "source", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def root(tmp_path) -> Path:
    save_genome_run(tmp_path)
    save_sgd_run(tmp_path)
    save_sgd_run(tmp_path, arch="relu:5x3", diverged=(1,))
    save_failed_run(tmp_path, error="out of <memory>")
    return tmp_path


def test_the_page_is_whole(root):
    path = write_report(root)
    assert path == root / "report" / "index.html"
    page = Page(path)
    assert page.open == []
    for image in page.all("img"):
        assert image["alt"]
        assert (path.parent / image["src"]).is_file()
    for source in page.all("source"):
        assert (path.parent / source["srcset"]).is_file()
    anchors = {attributes.get("id") for _, attributes in page.tags}
    for link in page.all("a"):
        target = link["href"]
        assert target[1:] in anchors if target[0] == "#" else (path.parent / target).is_file()


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(root):
    page = Page(write_report(root))
    assert not page.all("script")
    assert not page.all("link")
    told = [value for _, attributes in page.tags for value in attributes.values() if value]
    assert not [value for value in told if "://" in value or value.startswith("//")]
    assert not [name for _, attributes in page.tags for name in attributes if name[:2] == "on"]


def test_the_page_says_what_came_out(root):
    text = Page(write_report(root)).text
    for said in (
        "fracture",
        "n = 3 · 1 diverged",
        "worse",
        "out of <memory>",
        "diverged seed",
        "failed run",
        "What fracture is & does.",
        "version 2",
        "These runs also hold readings of version 1",
        "fer-jax run -m method=sgd target=hill size=16 arch=",
        "maps are novel",
        "Mean squared error of RGB",
    ):
        assert said in text, said


def test_everything_from_the_user_is_escaped(tmp_path):
    save_genome_run(tmp_path, HOSTILE)
    save_sgd_run(tmp_path, HOSTILE, arch="relu:5x3")
    save_failed_run(tmp_path, HOSTILE, error=HOSTILE)
    page = Page(write_report(tmp_path))
    assert HOSTILE in page.text
    assert "49" not in page.text.replace("0.49", "")
    assert not page.all("script")
    assert not [b for b in page.all("b") if "onclick" in b]
    assert any(HOSTILE in (image["alt"] or "") for image in page.all("img"))


def test_a_diverged_seed_is_shown_and_marked(root):
    folder = next(root.glob("sgd-hillrelu*"))
    shown = read_shown(RunFolder(folder))
    assert [seed for seed, _ in shown.networks] == [0, 1, 2, 3]
    assert shown.diverged_at.tolist() == [-1, 15, -1, -1]


def test_a_seed_that_stopped_at_its_target_loss_is_not_told_to_have_diverged(tmp_path):
    config = RunConfig(
        target="sunrise",
        arch="relu:2x1",
        seeds=2,
        steps=5,
        size=8,
        target_loss=1.0,
        metrics=["still_pixels"],
        score_size=8,
        output_dir=str(tmp_path),
    )
    outcome = execute(config)
    shown = read_shown(RunFolder(Path(outcome.folder)))
    assert shown.diverged_at.tolist() == [-1, -1]
    assert all(0.0 < loss < 1.0 for loss in shown.last_losses.values())
    assert "diverged at" not in write_report(tmp_path).read_text()


def test_settings_that_vary_are_told_apart(tmp_path):
    save_sgd_run(tmp_path / "a", learning_rate=0.001)
    save_sgd_run(tmp_path / "b", learning_rate=0.01)
    text = Page(write_report(tmp_path)).text
    assert "tanh:6x2 · learning_rate 0.001" in text
    assert "tanh:6x2 · learning_rate 0.01" in text


def test_scores_along_training_are_drawn(tmp_path):
    save_genome_run(tmp_path)
    save_sgd_run(tmp_path, snapshots=5)
    save_sgd_run(tmp_path, arch="relu:5x3")
    page = Page(write_report(tmp_path))
    (picture,) = [image for image in page.all("img") if "along" in image["src"]]
    assert "#along" in [link["href"] for link in page.all("a")]
    assert "mean fracture undefined at step 0, 0.530 at step 8" in picture["alt"]
    assert "relu:5x3" not in picture["alt"]
    assert "fracture for 4 of 20 networks (such as: too plain)." in page.text
    assert "The dashed line is the genome" in page.text


def test_no_snapshots_no_scores_along_training(root):
    assert "along" not in Page(write_report(root)).text


def test_the_same_runs_give_the_same_page(root):
    folder = write_report(root).parent
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_report(root)
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_pictures_of_an_earlier_page_are_removed_and_nothing_else(root):
    folder = root / "report"
    folder.mkdir()
    for name in ("99-curves-old-light.png", "07-image-old.png", "mine.png", "99-curves.txt"):
        (folder / name).touch()
    write_report(root)
    left = {path.name for path in folder.iterdir()}
    assert {"mine.png", "99-curves.txt"} <= left
    assert not {"99-curves-old-light.png", "07-image-old.png"} & left


def test_a_damaged_run_is_told_and_the_others_are_shown(root):
    next(root.glob("sgd-hilltanh*")).joinpath("networks.safetensors").write_bytes(b"nonsense")
    (root / "broken").mkdir()
    (root / "broken" / STATUS).write_text("{")
    text = Page(write_report(root)).text
    assert "networks.safetensors" in text
    assert "broken" in text
    assert "relu:5x3" in text


def test_an_unfinished_run_is_listed(root):
    folder = next(root.glob("sgd-hilltanh*"))
    seal(folder, state="running")
    text = Page(write_report(root)).text
    assert "unfinished run" in text
    assert "the same command goes on with it" in text


def test_only_failed_runs_make_a_page_too(tmp_path):
    save_failed_run(tmp_path, error="no luck")
    assert "no luck" in Page(write_report(tmp_path)).text


def test_genomes_alone_make_a_page_too(tmp_path):
    save_genome_run(tmp_path)
    page = Page(write_report(tmp_path))
    assert "genome, layerized" in page.text
    assert "better" not in page.text.replace("no better or worse", "")


def test_no_readings_leave_the_pictures(root):
    for path in root.glob(f"*/{READINGS}"):
        path.unlink()
    text = Page(write_report(root)).text
    assert READINGS in text
    assert "Target and reproductions" in text


@pytest.mark.parametrize("name", ["absent", "empty"])
def test_a_wrong_root_is_told_in_one_line(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunFolderError, match=name) as caught:
        write_report(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / name / "report").exists()


def test_a_folder_that_cannot_be_written_is_told_in_one_line(root):
    (root / "report").write_text("in the way")
    with pytest.raises(RunFolderError, match="cannot be written"):
        write_report(root)


def test_no_global_state_of_matplotlib_is_touched():
    code = "import sys, fer_jax.show.report; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_very_many_seeds_and_targets_stay_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr("fer_jax.show.saved.MAX_TARGETS", 1)
    monkeypatch.setattr("fer_jax.show.page.MAX_TARGETS", 1)
    save_sgd_run(tmp_path, "a", seeds=40, steps=3)
    save_sgd_run(tmp_path, "b", seeds=2, steps=3)
    page = Page(write_report(tmp_path))
    assert "Pictures are drawn of the first 1 of 2 targets." in page.text
    assert np.mean(["for b" in (image["alt"] or "") for image in page.all("img")]) == 0


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("curves.npz", lambda path: np.savez(path, seeds=np.arange(4), losses=np.ones(4))),
        ("target.png", lambda path: iio.imwrite(path, np.zeros((4, 9, 3), np.uint8))),
        ("networks.safetensors", lambda path: path.write_bytes(b"")),
        ("overrides.yaml", lambda path: path.write_text("!!python/object/apply:os.abort []")),
        ("environment.json", lambda path: path.write_text("[" * 100_000)),
    ],
)
def test_any_damaged_file_leaves_a_page(root, name, damage):
    folder = next(root.glob("sgd-hilltanh*"))
    damage(folder / name)
    seal(folder)
    text = Page(write_report(root)).text
    assert "relu:5x3" in text
    if name in ("curves.npz", "target.png", "networks.safetensors"):
        assert "unreadable" in text
