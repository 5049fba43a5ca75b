"""What devices have drawn comes together as it is."""

import jax
import numpy as np
import pytest
from jax.sharding import NamedSharding, PartitionSpec

from fer_jax.genome.spread import ALIGNMENT, GENOMES, _aligned, gathered, genome_mesh, on_host


@pytest.mark.parametrize("dtype", [np.float32, np.int32, bool])
def test_what_is_gathered_is_the_same_on_one_device(dtype):
    values = np.random.default_rng(0).normal(size=(8, 3, 5)).astype(dtype)
    spread = jax.device_put(values, NamedSharding(genome_mesh(8), PartitionSpec(GENOMES)))
    found = gathered(spread)
    assert found.devices() == {jax.local_devices()[0]}
    assert found.dtype == values.dtype
    np.testing.assert_array_equal(found, values)
    np.testing.assert_array_equal(on_host(spread), values)
    np.testing.assert_array_equal(on_host(found), values)


def test_devices_that_cannot_share_the_genomes_evenly_are_left_out():
    for count in range(1, 9):
        assert count % genome_mesh(count).size == 0


def test_what_a_device_need_not_copy_lies_where_it_wants():
    for size in (1, 7, 1000):
        assert _aligned((size, 3), np.dtype(np.float32)).ctypes.data % ALIGNMENT == 0
