"""The names that files and arch strings use. Plain data, so that reading needs no JAX."""

INPUT_NAMES = ("x", "y", "d", "bias")
"""The inputs of a CPPN, in the order in which a dense network takes them."""

OUTPUT_NAMES = ("hue", "saturation", "brightness")
"""The outputs of a CPPN, in the order in which a dense network gives them."""

ACTIVATION_NAMES = ("cache", "cos", "gaussian", "identity", "relu", "sigmoid", "sin", "tanh")
"""The activations, in alphabetical order (the order of an arch string)."""

IMAGE_INPUT = "image_"
"""What the names of the inputs begin with that say which image a conditional network draws."""
