"""What every metric looks at: one model, drawn and differentiated once for all of them."""

from dataclasses import dataclass
from functools import cached_property

import jax
import jax.numpy as jnp
import numpy as np

from fer_jax.cppn.coordinates import pixel_inputs
from fer_jax.cppn.render import Model, feature_maps, render
from fer_jax.metrics.derivatives import line_products
from fer_jax.metrics.live import live_weights


@dataclass(frozen=True, eq=False)
class View:
    """A model as metrics see it; they are not told where it came from.

    Attributes:
        model: a `Genome` or a `Cppn`.
        size: pixels along one side.
    """

    model: Model
    size: int

    @cached_property
    def image(self) -> np.ndarray:
        """`(size, size, 3)` RGB."""
        return render(self.model, self.size)

    @cached_property
    def maps(self) -> list[np.ndarray]:
        """The feature maps, a list of `(size, size, width)`."""
        return feature_maps(self.model, self.size)

    @cached_property
    def live(self) -> np.ndarray:
        """`(params,)`, how far each parameter takes part."""
        return live_weights(self.model.params, self.model.program.wiring)

    @cached_property
    def row_products(self) -> np.ndarray:
        """`K(p, q)` for any two pixels of a row: `(rows, size, size)` float64."""
        return self._products(self._inputs)

    @cached_property
    def column_products(self) -> np.ndarray:
        """The same for the columns."""
        return self._products(jnp.swapaxes(self._inputs, 0, 1))

    @property
    def _inputs(self) -> jax.Array:
        return pixel_inputs(self.size, self.model.program.inputs)

    def _products(self, lines: jax.Array) -> np.ndarray:
        params = jnp.asarray(self.model.params)
        live = jnp.asarray(self.live, dtype=jnp.float32)
        products = line_products(self.model.program, params, live, lines)
        return np.asarray(products, dtype=np.float64)
