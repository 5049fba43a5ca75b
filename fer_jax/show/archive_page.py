"""A page on which every elite of an archive can be seen, with its name."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float

from fer_jax.genome.graph import Genome
from fer_jax.genome.population_render import render_population
from fer_jax.lab.folders.archives import Archive
from fer_jax.show.archive_map import values_told
from fer_jax.show.gallery import Gallery
from fer_jax.show.template import template
from fer_jax.show.wording import number

TILE = 64
"""Pixels along one side of an elite's picture."""

_COLUMNS = 32


@dataclass(frozen=True)
class Shown:
    """An elite on the page.

    Attributes:
        name: as it can be made a target.
        told: its descriptors and links.
        x: of its picture on the sheet, in pixels from the left.
        y: in pixels from the top.
    """

    name: str
    told: str
    x: int
    y: int


@dataclass(frozen=True)
class Field:
    """The elites of one bin of the first descriptor."""

    heading: str
    elites: tuple[Shown, ...]


def add_archive_page(
    gallery: Gallery, archive: Archive, genomes: Sequence[Genome], *, folder: str, back: str
) -> str:
    """Write the page of an archive into the gallery's folder.

    Args:
        gallery: takes the page and the sheet of its pictures.
        archive: with at least one elite.
        genomes: of its elites.
        folder: of the run, as a target names it.
        back: the page that links to this one.

    Returns:
        Its file name.
    """
    sheet = gallery.add_image(
        f"elites seed {archive.seed}", sheet_of(render_population(list(genomes), TILE))
    )
    text = template("archive.html").render(
        title=f"{Path(folder).name} · seed {archive.seed}",
        axis=archive.descriptors[0],
        folder=folder,
        example=archive.names[archive.showpieces[0]],
        back=back,
        tile=TILE,
        sheet=sheet,
        fields=_fields(archive, genomes),
    )
    return gallery.add_page(f"archive seed {archive.seed}", text)


def sheet_of(images: Float[np.ndarray, "n tile tile 3"]) -> Float[np.ndarray, "height width 3"]:
    """Pictures in rows of `_COLUMNS`, without gaps."""
    count, tile = images.shape[:2]
    rows = -(-count // _COLUMNS)
    filled = np.zeros((rows * _COLUMNS, tile, tile, 3), images.dtype)
    filled[:count] = images
    return (
        filled.reshape(rows, _COLUMNS, tile, tile, 3)
        .swapaxes(1, 2)
        .reshape(rows * tile, _COLUMNS * tile, 3)
    )


def _fields(archive: Archive, genomes: Sequence[Genome]) -> list[Field]:
    along = np.unravel_index(archive.cells, archive.bins)[0]
    fields = []
    for at in sorted(set(along.tolist())):
        places = np.flatnonzero(along == at).tolist()
        values = archive.values[places, 0]
        heading = f"{archive.descriptors[0]} {number(values.min())} to {number(values.max())}"
        fields.append(
            Field(heading, tuple(_shown(archive, genomes[place], place) for place in places))
        )
    return fields


def _shown(archive: Archive, genome: Genome, place: int) -> Shown:
    row, column = divmod(place, _COLUMNS)
    told = f"{values_told(archive, place)}, {len(genome.nodes)} nodes, {len(genome.links)} links"
    return Shown(archive.names[place], told, column * TILE, row * TILE)
