"""The table of mutants fits the formulas as they stand; `run_mutants` tries them."""

from pathlib import Path

from fer_jax.metrics.registry import METRICS
from tests.metrics.mutants import KINDS, MUTANTS, SAME_FORMULA, WITHOUT


def test_what_they_change_is_there_once_and_so_are_the_tests_that_kill_them():
    for mutant in MUTANTS:
        assert mutant.path.read_text().count(mutant.old) == 1, mutant
        assert mutant.new != mutant.old, mutant
        file, *names = mutant.killer.split("::")
        text = (Path(__file__).parent / file).read_text()
        assert all(f" {name}" in text for name in names), mutant
    assert len(set(MUTANTS)) == len(MUTANTS)


def test_every_metric_has_mutants_of_every_kind_that_its_formula_has():
    for name, metric in METRICS.items():
        kinds = {mutant.kind for mutant in MUTANTS if mutant.metric == name}
        if name in SAME_FORMULA:
            # Of the choice; those of the formula are the other's.
            assert metric.compute is METRICS[SAME_FORMULA[name]].compute
            assert kinds == {"sign"}
        else:
            assert kinds == set(KINDS) - set(WITHOUT.get(name, ())), name
