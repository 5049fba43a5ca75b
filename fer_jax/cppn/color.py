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
