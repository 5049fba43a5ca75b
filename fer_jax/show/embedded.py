"""Pictures that are part of the page itself, so that one file is all there is."""

import base64
import io

from matplotlib.figure import Figure
from PIL import Image

from fer_jax.show.figure import save_png
from fer_jax.show.gallery import Gallery


class EmbeddedGallery(Gallery):
    """A gallery that writes no file: each picture is a `data:` address that holds all of it."""

    def keep(self, figure: Figure, file: str) -> str:
        """The picture as an address."""
        held = io.BytesIO()
        save_png(figure, held)
        # A palette makes it a third as large, and nobody sees the difference.
        drawn = Image.open(held).convert("RGB").quantize(256)
        held = io.BytesIO()
        drawn.save(held, "png")
        return f"data:image/png;base64,{base64.b64encode(held.getvalue()).decode()}"
