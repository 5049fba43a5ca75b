"""Networks that test a metric compute what they are said to."""

import numpy as np

from fer_jax.cppn.arch import Arch
from fer_jax.cppn.network import Cppn
from fer_jax.cppn.render import feature_maps
from fer_jax.validation.nulls import rotated


def test_a_rotated_network_computes_the_same_by_other_weights():
    # With more than ten hidden layers, their order in a flat vector is not that of the network.
    arch = Arch.parse("12;cache:2,gaussian:2,identity:2,sin:1")
    params = np.random.default_rng(0).normal(size=arch.parameter_count).astype(np.float32) / 2
    network = Cppn(arch, params)
    turned = rotated(network, 0)
    assert np.abs(turned.flat_params - params).max() > 0.1
    before, after = feature_maps(network, 16), feature_maps(turned, 16)
    np.testing.assert_allclose(after[-1], before[-1], atol=1e-4)
    bent = [2, 3, 6]
    for one, other in zip(before[1:-1], after[1:-1], strict=True):
        np.testing.assert_allclose(other[..., bent], one[..., bent], atol=1e-4)
        assert np.abs(other - one).max() > 0.01
