"""Agreement of groupings against values worked out by hand, and labels that people gave."""

import math
from dataclasses import replace

import numpy as np
import pytest

from fer_jax.cppn.render import render
from fer_jax.genome.files import load_genome, save_genome
from fer_jax.metrics.registry import METRICS
from fer_jax.validation import labels, workshop
from fer_jax.validation.link_groups import effect_maps, grouped
from fer_jax.validation.mutual_information import adjusted_mutual_information, of_shuffles
from fer_jax.validation.workshop import Workshop
from tests.reference import reference_dir


def test_agreement_is_what_the_definition_gives_by_hand():
    # Of the three ways to pair four things, one shares log 2 with the other pairs, two nothing.
    assert adjusted_mutual_information("aabb", "abab") == pytest.approx(-0.5)
    # Of the 6 ways to choose the pair, 2 share log 2, 4 share H(2, 1, 1) - log 2 = log 2 / 2.
    shared, other = math.log(2), 1.5 * math.log(2)
    chance = (2 * shared + 4 * shared / 2) / 6
    value = (shared - chance) / ((shared + other) / 2 - chance)
    assert adjusted_mutual_information("aabb", "aacd") == pytest.approx(value)


def test_agreement_ignores_names_and_order_and_is_nothing_by_chance():
    random = np.random.default_rng(0)
    one, other = random.integers(0, 5, size=(2, 60))
    value = adjusted_mutual_information(one.tolist(), other.tolist())
    assert adjusted_mutual_information(other.tolist(), one.tolist()) == pytest.approx(value)
    renamed, order = [f"group {9 - group}" for group in one], random.permutation(60)
    shuffled = [renamed[i] for i in order]
    assert adjusted_mutual_information(shuffled, other[order].tolist()) == pytest.approx(value)
    assert abs(of_shuffles(one.tolist(), other.tolist(), 200).mean()) < 0.02
    assert adjusted_mutual_information(one.tolist(), renamed) == pytest.approx(1.0)
    assert math.isnan(adjusted_mutual_information("aaa", "bbb"))


def test_effect_maps_are_how_the_picture_changes():
    genome = load_genome("sunrise")
    step = np.float32(1e-3)
    maps = effect_maps(genome, genome.params, 16)
    strong = int(np.linalg.norm(maps, axis=0).argmax())
    links = list(genome.links)
    links[strong] = replace(links[strong], weight=links[strong].weight + float(step))
    change = render(replace(genome, links=tuple(links)), 16) - render(genome, 16)
    assert np.corrcoef(change.ravel(), maps[:, strong])[0, 1] > 0.99


def with_labels(name: str, folder, count: int = 3) -> None:
    """A genome labelled by what its links do, as a person does who sees just that."""
    genome = load_genome(name)
    maps = effect_maps(genome, genome.params, 24)
    moves = np.linalg.norm(maps, axis=0) > 1e-3
    texts = np.full(len(moves), "", dtype=object)
    texts[moves] = [f"does {group}" for group in grouped(maps[:, moves], count)]
    texts[np.flatnonzero(moves)[0]] += ":=3"
    links = tuple(replace(link, label=text) for link, text in zip(genome.links, texts, strict=True))
    save_genome(replace(genome, links=links), folder / "labelled.xml")


def test_labels_by_effect_agree_with_effect_maps(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    folder.mkdir()
    with_labels("heart", folder)
    save_genome(load_genome("moth"), folder / "without.xml")
    (folder / "broken.xml").write_text("<genome>")
    monkeypatch.setenv("FER_JAX_DATA", str(folder))
    monkeypatch.setattr(workshop, "QUICK_METRICS", tuple(METRICS))
    found = labels.read_labels(Workshop(tmp_path / "bench", quick=True, processes=1))
    assert set(found["genome"]) == {"labelled"}
    assert set(found["metric"]) == set(METRICS)
    verdicts = {(v.metric, v.what.split(":")[0]): v for v in labels.judge_labels(found)}
    by_maps = verdicts["behavioural_dimension", "labelled, effect maps"]
    assert by_maps.value == pytest.approx(1.0)
    assert "agreement with 3 labels" in by_maps.what
    assert "other weights" in by_maps.note
    assert ("total_variation", "labelled, ") not in verdicts


@pytest.mark.parametrize("folder", [".", "missing"])
def test_without_labels_nothing_is_found(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("FER_JAX_DATA", str(tmp_path / folder))
    found = labels.read_labels(Workshop(tmp_path / "bench", quick=True))
    assert labels.judge_labels(found) == []


@pytest.mark.golden
@pytest.mark.parametrize("name", ["576_Skull", "4376_ButterflyColor"])
def test_effect_maps_agree_with_people(name):
    """Kumar's genomes, as CPPN-X has them with labels: 0.43 and 0.40 were found before."""
    genome = load_genome(reference_dir() / "cppnx" / f"{name}.xml")
    found = labels.read_genome(name, genome, 48, 200, ["behavioural_dimension"])
    assert found.loc[0, "value"] >= 0.3
    assert found.loc[0, "shuffled"] < 0.1
