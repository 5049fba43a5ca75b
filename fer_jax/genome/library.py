"""Which genomes and pictures can be named, and where they come from.

A name is looked up in this order, and each has one meaning:

1. the embedded genomes;
2. the three of the original study, "skull", "butterfly" and "apple": the files with the right
   checksum, in the folder that `FER_JAX_DATA` names or in the user's cache;
3. the user's own: every genome and image file in the folder that `FER_JAX_DATA` names, by its name
   without the suffix.

So a file of the user's never takes a name from the first two: it has to be renamed, or given by its
path, and `entries` says so. A path is looked at only where a text is no name.
"""

import difflib
import functools
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

import platformdirs

from fer_jax.errors import DataError, GenomeError
from fer_jax.genome.originals import ORIGINALS, Original

DATA_VARIABLE = "FER_JAX_DATA"
GENOME_SUFFIXES = (".zip", ".xml", ".json")
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp", ".webp")

SHELF, EVOLVED = "shelf", "evolved"
"""Folders of embedded genomes."""

EMBEDDED, CACHE, MISSING = "embedded", "cache", "not fetched"
_SHOWN = 36
"""How many names a message lists."""


@dataclass(frozen=True)
class Entry:
    """Something that has a name.

    Attributes:
        name: what it is called.
        kind: "genome" or "image".
        origin: `EMBEDDED`, `CACHE`, `DATA_VARIABLE` or `MISSING`.
        path: its file; None of a genome that is not fetched.
        about: one line of description, or "".
        problem: why it cannot be used, and what to do, or "".
    """

    name: str
    kind: str
    origin: str
    path: Path | None
    about: str = ""
    problem: str = ""


@functools.cache
def embedded_names() -> tuple[str, ...]:
    """The names of the genomes that come with the package, sorted.

    Example:
        >>> "sunrise" in embedded_names()
        True
    """
    return tuple(sorted((*shelf_names(), *evolved_names())))


@functools.cache
def shelf_names() -> tuple[str, ...]:
    """Those of them that were written by hand, sorted."""
    return _names_in(SHELF)


@functools.cache
def evolved_names() -> tuple[str, ...]:
    """Those of them that came up in open-ended search, sorted; each has a `lineage`."""
    return _names_in(EVOLVED)


def cache_folder() -> Path:
    """Where fetched genomes go unless `FER_JAX_DATA` names a folder."""
    return platformdirs.user_cache_path("fer_jax") / "genomes"


def data_folder() -> Path | None:
    """The folder that `FER_JAX_DATA` names, or None; it need not be there.

    Raises:
        DataError: if it names something that is no folder.
    """
    named = os.environ.get(DATA_VARIABLE, "")
    if not named:
        return None
    folder = Path(os.path.expanduser(named))  # the Path method raises where there is no such user
    if os.path.lexists(folder) and not os.path.isdir(folder):
        raise DataError(f"{DATA_VARIABLE} is {named[:200]!r}, which is no folder; name a folder")
    return folder


def find(name: str) -> Entry | None:
    """What a name stands for, or None if it is no name.

    Args:
        name: any text. Where it cannot be used, the entry has a problem.

    Example:
        >>> find("sunrise").origin, find("nothing")
        ('embedded', None)
    """
    if name in embedded_names():
        return _embedded(name)
    if name in ORIGINALS:
        return _original(ORIGINALS[name])
    try:
        return next((entry for entry in _own(data_folder()) if entry.name == name), None)
    except DataError:
        return None  # told by `not_found`


def entries() -> list[Entry]:
    """Everything that has a name, in the order of precedence, and the user's files that have none.

    Raises:
        DataError: if `FER_JAX_DATA` names something that is no folder, or one that is not there.
    """
    first = [_embedded(name) for name in embedded_names()]
    first += [_original(original) for original in ORIGINALS.values()]
    taken = {entry.path for entry in first}
    return first + [entry for entry in _own(data_folder()) if entry.path not in taken]


def genome_path(text: str) -> Path:
    """The file of a genome, by its name or path.

    Raises:
        GenomeError: in one line, if it is neither, or the name of something else.

    Example:
        >>> genome_path("sunrise").name
        'sunrise.json'
    """
    entry = find(text)
    if entry is None:
        if not os.path.isfile(text):  # Path.is_file raises where a name is too long
            raise GenomeError(not_found(text))
        return Path(text)
    if entry.problem or entry.path is None:
        raise GenomeError(entry.problem)
    if entry.kind != "genome":
        raise GenomeError(f"{text!r} is the image {entry.path}; expected a genome")
    return entry.path


def is_genome(text: str) -> bool:
    """Whether a name, or else a path, is that of a genome rather than of a picture.

    Example:
        >>> is_genome("sunrise"), is_genome("my/bird.zip"), is_genome("my/bird.png")
        (True, True, False)
    """
    entry = find(text)
    if entry is not None:
        return entry.kind == "genome"
    return Path(text).suffix.lower() in GENOME_SUFFIXES


def not_found(text: str, expected: str = "a file") -> str:
    """What to say of a text that is neither what is expected nor a name, in one line."""
    names, problem = [*embedded_names(), *ORIGINALS], ""
    try:
        names += sorted({entry.name for entry in _own(data_folder())} - set(names))
    except DataError as error:
        problem = f". {error}"
    near = suggestion(text, names)
    shown = ", ".join(name[:40] for name in names[:_SHOWN])
    more = ", ... (`fer-jax data list` shows all)" if len(names) > _SHOWN else ""
    told = f"{text[:200]!r} is neither {expected} nor a name{near}"
    return f"{told} The names are {shown}{more}{problem}"


def suggestion(text: str, names: Iterable[str]) -> str:
    """The nearest name as the end of a sentence, or its end alone.

    Example:
        >>> suggestion("Sunrsie", ["sunrise", "moth"]), suggestion("x", ["moth"])
        ("; did you mean 'sunrise'?", '.')
    """
    by_form = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(text.casefold()[:80], by_form, n=1)
    return f"; did you mean {by_form[near[0]]!r}?" if near else "."


def embedded_folder(kind: str) -> "resources.abc.Traversable":
    """Where the embedded genomes of one kind are, `SHELF` or `EVOLVED`."""
    return resources.files("fer_jax.genome") / kind


def _names_in(kind: str) -> tuple[str, ...]:
    files = (entry.name for entry in embedded_folder(kind).iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in files if name.endswith(".json")))


@functools.cache
def _descriptions(kind: str) -> dict[str, str]:
    lines = (embedded_folder(kind) / "about.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines)


def _embedded(name: str) -> Entry:
    kind = EVOLVED if name in evolved_names() else SHELF
    path = Path(str(embedded_folder(kind) / f"{name}.json"))
    return Entry(name, "genome", EMBEDDED, path, _descriptions(kind).get(name, ""))


def _original(original: Original) -> Entry:
    entry = Entry(original.name, "genome", MISSING, None, original.about)
    try:
        named = data_folder()
    except DataError:
        named = None
    for origin, folder in ((DATA_VARIABLE, named), (CACHE, cache_folder())):
        if folder is not None and original.is_at(path := folder / f"{original.name}.zip"):
            return replace(entry, origin=origin, path=path)
    told = f"{original.name!r} is a genome of the original study and not here yet"
    return replace(entry, problem=f"{told}: `fer-jax data fetch` gets it")


def _own(folder: Path | None) -> list[Entry]:
    """The user's files, sorted; with a problem where a name is not free or not of one file."""
    if folder is None:
        return []
    try:
        with os.scandir(folder) as found:
            files = sorted(file.name for file in found if file.is_file())
    except OSError as error:
        told = f"{DATA_VARIABLE} is {str(folder)[:200]!r}, which cannot be read: {error.strerror}"
        raise DataError(told) from None
    own: dict[str, list[Entry]] = {}
    for file in files:
        stem, suffix = os.path.splitext(file)
        kind = "genome" if suffix.lower() in GENOME_SUFFIXES else "image"
        known = suffix.lower() in (*GENOME_SUFFIXES, *IMAGE_SUFFIXES)
        if known and stem.isprintable() and not stem.startswith("."):
            own.setdefault(stem, []).append(Entry(stem, kind, DATA_VARIABLE, folder / file))
    return [
        replace(entry, problem=_why_no_name(name, same))
        for name, same in own.items()
        for entry in same
    ]


def _why_no_name(name: str, same: list[Entry]) -> str:
    if name in embedded_names() or name in ORIGINALS:
        whose = "an embedded genome" if name in embedded_names() else "the original study's genome"
        return f"the name is that of {whose}; rename the file, or give its path"
    if len(same) > 1:
        files = " and ".join(entry.path.name for entry in same if entry.path)
        return f"{name!r} may be {files} in {DATA_VARIABLE}; rename one, or give its path"
    return ""
