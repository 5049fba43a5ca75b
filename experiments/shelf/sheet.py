"""The contact sheet: every picture of the shelf with its name."""

from collections.abc import Iterable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fer_jax.cppn.render import render
from fer_jax.genome.graph import Genome

COLUMNS = 6
SIZE = 180
GAP = 16
CAPTION = 28
BACKGROUND = (17, 19, 24)
INK = (214, 217, 224)


def contact_sheet(genomes: Iterable[Genome]) -> Image.Image:
    """Draw every genome at `SIZE` pixels, smoothed from twice as many, in rows of `COLUMNS`."""
    genomes = list(genomes)
    rows = -(-len(genomes) // COLUMNS)
    width = GAP + COLUMNS * (SIZE + GAP)
    height = GAP + rows * (SIZE + CAPTION + GAP)
    sheet = Image.new("RGB", (width, height), BACKGROUND)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(17)
    for place, genome in enumerate(genomes):
        row, column = divmod(place, COLUMNS)
        left = GAP + column * (SIZE + GAP)
        top = GAP + row * (SIZE + CAPTION + GAP)
        pixels = np.round(render(genome, 2 * SIZE) * 255).astype(np.uint8)
        sheet.paste(Image.fromarray(pixels).reduce(2), (left, top))
        middle = (left + SIZE // 2, top + SIZE + CAPTION // 2 + 2)
        pen.text(middle, genome.name, INK, font, anchor="mm")
    return sheet
