"""The tables of mistakes in docs/targets.md are what is printed, word for word."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer_jax.errors import FerJaxError
from fer_jax.genome import library
from fer_jax.genome.arch_names import resolve_arch
from fer_jax.genome.originals import BASE_URL, ORIGINALS, Original
from fer_jax.genome.target import load_target
from fer_jax.lab import data
from tests.genome.image_bytes import tiff
from tests.genome.web import Answer, serving

PAGE = Path(__file__).parents[1] / "docs" / "targets.md"
OURS = {"skull": Original("skull", 576, hashlib.sha256(b"theirs").hexdigest())}


def tables() -> dict[str, dict[str, str]]:
    """The page's tables of messages: what is given and what is said, by heading."""
    found: dict[str, dict[str, str]] = {}
    heading = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        if row := re.fullmatch(r"\| (.+?) \| ``? ?(fer-jax: .+?) ?`` \|", line):
            found.setdefault(heading, {})[row[1]] = row[2]
    return found


TABLES = tables()


def image(name: str, mode: str = "RGB", size: tuple[int, int] = (8, 8)) -> None:
    Image.new(mode, size).save(name)


def cut(name: str) -> None:
    image(name, size=(64, 64))
    whole = Path(name).read_bytes()
    Path(name).write_bytes(whole[: len(whole) // 2])


def large(name: str) -> None:
    image(name, "1", (8660, 5774))


PICTURES = {
    "`target=empty.png`, of 0 bytes": lambda: Path("empty.png").touch(),
    "`target=notes.png`, a text": lambda: Path("notes.png").write_text("hello"),
    "`target=drawing.svg`": lambda: Path("drawing.svg").write_text("<svg></svg>"),
    "`target=cut.png`, half a file": lambda: cut("cut.png"),
    "`target=cut.jpg`, half a file": lambda: cut("cut.jpg"),
    "`target=large.png`, 50 megapixels": lambda: large("large.png"),
    "`target=print.jpg`, in CMYK": lambda: image("print.jpg", "CMYK"),
    "`target=sky.tif`, floats up to 300": lambda: Path("sky.tif").write_bytes(
        tiff(np.full((4, 4), 300, np.float32))
    ),
    "`target=counts.tif`, 32-bit whole numbers": lambda: Path("counts.tif").write_bytes(
        tiff(np.ones((4, 4), np.uint32))
    ),
    "`target=rgb.tif`, RGB of floats": lambda: Path("rgb.tif").write_bytes(
        tiff(np.ones((4, 4, 3), np.float32))
    ),
    "`target=pictures`, a folder": lambda: Path("pictures").mkdir(),
    "`target=sunrsie`": lambda: None,
    "`target=skull`, before it is fetched": lambda: None,
    "`target=cat`, with two such files": lambda: (image("mine/cat.png"), image("mine/cat.gif")),
}

ARRAYS = {
    "`np.zeros((480, 640))`, without a size": np.zeros((480, 640)),
    "`np.zeros((3, 64, 64))`": np.zeros((3, 64, 64)),
    "`255 * np.ones((64, 64))`": 255 * np.ones((64, 64)),
    "`np.ones((64, 64), int)`": np.ones((64, 64), int),
}


def test_the_page_has_every_table():
    assert set(TABLES) == {"Pictures and names", "Arrays", "Mistakes in an architecture", "Data"}
    assert set(TABLES["Pictures and names"]) == set(PICTURES)
    assert set(TABLES["Arrays"]) == set(ARRAYS)
    assert set(TABLES["Data"]) == set(FETCHES)
    assert len(TABLES["Mistakes in an architecture"]) >= 15


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("FER_JAX_DATA", "mine")
    monkeypatch.setattr(library, "cache_folder", lambda: tmp_path / "cache")
    (tmp_path / "mine").mkdir()


def told(function, *arguments, **options) -> str:
    with pytest.raises(FerJaxError) as caught:
        function(*arguments, **options)
    return f"fer-jax: {caught.value}"


@pytest.mark.parametrize("given", PICTURES)
def test_pictures(given):
    PICTURES[given]()
    name = re.match("`target=(.+?)`", given)[1]
    assert told(load_target, name, 64) == TABLES["Pictures and names"][given]


@pytest.mark.parametrize("given", ARRAYS)
def test_arrays(given):
    assert told(load_target, ARRAYS[given]) == TABLES["Arrays"][given]


@pytest.mark.parametrize("given", TABLES.get("Mistakes in an architecture", {}))
def test_archs(given):
    spec = given.strip("`").removeprefix("arch=")
    assert told(resolve_arch, spec) == TABLES["Mistakes in an architecture"][given]


def file_instead(monkeypatch):
    Path("notes.txt").touch()
    monkeypatch.setenv("FER_JAX_DATA", "notes.txt")


def full(monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fer_jax.genome.originals.os.fsync", fail)


FETCHES = {
    "no network": (None, lambda _: None),
    "the server has not got it": (Answer(status=404), lambda _: None),
    "another file comes": (Answer(b"<html>please log in</html>"), lambda _: None),
    "another file is there": (
        Answer(b"theirs"),
        lambda _: Path("mine/skull.zip").write_bytes(b"mine"),
    ),
    "a full disk": (Answer(b"theirs"), full),
    "`FER_JAX_DATA=notes.txt`, a file": (Answer(b"theirs"), file_instead),
}


@pytest.mark.parametrize("given", FETCHES)
def test_fetches(given, monkeypatch):
    answer, arrange = FETCHES[given]
    monkeypatch.setattr(data, "ORIGINALS", OURS)
    arrange(monkeypatch)
    with serving() as web:
        if answer is not None:
            web.answers["/skull.zip"] = answer
            said = told(data.fetch_originals, base_url=web.url)
    if answer is None:  # the server is gone
        said = told(data.fetch_originals, base_url=web.url)
    said = said.replace(web.url, BASE_URL)
    said = said.replace(OURS["skull"].sha256, ORIGINALS["skull"].sha256)
    assert said == TABLES["Data"][given]
