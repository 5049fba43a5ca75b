import numpy as np
import pandas as pd
import pytest

from fer_jax import cli
from fer_jax.errors import MetricError, RunFolderError
from fer_jax.lab.tables import derived
from fer_jax.lab.tables.collect import read_table
from fer_jax.lab.tables.columns import COLUMNS
from fer_jax.show.scaling import COLUMN, PAGE, draw_scaling
from fer_jax.show.scaling_axes import across_of, is_log_up
from fer_jax.show.scaling_data import Asked, shown_of
from fer_jax.show.scaling_files import write_scaling
from fer_jax.show.scaling_fit import fit_power_law
from fer_jax.show.scaling_lines import MAX_LINES, law_told
from fer_jax.statistics import summarize_sample
from tests.show.saved_runs import save_genome_run, save_sgd_run

WIDTHS = (4, 8, 16)


def readings(metric="fracture", targets=("hill",), seeds=4, **more):
    """As `read_table` gives them: a genome, and networks of three widths, for each target.

    A reading of width w is 1/w and a little for the seed. Seed 0 of the widest has diverged, seed 1
    of the narrowest is undefined.
    """
    rows = []
    for target in targets:
        rows.append(
            {"run": f"genome-{target}", "method": "genome", "value": 0.05, "target": target}
        )
        for width in WIDTHS:
            for seed in range(seeds):
                status = "diverged" if (width, seed) == (16, 0) else "ok"
                gone = status != "ok" or (width, seed) == (4, 1)
                rows.append(
                    {
                        "run": f"sgd-{target}-{width}",
                        "method": "sgd",
                        "target": target,
                        "arch": f"relu:{width}x2",
                        "seed": seed,
                        "seed_status": status,
                        "value": np.nan if gone else (1 + 0.1 * seed) / width,
                        "reason": "why" if gone else "",
                        "steps": 10,
                        "optimizer": "adam",
                        "learning_rate": 1e-3,
                    }
                    | more
                )
    frame = pd.DataFrame(rows).assign(metric=metric, metric_version="3")
    frame["path"] = frame["run"]
    texts = [name for name, kind in COLUMNS.items() if kind == "str"]
    frame = frame.reindex(columns=list(COLUMNS)).astype(dict.fromkeys(texts, "object"))
    frame[texts] = frame[texts].fillna("")
    return frame.astype(COLUMNS).astype(dict.fromkeys(texts, "category"))


def test_means_are_those_of_every_table_and_what_is_not_drawn_is_counted():
    table = readings()
    shown = shown_of(table, Asked("fracture", "width"))
    assert (shown.lines, shown.panels, shown.version) == (["genome", "sgd"], ["hill"], "3")
    means = shown.means[shown.means["line"] == "sgd"]
    assert means["x"].tolist() == list(WIDTHS)
    assert means["n"].tolist() == [3, 4, 3]
    assert means["diverged"].tolist() == [0, 0, 1]
    assert means["undefined"].tolist() == [1, 0, 0]
    expected = summarize_sample(table.loc[table["arch"] == "relu:8x2", "value"].to_numpy())
    row = means.iloc[1]
    assert (row["mean"], row["low"], row["high"]) == (expected.mean, expected.low, expected.high)
    assert shown.mixed == []


def test_a_genome_has_no_width_and_is_a_level_line():
    shown = shown_of(readings(), Asked("fracture", "width"))
    (level,) = shown.means[shown.means["x"].isna()].to_dict("records")
    assert (level["line"], level["mean"], level["n"]) == ("genome", 0.05, 1)
    axes = draw_scaling(shown, Asked("fracture", "width")).axes
    drawn = [line for panel in axes for line in panel.lines if set(line.get_ydata()) == {0.05}]
    assert len(drawn) == 1


def test_sizes_follow_from_the_architecture():
    shown = shown_of(readings(), Asked("fracture", "depth"))
    assert shown.means["x"].dropna().tolist() == [2]
    # 4 inputs, two hidden layers, 3 outputs.
    shown = shown_of(readings(), Asked("fracture", "parameters"))
    assert shown.means["x"].dropna().tolist() == [4 * w + w * w + 3 * w for w in WIDTHS]


def test_names_lie_side_by_side_and_targets_have_panels_of_their_own():
    table = readings(targets=("hill", "pond"))
    asked = Asked("fracture", "optimizer", by=("width",))
    shown = shown_of(table, asked)
    assert shown.panels == ["hill", "pond"]
    assert shown.lines == ["genome", "width 4", "width 8", "width 16"]
    across = across_of(shown, asked)
    assert (across.names, across.log) == (("adam",), False)
    figure = draw_scaling(shown, asked)
    assert figure.get_size_inches()[0] * 100 == PAGE
    asked = Asked("fracture", "width", targets=("pond",))
    one = shown_of(table, asked)
    assert one.panels == ["pond"]
    assert draw_scaling(one, asked).get_size_inches()[0] * 100 == COLUMN
    assert shown_of(table, Asked("fracture", "width", by=("target",))).panels == [""]


def test_axes_are_logarithmic_where_that_suits_or_is_asked_for():
    def logs(metric="fracture", x="width", **more):
        asked = Asked(metric, x, **more)
        shown = shown_of(readings(metric), asked)
        return across_of(shown, asked).log, is_log_up(shown, asked)

    assert logs() == (True, False)
    assert logs("loss") == (True, True)
    assert logs(x="steps") == (False, False)
    assert logs(fit=True) == (True, True)
    assert logs("loss", log=()) == (False, False)
    assert logs(log=("y",)) == (False, True)


def test_means_over_different_experiments_are_told():
    table = pd.concat([readings(), readings(learning_rate=1e-2)[lambda t: t["method"] == "sgd"]])
    asked = Asked("fracture", "width")
    shown = shown_of(table, asked)
    assert shown.mixed == ["learning_rate"]
    told = " ".join(text.get_text() for text in draw_scaling(shown, asked).texts)
    assert "differ in learning_rate" in told
    apart = shown_of(table, Asked("fracture", "width", by=("method", "learning_rate")))
    assert apart.mixed == []
    assert apart.lines == [
        "genome",
        "sgd · learning_rate 0.001",
        "sgd · learning_rate 0.01",
    ]


def test_a_power_law_is_least_squares_in_logarithms_with_seeds_resampled_whole():
    draws = np.random.default_rng(0)
    x = np.repeat([8.0, 16.0, 32.0, 64.0], 30)
    seeds = np.tile(np.arange(30), 4)
    # Seeds differ by a factor that they keep: it moves the line, and hardly its slope.
    y = 3.0 * x**-0.5 * np.exp(0.3 * draws.normal(size=30))[seeds]
    y = y * np.exp(0.01 * draws.normal(size=120))
    law = fit_power_law(x, y, seeds.tolist())
    slope, height = np.polyfit(np.log(x), np.log(y), 1)
    assert law.exponent == pytest.approx(slope, rel=1e-9)
    assert law.factor == pytest.approx(np.exp(height), rel=1e-9)
    assert law.low < -0.5 < law.high
    assert law.high - law.low < 0.02
    order = draws.permutation(120)
    assert fit_power_law(x[order], y[order], seeds[order].tolist()).low == pytest.approx(law.low)
    alone = fit_power_law([1, 2], [1, 2], [0, 0])
    assert alone.exponent == pytest.approx(1)
    assert np.isnan(alone.low)


def test_the_fit_is_of_each_line_and_stands_in_the_picture():
    asked = Asked("fracture", "width", fit=True)
    shown = shown_of(readings(), asked)
    (key,) = shown.laws
    assert key == ("hill", "sgd")
    assert shown.laws[key].exponent == pytest.approx(-1, abs=0.1)
    assert shown.laws[key].n == 10
    told = [text.get_text() for text in draw_scaling(shown, asked).texts]
    assert law_told(shown.laws[key], "width") in told


@pytest.mark.parametrize(
    ("asked", "error", "told"),
    [
        (Asked("fractur", "width"), MetricError, "no run reads 'fractur'; did you mean 'fracture'"),
        (Asked("fracture@2", "width"), MetricError, "no run reads fracture in version '2'"),
        (Asked("fracture", "widht"), RunFolderError, "'widht' is no column of runs; did you mean"),
        (Asked("fracture", "width", by=("stps",)), RunFolderError, "did you mean 'steps'"),
        (Asked("fracture", "width", targets=("hil",)), RunFolderError, "did you mean 'hill'"),
        (Asked("fracture", "bins"), RunFolderError, "has a bins; between these runs differ: width"),
        (Asked("fracture", "optimizer", fit=True), MetricError, "needs numbers along x, not names"),
        (Asked("fracture", "steps", fit=True), MetricError, "needs two different x"),
    ],
)
def test_mistakes_are_one_line_with_the_nearest_name(asked, error, told):
    with pytest.raises(error, match=told) as caught:
        shown_of(readings(), asked)
    assert "\n" not in str(caught.value)


def test_what_has_no_logarithm_is_refused():
    table = readings()
    table.loc[2, "value"] = 0.0
    with pytest.raises(
        MetricError, match="hill · sgd: a power law needs values above 0; y holds 0"
    ):
        shown_of(table, Asked("fracture", "width", fit=True))
    asked = Asked("fracture", "width", log=("x", "y"))
    with pytest.raises(MetricError, match="--log y: fracture holds 0, which is not above 0"):
        draw_scaling(shown_of(table, asked), asked)


def test_versions_of_a_metric_do_not_mix():
    other = readings().assign(metric_version="2")
    table = pd.concat([other, readings()])
    with pytest.raises(MetricError, match=r"versions 2 and 3, which do not compare; .*fracture@3"):
        shown_of(table, Asked("fracture", "width"))
    assert shown_of(table, Asked("fracture@2", "width")).version == "2"


def test_more_lines_than_can_be_told_apart_are_refused():
    rates = [readings(learning_rate=1e-3 * (1 + k)) for k in range(MAX_LINES)]
    asked = Asked("fracture", "width", by=("learning_rate", "method"))
    shown = shown_of(pd.concat(rates), asked)
    with pytest.raises(RunFolderError, match=f"tells {MAX_LINES + 1} lines apart"):
        draw_scaling(shown, asked)


def test_a_genome_below_a_logarithmic_axis_is_told():
    table = readings("loss")
    table.loc[table["method"] == "genome", "value"] = 0.0
    asked = Asked("loss", "width")
    told = " ".join(text.get_text() for text in draw_scaling(shown_of(table, asked), asked).texts)
    assert "genome: at 0, below this axis" in " ".join(told.split())


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    save_genome_run(root)
    for width in WIDTHS:
        save_sgd_run(root, arch=f"tanh:{width}x2", diverged=(1,) if width == 16 else ())
    return root


def test_speed_is_what_the_run_has_measured(saved, monkeypatch):
    table = read_table(saved)
    unknown = derived.speed_rows(table)
    assert np.isnan(unknown["value"]).all()
    assert set(unknown["reason"]) == {derived._UNKNOWN}
    folder = derived.RunFolder

    def opened(path):
        one = folder(path)
        one.__dict__["status"] = one.status | {"seed_steps_per_second": 12.5}
        return one

    monkeypatch.setattr(derived, "RunFolder", opened)
    assert derived.speed_rows(table)["value"].tolist() == [12.5] * len(WIDTHS)
    shown = shown_of(table, Asked("seed_steps_per_second", "seeds"))
    assert shown.means["x"].tolist() == [4]
    assert shown.means["n"].tolist() == [3]


def test_the_command_draws_and_writes_what_it_has_drawn(saved, tmp_path, capsys):
    path = tmp_path / "scaling.svg"
    argv = ["plot", str(saved), "--y", "loss", "--x", "width", "--fit", "-o", str(path)]
    assert cli.main(argv) == 0
    captured = capsys.readouterr()
    assert "∝ width^" in captured.out
    assert f"{path}, {tmp_path / 'scaling.csv'}, {tmp_path / 'scaling-means.csv'}" in captured.out
    first = path.read_bytes()
    assert first.startswith(b"<?xml")
    seeds = pd.read_csv(tmp_path / "scaling.csv")
    assert len(seeds) == 1 + 3 * 4
    assert {"target", "line", "width", "loss", "seed", "run", "reason"} <= set(seeds)
    assert seeds["loss"].isna().sum() == 1
    means = pd.read_csv(tmp_path / "scaling-means.csv")
    assert means["n"].tolist() == [1, 4, 4, 3]
    assert means["exponent"].notna().sum() == 3
    assert cli.main(argv) == 0
    assert path.read_bytes() == first


def test_the_suffix_decides_what_is_written(tmp_path):
    asked = Asked("fracture", "width")
    shown = shown_of(readings(), asked)
    figure = draw_scaling(shown, asked)
    for suffix, begins in (("png", b"\x89PNG"), ("pdf", b"%PDF")):
        path, *_ = write_scaling(figure, shown, asked, tmp_path / f"one.{suffix}")
        assert path.read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--log", "z"], "--log z: 'z' is no axis; expected x, y, x,y or none"),
        (["-o", "scaling.jpg"], "scaling.jpg: a picture is written as .png, .svg, .pdf"),
        (["-o", "no/where.png"], "no/where.png: there is no folder no; make it first"),
        (["--x", "widht"], "'widht' is no column of runs; did you mean 'width'?"),
    ],
)
def test_the_commands_mistakes_are_one_line(saved, tmp_path, capsys, monkeypatch, more, told):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["plot", str(saved), *more]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"fer-jax: {told}")
    assert captured.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
