"""From a CPPN's outputs (hue, saturation, brightness) to RGB."""

import jax.numpy as jnp
from jaxtyping import Array, Float


def hsv_to_rgb(hsv: Float[Array, "*pixels 3"]) -> Float[Array, "*pixels 3"]:
    """The standard HSV hexcone (Smith, "Color gamut transform pairs", SIGGRAPH 1978).

    Args:
        hsv: hue in [0, 1), saturation and value in [0, 1].

    Returns:
        RGB in [0, 1], of the same shape and dtype.

    Example:
        >>> hsv_to_rgb(jnp.array([0.0, 1.0, 1.0])).tolist()
        [1.0, 0.0, 0.0]
    """
    hue, saturation, value = hsv[..., 0], hsv[..., 1], hsv[..., 2]
    sector = jnp.floor(hue * 6.0)
    within = hue * 6.0 - sector
    low = value * (1.0 - saturation)
    falling = value * (1.0 - saturation * within)
    rising = value * (1.0 - saturation * (1.0 - within))
    index = sector.astype(jnp.int32) % 6
    cases = [index == case for case in range(6)]
    red = jnp.select(cases, [value, falling, low, low, rising, value])
    green = jnp.select(cases, [rising, value, value, falling, low, low])
    blue = jnp.select(cases, [low, low, rising, value, value, falling])
    return jnp.stack([red, green, blue], axis=-1)


def rgb_to_hsv(rgb: Float[Array, "*pixels 3"]) -> Float[Array, "*pixels 3"]:
    """The inverse of `hsv_to_rgb`. Grey has hue and saturation 0, and black too.

    Args:
        rgb: in [0, 1].

    Returns:
        Hue in [0, 1), saturation and value in [0, 1], of the same shape and dtype.

    Example:
        >>> rgb_to_hsv(jnp.array([0.0, 0.5, 0.0])).tolist()
        [0.3333333432674408, 1.0, 0.5]
    """
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    value, chroma = rgb.max(axis=-1), rgb.max(axis=-1) - rgb.min(axis=-1)
    per = 1.0 / jnp.where(chroma > 0, chroma, 1.0)
    sixths = jnp.select(
        [chroma == 0, value == red, value == green],
        [jnp.zeros_like(value), (green - blue) * per, (blue - red) * per + 2.0],
        (red - green) * per + 4.0,
    )
    saturation = chroma / jnp.where(value > 0, value, 1.0)
    hue = jnp.mod(sixths / 6.0, 1.0)
    # A tiny negative number rounds to a whole turn.
    return jnp.stack([jnp.where(hue < 1.0, hue, 0.0), saturation, value], axis=-1)


def outputs_to_rgb(outputs: Float[Array, "*pixels 3"]) -> Float[Array, "*pixels 3"]:
    """Picbreeder's reading of the three outputs as a colour.

    Hue wraps around, `(h + 1) mod 1`; saturation is clipped to [0, 1]; value is the clipped
    absolute brightness. A clipped pixel has no gradient with respect to that output.

    Args:
        outputs: hue, saturation and brightness as the network gives them, unbounded.

    Returns:
        RGB in [0, 1], of the same shape and dtype.

    Example:
        >>> outputs_to_rgb(jnp.array([0.0, 0.0, -0.5])).tolist()
        [0.5, 0.5, 0.5]
    """
    hue, saturation, brightness = outputs[..., 0], outputs[..., 1], outputs[..., 2]
    hsv = jnp.stack(
        [
            jnp.mod(hue + 1.0, 1.0),
            jnp.clip(saturation, 0.0, 1.0),
            jnp.clip(jnp.abs(brightness), 0.0, 1.0),
        ],
        axis=-1,
    )
    return hsv_to_rgb(hsv)
