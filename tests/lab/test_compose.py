import re
import shutil

import pytest

import fer_jax
from fer_jax.errors import ConfigError, FerJaxError
from fer_jax.lab.launch import sweep
from fer_jax.lab.settings import compose
from fer_jax.lab.settings.config import RunConfig

EXPERIMENTS = sorted((compose.conf_dir() / "experiment").glob("*.yaml"))


def test_conf_is_found_in_a_checkout_and_in_a_wheel(tmp_path, monkeypatch):
    checkout = compose.conf_dir()
    assert (checkout / "config.yaml").is_file()
    package = tmp_path / "site-packages" / "fer_jax"
    shutil.copytree(checkout, package / "conf")
    monkeypatch.setattr(fer_jax, "__file__", str(package / "__init__.py"))
    assert compose.conf_dir() == package / "conf"
    shutil.rmtree(package / "conf")
    with pytest.raises(ConfigError, match="is missing; install fer_jax again"):
        compose.conf_dir()


def test_defaults_are_those_of_the_schema():
    with compose.hydra():
        config = compose.to_run_config(compose.compose_config(["target=sunrise"]))
    assert config == RunConfig(target="sunrise")


def test_the_two_spellings_and_lists_pass_the_grammar():
    texts = ["arch=12/cache:15/gaussian:4/identity:2/sin:1", "seeds=[0,5]", "metrics=[fracture]"]
    with compose.hydra():
        config = compose.to_run_config(compose.compose_config(texts))
    assert config.arch == "12/cache:15/gaussian:4/identity:2/sin:1"
    assert config.seed_list == (0, 5)
    assert config.metric_list == ("fracture",)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("stepss=3", "stepss=3: unknown key 'stepss'; did you mean 'steps'? Known are method,"),
        ("+stepss=3", "+stepss=3: unknown key 'stepss'; did you mean 'steps'?"),
        ("target.x=3", "target.x=3: unknown key 'target.x'; did you mean 'target'?"),
        ("a/b=c", "a/b=c: unknown key 'a/b'; known are method,"),
        ("~steps", "~steps: nothing can be deleted"),
        ("steps=abc", "steps=abc: Value 'abc' of type 'str' could not be converted to Integer"),
        ("steps=1.5", "steps=1.5: Value '1.5' of type 'float' could not be converted to Integer"),
        ("steps=null", "steps=null: field 'steps' is not Optional"),
        ("method=sgdd", "method=sgdd: there is no method 'sgdd'; did you mean 'sgd'?"),
        ("experiment=dmo", "experiment=dmo: there is no experiment 'dmo'; did you mean 'demo'?"),
        ("sunrise", "'sunrise' is no key=value, such as target=sunrise"),
        ("target=[", "'target=[' cannot be read: no viable alternative at input '['"),
        ("arch=12;cache:3,sin:2", "'arch=12;cache:3,sin:2' cannot be read: ';' and ',' mean"),
        ("steps=1,2", "steps=1,2: has several values; sweep over them with -m"),
        ("hydra.foo=1", "Could not override 'hydra.foo': Key 'foo' not in 'HydraConf'"),
        (
            "hydra/launcher=slum",
            "hydra/launcher=slum: there is no launcher 'slum'; did you mean 'slurm_gpu'?",
        ),
        ("target=${nope}", "Interpolation key 'nope' not found"),
        ("metrics=[fractur]", "metrics names 'fractur'; did you mean 'fracture'?"),
        ("arch=relu:3x", "arch 'relu:3x': at position 8"),
        ("seeds={a:1}", "seeds is {'a': 1}; expected a count such as seeds=4"),
    ],
)
def test_mistakes_come_out_as_one_line(typed, told):
    overrides = [] if typed.startswith("target") else ["target=sunrise"]
    with pytest.raises(FerJaxError, match=f"^{re.escape(told)}") as caught, compose.hydra():
        sweep.make_plan([*overrides, typed])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_an_experiment_composes_and_says_what_it_is(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# @package _global_\n")
    head = text.partition("\n\n")[0]
    for part in ("Question:", "Command:", "Run time:"):
        assert part in head
    assert f"experiment={path.stem}" in head
    with compose.hydra():
        plan = sweep.make_plan([f"experiment={path.stem}"], multirun=True)
    assert plan.jobs
    assert all(job.config.output_dir.startswith("outputs/") for job in plan.jobs)
