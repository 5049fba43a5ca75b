"""How well a picture fits itself when it is turned or mirrored, under every shift at once.

The correlation of what overlaps, as in template matching with masks: each of its sums is a
convolution, which the Fourier transform does for all shifts together. Source: Padfield, "Masked
object registration in the Fourier domain", IEEE Transactions on Image Processing 21 (2012).
"""

import numpy as np
import scipy
from jaxtyping import Float

from fer_jax.metrics.image.plane_map import sample

SHARE = (0.35, 0.55)
"""Of the picture's variance: with less of it in the overlap a fit counts for nothing, with more for
all it is."""

WIDE = 0.05
"""How much a fit of a whole picture is preferred to one of its part that is as good."""


def ramp(value: np.ndarray | float, ends: tuple[float, float]) -> np.ndarray:
    """From 0 at the first end to 1 at the second, and flat beyond.

    Example:
        >>> ramp(np.array([0.0, 0.25, 2.0]), (0.0, 0.5)).tolist()
        [0.0, 0.5, 1.0]
    """
    low, high = ends
    return np.clip((value - low) / (high - low), 0.0, 1.0)


def fit(correlation: np.ndarray | float, share: np.ndarray | float) -> np.ndarray:
    """What a search makes as large as it can.

    Args:
        correlation: of what overlaps.
        share: of the picture's variance in the overlap.

    Returns:
        The correlation, less where there is less to correlate.
    """
    return correlation * ramp(share, SHARE) * np.maximum(share, 1e-9) ** WIDE


class Overlay:
    """A picture, to be laid over itself.

    Args:
        image: of mean 0 in each channel; small, for all of its shifts are tried.

    Attributes:
        step: from one pixel to the next, in coordinates.
        shifts: every shift along one axis that leaves an overlap, in coordinates.
    """

    def __init__(self, image: Float[np.ndarray, "size size channels"]) -> None:
        size = len(image)
        self.step = 2.0 / (size - 1)
        reach = int(np.ceil(np.sqrt(2.0) / self.step))
        line = np.arange(-reach, reach + 1) * self.step
        # Wide enough for the corners, however the picture is turned.
        self._points = np.stack(np.meshgrid(line, line), axis=-1)
        self._image = image
        self._variance = np.sum(image**2)
        self._lags = np.arange(1 - size, len(line))
        self.shifts = (self._lags - reach) * self.step + 1.0
        self._shape = 2 * (scipy.fft.next_fast_len(size + len(line), real=True),)
        self._spectra = np.conj(self._transformed(image, np.ones((size, size))))

    def fits(self, matrix: Float[np.ndarray, "2 2"]) -> Float[np.ndarray, "shifts shifts"]:
        """How well I(p) fits I(matrix (p + s)), for every shift s.

        Args:
            matrix: a rotation or a reflection.

        Returns:
            `fit` of each shift: its y is `shifts[row]` and its x `shifts[column]`.
        """
        mask, square, *colours = self._spectra
        turned = self._transformed(*sample(self._image, self._points @ matrix.T))
        products = [
            mask * turned[0],
            np.sum(self._spectra[2:] * turned[2:], axis=0),
            square * turned[0],
            mask * turned[1],
            *(colour * turned[0] for colour in colours),
            *(mask * colour for colour in turned[2:]),
        ]
        sums = scipy.fft.irfft2(np.stack(products), self._shape)[:, self._lags[:, None], self._lags]
        pixels, both, first, second = sums[:4]
        one, other = sums[4:].reshape(2, -1, *pixels.shape)
        pixels = np.maximum(pixels, 1.0)
        covariance = both - np.sum(one * other, axis=0) / pixels
        first = np.maximum(first - np.sum(one**2, axis=0) / pixels, 0.0)
        second = np.maximum(second - np.sum(other**2, axis=0) / pixels, 0.0)
        spread = np.maximum(np.sqrt(first * second), 1e-9 * self._variance)
        return fit(covariance / spread, spread / self._variance)

    def _transformed(
        self, image: Float[np.ndarray, "h w channels"], mask: Float[np.ndarray, "h w"]
    ) -> np.ndarray:
        """Spectra of the mask, the squared colours, and each colour."""
        image = image * mask[..., None]
        square = np.sum(image**2, axis=-1)
        return scipy.fft.rfft2(np.stack([mask, square, *np.moveaxis(image, -1, 0)]), self._shape)
