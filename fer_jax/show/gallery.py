"""The pictures of a page: each saved in a light and a dark form, with what there is to be seen."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import imageio.v3 as iio
import numpy as np
from matplotlib.figure import Figure

from fer_jax.lab.folders.atomic import write_text
from fer_jax.show.figure import DOTS_PER_INCH, save_png
from fer_jax.show.theme import THEMES, Theme

_OURS = re.compile(
    r"[0-9]{2,}-((image-[a-z0-9-]+|[a-z0-9-]+-(light|dark))\.png|page-[a-z0-9-]+\.html)"
)


class Draw(Protocol):
    """Draws one picture in the colours of a theme."""

    def __call__(self, *, theme: Theme) -> Figure:
        """The figure."""


@dataclass(frozen=True)
class Picture:
    """A picture on a page.

    Attributes:
        light: where a light page finds it: a file name, or all of it as a `data:` address.
        dark: where a dark page finds it.
        alt: what it shows, for those who do not see it.
        title: what it is, or "".
        caption: what is to be seen.
        width: in pixels of the page.
        height: in pixels of the page.
    """

    light: str
    dark: str
    alt: str
    title: str
    caption: str
    width: int
    height: int


@dataclass
class Gallery:
    """Writes pictures into a folder.

    Attributes:
        folder: where to; must exist.
        pictures: written so far.
        images: file names of what was written as it is.
        pages: file names of further pages.
    """

    folder: Path
    pictures: list[Picture] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)

    def add(self, name: str, draw: Draw, *, alt: str, caption: str, title: str = "") -> Picture:
        """Draw a picture in every theme and write it.

        Args:
            name: of the file, in any characters; a number makes it unique.
            draw: draws the figure in a theme.
            alt: what it shows, for those who do not see it.
            caption: what is to be seen.
            title: what it is.

        Returns:
            The picture.
        """
        stem = f"{len(self.pictures) + 1:02d}-{slug(name)}"
        size, sources = (0.0, 0.0), []
        for theme in THEMES:
            figure = draw(theme=theme)
            size = tuple(figure.get_size_inches() * DOTS_PER_INCH)
            sources.append(self.keep(figure, f"{stem}-{theme.name}.png"))
        light, dark = sources
        picture = Picture(
            light=light,
            dark=dark,
            alt=alt,
            title=title,
            caption=caption,
            width=round(size[0]),
            height=round(size[1]),
        )
        self.pictures.append(picture)
        return picture

    def keep(self, figure: Figure, file: str) -> str:
        """Keep a figure, and say where a page finds it."""
        save_png(figure, self.folder / file)
        return file

    def add_image(self, name: str, image: np.ndarray) -> str:
        """Write an image as it is.

        Args:
            name: of the file, in any characters; a number makes it unique.
            image: `(height, width, 3)` float RGB in [0, 1].

        Returns:
            Its file name.
        """
        file = f"{len(self.images) + 1:02d}-image-{slug(name)}.png"
        pixels = np.round(np.clip(image, 0.0, 1.0) * 255.0).astype(np.uint8)
        iio.imwrite(self.folder / file, pixels)
        self.images.append(file)
        return file

    def add_page(self, name: str, text: str) -> str:
        """Write a further page.

        Args:
            name: of the file, in any characters; a number makes it unique.
            text: its HTML.

        Returns:
            Its file name.
        """
        file = f"{len(self.pages) + 1:02d}-page-{slug(name)}.html"
        write_text(self.folder / file, text)
        self.pages.append(file)
        return file

    def clear_others(self) -> None:
        """Remove the pictures and pages that an earlier gallery has left in the folder."""
        kept = {name for shown in self.pictures for name in (shown.light, shown.dark)}
        kept |= {*self.images, *self.pages}
        for path in self.folder.iterdir():
            if _OURS.fullmatch(path.name) and path.name not in kept:
                path.unlink()


def slug(text: str) -> str:
    """A file name's part from any text.

    Example:
        >>> slug("Curves: ../skull & <b>")
        'curves-skull-b'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:48] or "picture"
