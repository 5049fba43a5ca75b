"""What a program says of its parameters: which unit each one feeds."""

from typing import NamedTuple

import numpy as np


class Wiring(NamedTuple):
    """Which unit each parameter feeds.

    Units are numbered as in the feature maps, from the first layer behind the inputs to the
    outputs. One more number, the last, stands for no unit: parameters that draw nothing feed it.

    Attributes:
        target_unit: `(params,)` int32, the unit that a parameter's product is added into.
        linear: `(units + 1,)` bool, whether the unit passes its sum on unchanged.
    """

    target_unit: np.ndarray
    linear: np.ndarray
