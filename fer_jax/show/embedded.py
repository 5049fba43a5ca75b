"""Pictures that are part of the page itself, so that one file is all there is."""

import base64
import io

from matplotlib.figure import Figure

from fer_jax.show.figure import save_png
from fer_jax.show.gallery import Gallery


class EmbeddedGallery(Gallery):
    """A gallery that writes no file: each picture is a `data:` address that holds all of it."""

    def keep(self, figure: Figure, file: str) -> str:
        """The picture as an address."""
        held = io.BytesIO()
        save_png(figure, held)
        return f"data:image/png;base64,{base64.b64encode(held.getvalue()).decode()}"
