"""What names stand for, and in which order."""

import hashlib

import numpy as np
import pytest
from PIL import Image

from fer_jax.errors import DataError, GenomeError, TargetError
from fer_jax.genome import library
from fer_jax.genome.catalogue import catalogue
from fer_jax.genome.files import load_genome, save_genome
from fer_jax.genome.library import CACHE, DATA_VARIABLE, EMBEDDED, MISSING, entries, find
from fer_jax.genome.originals import ORIGINALS, Original
from fer_jax.genome.target import load_target
from fer_jax.lab.runs.models import load_model
from tests.genome.genomes import small_genome
from tests.genome.xml_files import picbreeder, zipped
from tests.reference import reference_dir

SKULL = zipped(("a", picbreeder()))


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    """A cache and a folder of the user's, both empty, and a skull of our own making."""
    mine, cache = tmp_path / "mine", tmp_path / "cache"
    mine.mkdir()
    monkeypatch.setenv(DATA_VARIABLE, str(mine))
    monkeypatch.setattr(library, "cache_folder", lambda: cache)
    ours = Original("skull", 576, hashlib.sha256(SKULL).hexdigest())
    monkeypatch.setattr(library, "ORIGINALS", {"skull": ours})
    return mine, cache


def keep(folder, name, data=SKULL):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def save_image(path, size=(8, 6)):
    Image.new("RGB", size, "red").save(path)
    return path


def test_the_embedded_ones():
    entry = find("moth")
    assert (entry.kind, entry.origin, entry.problem) == ("genome", EMBEDDED, "")
    assert entry.about == "A moth with four eyespots"
    assert entry.path.is_file()
    for no_name in ("", "Moth", "moth.json", "/", "a\0b", "x" * 5000, "..", "."):
        assert find(no_name) is None


def test_an_original_that_is_not_fetched(folders):
    entry = find("skull")
    told = (
        "'skull' is a genome of the original study and not here yet: `fer-jax data fetch` gets it"
    )
    assert (entry.origin, entry.path, entry.problem) == (MISSING, None, told)
    for load, error in ((load_genome, GenomeError), (load_model, GenomeError)):
        with pytest.raises(error) as caught:
            load("skull")
        assert str(caught.value) == told
    with pytest.raises(TargetError) as caught:
        load_target("skull")
    assert str(caught.value) == f"target {told}"


def test_an_original_is_looked_for_in_the_users_folder_first(folders):
    mine, cache = folders
    cached = keep(cache, "skull.zip")
    assert (find("skull").origin, find("skull").path) == (CACHE, cached)
    own = keep(mine, "skull.zip")
    assert (find("skull").origin, find("skull").path) == (DATA_VARIABLE, own)
    assert [entry.path for entry in entries() if entry.name == "skull"] == [own]
    genome = load_genome("skull")
    assert genome == load_model("skull") == load_genome(own)
    found = load_target("skull", 8)
    assert (found.name, found.source, found.genome) == ("skull", "skull", genome)


def test_an_original_is_the_one_with_the_right_checksum(folders):
    mine, cache = folders
    keep(cache, "skull.zip", SKULL[:-1])
    other = keep(mine, "skull.zip", b"other")
    assert find("skull").origin == MISSING
    (hidden,) = [entry for entry in entries() if entry.path == other]
    assert hidden.problem.startswith("the name is that of the original study's genome; rename")
    cached = keep(cache, "skull.zip")
    assert find("skull").path == cached


@pytest.mark.usefixtures("folders")
def test_the_real_originals(monkeypatch):
    monkeypatch.setattr(library, "ORIGINALS", ORIGINALS)
    monkeypatch.setenv(DATA_VARIABLE, str(reference_dir() / "genomes"))
    # Nodes and links after the conversion of ink: 25 and 59 for the skull.
    found = {row.name: (row.nodes, row.links) for row in catalogue() if row.origin != EMBEDDED}
    assert found == {"apple": (83, 264), "butterfly": (34, 108), "skull": (25, 59)}


def test_the_users_own(folders):
    mine, _ = folders
    save_genome(small_genome(), mine / "my.bird.json")
    save_image(mine / "cat.PNG")
    for ignored in ("notes.txt", ".hidden.png", "noend"):
        keep(mine, ignored)
    (mine / "folder.png").mkdir()
    bird, cat = find("my.bird"), find("cat")
    assert (bird.kind, bird.origin, bird.path) == ("genome", DATA_VARIABLE, mine / "my.bird.json")
    assert (cat.kind, cat.origin, cat.path) == ("image", DATA_VARIABLE, mine / "cat.PNG")
    assert load_genome("my.bird") == load_model("my.bird") == small_genome()
    found = load_target("cat", 8)
    assert (found.name, found.source) == ("cat", "cat")
    assert found.told.startswith("8 x 6 resampled to 8 x 8")
    with pytest.raises(GenomeError, match=r"'cat' is the image .*cat\.PNG; expected a genome"):
        load_genome("cat")
    assert {entry.name for entry in entries() if entry.origin == DATA_VARIABLE} == {
        "my.bird",
        "cat",
    }


def test_a_name_that_is_taken_is_not_taken_away(folders, monkeypatch, tmp_path):
    mine, _ = folders
    hidden = save_image(mine / "moth.png")
    assert find("moth").origin == EMBEDDED
    (entry,) = [entry for entry in entries() if entry.path == hidden]
    assert entry.problem == (
        "the name is that of an embedded genome; rename the file, or give its path"
    )
    assert load_target(hidden, 8).told.startswith("8 x 6")
    # Nor by a file in the working folder; its path says what is meant.
    monkeypatch.chdir(tmp_path)
    save_image("moth.png")
    (tmp_path / "moth.png").rename("moth")
    assert load_target("moth", 8).genome == load_genome("moth")
    assert load_target("./moth", 8).source == "./moth"


def test_a_name_of_two_files_stands_for_none(folders):
    mine, _ = folders
    save_image(mine / "cat.png")
    save_image(mine / "cat.gif")
    told = "'cat' may be cat.gif and cat.png in FER_JAX_DATA; rename one, or give its path"
    assert find("cat").problem == told
    assert [entry.problem for entry in entries() if entry.name == "cat"] == [told, told]
    with pytest.raises(TargetError, match=f"target {told}"):
        load_target("cat")
    with pytest.raises(GenomeError, match=told):
        load_genome("cat")


def test_names_near_by_are_suggested(folders):
    mine, _ = folders
    save_image(mine / "kitten.png")
    for text, near in (("kiten", "kitten"), ("KITTEN", "kitten"), ("skul", "skull")):
        with pytest.raises(TargetError, match=f"did you mean {near!r}"):
            load_target(text)
    for number in range(30):
        save_image(mine / f"many{number}.png")
    with pytest.raises(TargetError, match=r", \.\.\. \(`fer-jax data list` shows all\)$"):
        load_target("nothing")


def test_a_variable_that_names_no_folder(tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv(DATA_VARIABLE, str(file))
    told = f"{DATA_VARIABLE} is '{file}', which is no folder; name a folder"
    with pytest.raises(DataError) as caught:
        entries()
    assert str(caught.value) == told
    with pytest.raises(TargetError) as caught:
        load_target("kitten")
    assert str(caught.value).endswith(f". {told}")
    assert find("moth").origin == EMBEDDED
    assert find("skull").origin == MISSING
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match=r"nowhere', which cannot be read: No such file"):
        entries()
    monkeypatch.setenv(DATA_VARIABLE, "~nobody-of-that-name/mine")
    with pytest.raises(DataError, match="cannot be read"):
        entries()
    monkeypatch.setenv(DATA_VARIABLE, "")
    assert {entry.origin for entry in entries()} == {EMBEDDED, MISSING}


def test_the_variable_may_start_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(DATA_VARIABLE, "~/mine")
    save_image(tmp_path / "mine" / "cat.png")
    assert find("cat").path == tmp_path / "mine" / "cat.png"


def test_the_catalogue(folders):
    mine, _ = folders
    save_genome(small_genome(), mine / "bird.json")
    save_image(mine / "cat.png")
    np.save(mine / "broken.npy", np.zeros(3))
    keep(mine, "broken.png", b"hello")
    keep(mine, "broken2.zip", b"PK")
    rows = {row.name: row for row in catalogue()}
    assert (rows["moth"].nodes, rows["moth"].links) == (54, 139)
    assert rows["skull"].problem
    assert (rows["skull"].nodes, rows["skull"].path) == (None, "")
    small = small_genome()
    assert (rows["bird"].nodes, rows["bird"].links) == (len(small.nodes), len(small.links))
    assert (rows["cat"].width, rows["cat"].height, rows["cat"].problem) == (8, 6, "")
    assert "is not a readable PNG" in rows["broken"].problem
    assert "begins like a zip file" in rows["broken2"].problem
