from fer_jax.show.study import commands_of, study_of


def test_nested_settings_are_told_with_dots_and_long_lists_are_cut():
    study = study_of([{"a": {"b": None, "c": True}, "seeds": list(range(100))}], [])
    assert study.fixed[:2] == (("a.b", "none"), ("a.c", "yes"))
    assert study.fixed[2] == ("seeds", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …, 99] (100)")


def test_a_setting_that_a_method_does_not_use_does_not_vary():
    study = study_of([{"method": "genome"}, {"method": "sgd", "steps": 5}], [])
    assert study.varied == (("method", ("genome", "sgd")),)
    assert study.fixed == (("steps", "5"),)


def test_each_method_has_its_sweep():
    runs = [["method=genome", f"target={target}"] for target in "ab"]
    runs += [["method=sgd", f"target={target}", f"arch={arch}"] for target in "ab" for arch in "xy"]
    assert commands_of(runs) == [
        "fer-jax run -m method=genome target=a,b",
        "fer-jax run -m method=sgd target=a,b arch=x,y",
    ]


def test_an_incomplete_grid_is_told_run_by_run():
    runs = [["a=1", "b=1"], ["a=2", "b=2"]]
    assert commands_of(runs) == ["fer-jax run a=1 b=1", "fer-jax run a=2 b=2"]


def test_values_with_commas_are_not_swept_over():
    runs = [["seeds=[0,1]"], ["seeds=[2,3]"]]
    assert commands_of(runs) == ["fer-jax run 'seeds=[0,1]'", "fer-jax run 'seeds=[2,3]'"]


def test_commands_are_quoted_and_told_once():
    assert commands_of([["target=my file; rm"]] * 2) == ["fer-jax run 'target=my file; rm'"]
    assert commands_of([[]]) == ["fer-jax run"]
