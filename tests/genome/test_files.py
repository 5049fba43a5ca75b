import os
import stat

import pytest

from fer_jax.errors import GenomeError
from fer_jax.genome import files
from fer_jax.genome.files import load_genome, save_genome
from fer_jax.genome.json_format import write_json
from fer_jax.genome.library import embedded_names
from tests.genome import xml_files as xml
from tests.genome.genomes import changed, small_genome


def test_embedded_genomes():
    assert "sunrise" in embedded_names()
    assert list(embedded_names()) == sorted(embedded_names())
    for name in embedded_names():
        assert load_genome(name).name == name


def test_the_content_decides_not_the_suffix(tmp_path):
    expected = load_genome_from(tmp_path / "mine.xml", xml.picbreeder())
    zipped = xml.zipped(("a.xml", xml.picbreeder()))
    assert load_genome_from(tmp_path / "mine.json", zipped) == expected
    assert load_genome_from(tmp_path / "mine", xml.color_genome().encode()) == expected
    text = b"\n " + write_json(small_genome()).encode()
    assert load_genome_from(tmp_path / "small.zip", text) == small_genome()


def load_genome_from(path, data):
    path.write_bytes(data)
    return load_genome(path)


def test_names(tmp_path):
    assert load_genome_from(tmp_path / "my.bird.xml", xml.picbreeder()).name == "my.bird"
    nameless = write_json(changed(name="")).encode()
    assert load_genome_from(tmp_path / "bird.json", nameless).name == "bird"
    assert load_genome_from(tmp_path / "bird.json", write_json(small_genome()).encode()).name == (
        "small"
    )
    assert load_genome(str(tmp_path / "bird.json")).name == "small"


def test_not_found(tmp_path):
    known = ", ".join([*embedded_names(), "apple", "butterfly", "skull"])
    with pytest.raises(GenomeError) as hint:
        load_genome("sunrsie")
    told = "'sunrsie' is neither a file nor a name; did you mean 'sunrise'? The names are"
    assert str(hint.value) == f"{told} {known}"
    for name in (tmp_path, tmp_path / "a.zip", "", "sun/rise", "a\nb", "a\0b", "x" * 5000):
        with pytest.raises(GenomeError, match="is neither a file nor a name") as caught:
            load_genome(name)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is an empty file"),
        (b" " * (5 * 2**20), "is larger than 4 MiB, the limit for a genome"),
        (b"\0\1\2\3", "is neither a zip nor XML nor JSON"),
        (b"{}", "is JSON, but not a genome"),
        (b"PK", "begins like a zip file but has no end"),
        (b"<svg/>", "the XML has 0 <genome> elements"),
    ],
)
def test_no_genome(tmp_path, data, message):
    with pytest.raises(GenomeError, match=rf"mine\.zip: {message}") as caught:
        load_genome_from(tmp_path / "mine.zip", data)
    assert "\n" not in str(caught.value)


def test_saved_and_loaded(tmp_path):
    path = tmp_path / "small.json"
    save_genome(small_genome(), path)
    assert load_genome(path) == small_genome()
    assert path.read_text("utf-8") == write_json(small_genome())
    save_genome(changed(name="other"), str(path))
    assert load_genome(path).name == "other"
    assert os.listdir(tmp_path) == ["small.json"]


def test_a_saved_genome_can_be_read_by_whom_the_umask_allows(tmp_path):
    save_genome(small_genome(), tmp_path / "small.json")
    (tmp_path / "plain").touch()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, failing, error):
    path = tmp_path / "small.json"
    save_genome(small_genome(), path)

    def fail(*_):
        raise error

    monkeypatch.setattr(files.os, failing, fail)
    expected = GenomeError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as caught:
        save_genome(changed(name="other"), path)
    if expected is GenomeError:
        assert str(caught.value) == f"{path}: cannot be written: No space left on device"
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["small.json"]
    assert load_genome(path) == small_genome()


def test_where_nothing_can_be_saved(tmp_path):
    for name in ("a.png", "a", "a.JSON", ".json"):
        with pytest.raises(GenomeError, match=r"a genome is saved as \.json, \.zip, \.xml; give"):
            save_genome(small_genome(), tmp_path / name)
    with pytest.raises(GenomeError, match="cannot be written: No such file or directory"):
        save_genome(small_genome(), tmp_path / "nowhere" / "a.json")
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(GenomeError, match="cannot be written: Is a directory"):
        save_genome(small_genome(), tmp_path / "folder.json")
    assert os.listdir(tmp_path) == ["folder.json"]
