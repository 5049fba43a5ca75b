"""Everything that can be named, with what is in it: the rows of `fer-jax data list`."""

from dataclasses import dataclass

from fer_jax.errors import FerJaxError
from fer_jax.genome.files import load_genome
from fer_jax.genome.image_file import image_size
from fer_jax.genome.library import Entry, entries


@dataclass(frozen=True)
class Row:
    """A genome or image that has a name, or seems to.

    Attributes:
        name: what it is called.
        kind: "genome" or "image".
        origin: "embedded", "cache", "FER_JAX_DATA" or "not fetched".
        path: its file, or "".
        nodes: of a genome that is there.
        links: of a genome that is there.
        width: of an image, in pixels.
        height: of an image, in pixels.
        about: one line of description, or "".
        problem: why it cannot be used, or "".
    """

    name: str
    kind: str
    origin: str
    path: str
    nodes: int | None = None
    links: int | None = None
    width: int | None = None
    height: int | None = None
    about: str = ""
    problem: str = ""


def catalogue() -> list[Row]:
    """Read everything that can be named. What cannot be read has a problem; the others are told.

    Raises:
        DataError: in one line, if `FER_JAX_DATA` names no folder.

    Example:
        >>> next(row for row in catalogue() if row.name == "moth").nodes
        54
    """
    return [_row(entry) for entry in entries()]


def _row(entry: Entry) -> Row:
    contents, problem = {}, entry.problem
    if not problem and entry.path is not None:
        try:
            contents = _contents(entry)
        except FerJaxError as error:
            problem = str(error)
    path = "" if entry.path is None else str(entry.path)
    return Row(
        entry.name,
        entry.kind,
        entry.origin,
        path,
        about=entry.about,
        problem=" ".join(problem.split()),
        **contents,
    )


def _contents(entry: Entry) -> dict[str, int]:
    if entry.kind == "image" and entry.path is not None:
        width, height = image_size(entry.path)
        return {"width": width, "height": height}
    genome = load_genome(entry.name)
    return {"nodes": len(genome.nodes), "links": len(genome.links)}
