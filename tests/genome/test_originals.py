"""Fetching the original study's genomes: whole and right, or one line and nothing left behind."""

import hashlib
import os
import stat

import pytest

from fer_jax.errors import DataError
from fer_jax.genome import originals
from fer_jax.genome.originals import BASE_URL, ORIGINALS, Original, fetch
from tests.genome.web import Answer, serving
from tests.reference import reference_dir

CONTENT = b"a genome of theirs" * 1000
SKULL = Original("skull", 576, hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def web(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as web:
        web.answers["/skull.zip"] = Answer(CONTENT)
        yield web


def refused(folder, web, **options):
    before = sorted(folder.rglob("*"))
    with pytest.raises(DataError) as caught:
        fetch(SKULL, folder, base_url=web.url, **options)
    assert sorted(folder.rglob("*")) == before
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_their_addresses_and_checksums():
    assert sorted(ORIGINALS) == ["apple", "butterfly", "skull"]
    assert BASE_URL == (
        "https://raw.githubusercontent.com/akarshkumar0101/fer/"
        "23a9c452a57810c86db07c3ed23c1d1352011299/picbreeder_genomes/"
    )
    for name, original in ORIGINALS.items():
        assert original.name == name
        assert len(original.sha256) == 64
    for name, original in ORIGINALS.items():
        assert original.is_at(reference_dir() / "genomes" / f"{name}.zip")


def test_fetched_once(tmp_path, web):
    folder = tmp_path / "new" / "folder"
    assert fetch(SKULL, folder, base_url=web.url)
    assert (folder / "skull.zip").read_bytes() == CONTENT
    assert os.listdir(folder) == ["skull.zip"]
    assert not fetch(SKULL, folder, base_url=web.url)
    assert web.asked == ["/skull.zip"]


def test_others_may_read_it_as_the_umask_says(tmp_path, web):
    fetch(SKULL, tmp_path, base_url=web.url)
    (tmp_path / "plain").touch()
    assert len({stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}) == 1


def test_another_file_in_its_place(tmp_path, web):
    path = tmp_path / "skull.zip"
    path.write_bytes(b"mine")
    told = refused(tmp_path, web)
    assert told == (
        f"{path}: is another file than the original study's; move it away, then fetch again"
    )
    assert path.read_bytes() == b"mine"
    assert web.asked == []
    assert fetch(SKULL, tmp_path, base_url=web.url, replace=True)
    assert path.read_bytes() == CONTENT


def test_progress_is_told(tmp_path, web):
    class Bar:
        total, seen, closed = 0, 0, False

        def update(self, count):
            self.seen += count

        def reset(self):
            self.seen = 0

        def close(self):
            self.closed = True

    bar = Bar()
    fetch(SKULL, tmp_path, base_url=web.url, progressbar=bar)
    assert (bar.total, bar.seen, bar.closed) == (len(CONTENT), len(CONTENT), True)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(status=404), "the server answered 404 Not Found; try again later"),
        (Answer(status=503), "the server answered 503 Service Unavailable; try again later"),
        (Answer(b"short", headers={"Content-Length": "99"}), "cannot be reached (ChunkedEncoding"),
        (Answer(b"no gzip", headers={"Content-Encoding": "gzip"}), "cannot be reached (Content"),
        (Answer(b"", 302, {"Location": "/skull.zip"}), "cannot be reached (TooManyRedirects)"),
        (Answer(CONTENT, headers={"Content-Length": "many"}), "cannot be reached ("),
        (Answer(b"0" * (2**20 + 1)), "the server sends more than 1 MiB; that is not the file"),
    ],
)
def test_answers_that_are_no_genome(tmp_path, web, answer, told):
    web.answers["/skull.zip"] = answer
    assert refused(tmp_path, web).startswith(f"{web.url}skull.zip: {told}")


def test_a_wrong_checksum(tmp_path, web):
    web.answers["/skull.zip"] = Answer(b"please log in")
    (tmp_path / "skull.zip").write_bytes(b"an old one")
    told = refused(tmp_path, web, replace=True)
    found = hashlib.sha256(b"please log in").hexdigest()
    assert told.startswith(
        f"{web.url}skull.zip: has SHA-256 {found}, expected {SKULL.sha256}; it is not kept"
    )
    assert (tmp_path / "skull.zip").read_bytes() == b"an old one"


def test_a_server_that_trickles(tmp_path, web, monkeypatch):
    monkeypatch.setattr(originals, "MAX_SECONDS", -1.0)
    assert "the server sends too slowly" in refused(tmp_path, web)


def test_no_network(tmp_path):
    with serving() as web:
        pass
    with pytest.raises(DataError):
        fetch(SKULL, tmp_path / "new", base_url=web.url)
    told = refused(tmp_path, web)
    assert os.listdir(tmp_path) == []
    assert told == (
        f"{web.url}skull.zip: cannot be reached (ConnectionError); check the network, "
        "or put the file into the folder that FER_JAX_DATA names"
    )


@pytest.mark.parametrize("error", [28, 30], ids=["full", "read-only"])
@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_folder_that_cannot_hold_it(tmp_path, web, monkeypatch, failing, error):
    def fail(*_):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(originals.os, failing, fail)
    assert refused(tmp_path, web) == (
        f"{tmp_path / 'skull.zip'}: cannot be written: {os.strerror(error)}; "
        "set FER_JAX_DATA to a folder that can hold it"
    )


def test_a_disk_that_fills_up_on_the_way(tmp_path, web, monkeypatch):
    def fail(*_):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(originals._Capped, "write", fail)
    assert "cannot be written: No space left on device" in refused(tmp_path, web)


def test_a_folder_that_is_a_file(tmp_path, web):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(DataError, match=r"skull\.zip: cannot be written: (File ex|Not a dir)"):
            fetch(SKULL, folder, base_url=web.url)
    assert web.asked == []


def test_an_interruption_leaves_nothing(tmp_path, web, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(originals._Capped, "write", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fetch(SKULL, tmp_path, base_url=web.url)
    assert os.listdir(tmp_path) == []
