"""How the package behaves where it is imported."""

import inspect
import json

import pytest

import fer_jax
from tests.fresh_process import run_python


def test_importing_is_quick_and_starts_nothing():
    code = """
        import json, sys, time
        began = time.perf_counter()
        import fer_jax
        dir(fer_jax)
        seconds = time.perf_counter() - began
        heavy = {"jax", "jaxlib", "flax", "hydra", "matplotlib", "pandas", "scipy"}
        print(json.dumps([seconds, sorted(heavy & set(sys.modules))]))
    """
    seconds, heavy = json.loads(run_python(code))
    assert heavy == []
    assert seconds < 1.5


def test_no_setting_of_jax_is_changed_and_no_device_is_started():
    code = """
        import jax
        before = dict(jax.config.values)
        import fer_jax
        for name in fer_jax.__all__:
            getattr(fer_jax, name)
        changed = {k: v for k, v in jax.config.values.items() if before.get(k, v) != v}
        print(changed, jax._src.xla_bridge.backends_are_initialized())
    """
    assert run_python(code).strip() == "{} False"


@pytest.mark.parametrize("name", fer_jax.__all__)
def test_every_public_name_is_there_and_says_what_it_is(name):
    value = getattr(fer_jax, name)
    assert value.__module__.startswith("fer_jax.")
    assert ">>> " in (inspect.getdoc(value) or "")  # an example, which a doctest runs
    if inspect.isfunction(value):
        names = [*inspect.signature(value).parameters, "return"]
        assert set(names) <= set(value.__annotations__)
    assert name in dir(fer_jax)


def test_names():
    assert list(fer_jax.__all__) == sorted(fer_jax.__all__)
    with pytest.raises(AttributeError, match="module 'fer_jax' has no attribute 'nothing'"):
        _ = fer_jax.nothing
