"""What a program says of its parameters: which unit each one feeds."""

from typing import NamedTuple

import numpy as np


class Wiring(NamedTuple):
    """Which unit each parameter feeds, in numbers that no layout of the weights shows through.

    Attributes:
        target_unit: `(params,)` int32, the unit that a parameter's product is added into.
        linear: `(units,)` bool, whether the unit passes its sum on unchanged.
    """

    target_unit: np.ndarray
    linear: np.ndarray
