"""What a pixel's three outputs are compared by: RGB or HSV.

The original study's text says that a network learns hue, saturation and value; its code compares
RGB. Both are here, by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import jax.numpy as jnp
from jaxtyping import Array, Float

from fer_jax.cppn.color import outputs_to_rgb, rgb_to_hsv
from fer_jax.errors import ConfigError, nearest

Channels = Float[Array, "3 pixels"]


@dataclass(frozen=True)
class PixelLoss:
    """A squared error of each of three channels; the loss is its mean.

    Attributes:
        wanted: from a picture's RGB to the channels that are compared.
        error: from outputs (hue, saturation, brightness) and wanted channels to squared errors.
    """

    wanted: Callable[[Channels], Channels]
    error: Callable[[Channels, Channels], Channels]


def _rgb_error(outputs: Channels, wanted: Channels) -> Channels:
    return jnp.square(outputs_to_rgb(outputs.T).T - wanted)


def _hsv_error(outputs: Channels, wanted: Channels) -> Channels:
    hue, saturation, brightness = outputs
    # Hue is a circle of length 1, so no two hues are further apart than a half.
    turns = hue - wanted[0]
    apart = turns - jnp.round(turns)
    return jnp.stack(
        [
            jnp.square(apart),
            jnp.square(jnp.clip(saturation, 0.0, 1.0) - wanted[1]),
            jnp.square(jnp.clip(jnp.abs(brightness), 0.0, 1.0) - wanted[2]),
        ]
    )


PIXEL_LOSSES: MappingProxyType[str, PixelLoss] = MappingProxyType(
    {
        "hsv": PixelLoss(lambda rgb: rgb_to_hsv(rgb.T).T, _hsv_error),
        "rgb": PixelLoss(lambda rgb: rgb, _rgb_error),
    }
)
"""Every loss by name. rgb is what the original study's code descends. hsv compares hue around its
circle, and saturation and brightness clipped as they are drawn; grey has hue and saturation 0, as
in Picbreeder's grey genomes."""


def check_loss(name: str) -> None:
    """Refuse an unknown name.

    Raises:
        ConfigError: naming the nearest known one.

    Example:
        >>> check_loss("rgb")
    """
    if name not in PIXEL_LOSSES:
        raise ConfigError(f"loss is {str(name)[:40]!r}; {nearest(str(name), PIXEL_LOSSES)}")
