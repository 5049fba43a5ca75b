"""Each metric's formula changed by hand, and the test that must fail for it.

A mutant is a line of a module of `fer_jax.metrics` with its sign, its normalisation, its
calibration or its mask (what counts, and how far) changed.
`python -m tests.metrics.run_mutants` tries them.
"""

from pathlib import Path
from typing import NamedTuple

import fer_jax.metrics
from fer_jax.metrics.metric import Metric
from fer_jax.metrics.registry import METRICS

KINDS = ("sign", "normalisation", "calibration", "mask")

SAME_FORMULA = {"fracture": "one_sidedness", "entanglement": "spread"}
"""Headlines have the mutants of what they stand for, and those of the choice to themselves."""

WITHOUT = {
    # It has no calibration: any gain is as good as another.
    "jacobian_norm": ("calibration",),
    # It is a ratio of two sums: what is divided by is all there is to calibrate.
    "weight_density": ("calibration",),
}
"""Kinds that a metric's formula does not have."""


class Mutant(NamedTuple):
    """A change of a formula.

    Attributes:
        metric: whose reading it changes.
        kind: one of `KINDS`.
        file: of the module, below `fer_jax/metrics`.
        killer: the test that must fail, below `tests/metrics`.
        old: what the file says, once.
        new: what it says instead.
    """

    metric: str
    kind: str
    file: str
    killer: str
    old: str
    new: str

    @property
    def path(self) -> Path:
        return Path(fer_jax.metrics.__file__).parent / self.file


# Of each mutant: its metric, kind and file; "-", what is there; "+", what takes its place; and the
# test that kills it.
TABLE = """
fracture sign registry.py
- replace(one_sidedness.METRIC, name="fracture", version="3")
+ replace(one_sidedness.METRIC, name="fracture", version="3", worse="lower")
! test_definitions.py::test_headlines_are_what_they_stand_for

entanglement sign registry.py
- replace(spread.METRIC, name="entanglement", version="3")
+ replace(spread.METRIC, name="entanglement", version="3", worse="lower")
! test_definitions.py::test_headlines_are_what_they_stand_for

one_sidedness sign one_sidedness.py
- np.abs(region - other[counting])
+ np.abs(region + other[counting])
! test_definitions.py::test_one_sidedness_and_spread

one_sidedness normalisation one_sidedness.py
- shares = apart / np.where(both > 0, both, 1.0)
+ shares = apart
! test_definitions.py::test_one_sidedness_and_spread

one_sidedness normalisation view.py
- self._link_energies / areas[:, None]
+ self._link_energies
! test_definitions.py::test_one_sidedness_and_spread

one_sidedness calibration one_sidedness.py
- return right / wrong
+ return right
! test_definitions.py::test_one_sidedness_and_spread

one_sidedness calibration one_sidedness.py
- if wrong < LEAST_ROOM:
+ if wrong < 0.0:
! test_definitions.py::test_copies_with_no_more_in_common_than_other_regions_read_one

one_sidedness calibration participation.py
- (squares + LEAST_EFFECT**2)
+ (squares + 0.0 * LEAST_EFFECT**2)
! test_by_hand.py::test_one_sidedness_and_spread_of_one_unit_for_each_half

one_sidedness mask one_sidedness.py
- np.outer(*[scene.weights] * 2) * scene.apart
+ np.outer(*[scene.weights] * 2)
! test_definitions.py::test_one_sidedness_and_spread

one_sidedness mask one_sidedness.py
- takes_part = view.link_participation(
+ takes_part = 1.0 + 0.0 * view.link_participation(
! test_by_hand.py::test_one_sidedness_and_spread_of_one_unit_for_each_half

one_sidedness mask one_sidedness.py
- takes_part = view.link_participation(
+ takes_part = 1.0 * (0.0 <
! test_by_hand.py::test_what_moves_no_copy_does_not_count_and_what_hardly_moves_one_hardly_does

one_sidedness normalisation one_sidedness.py
- (2.0 * scene.weights.sum())
+ 1.0
! test_by_hand.py::test_one_sidedness_and_spread_of_one_unit_for_each_half

one_sidedness mask view.py
- * (1.0 - self.links.carriers)
+ * 1.0
! test_by_hand.py::test_one_sidedness_and_spread_of_one_unit_for_each_half

one_sidedness mask masked_sums.py
- .add(of_mask(known, own[region]))
+ .add(of_mask(known, jnp.ones_like(own[region])))
! test_definitions.py::test_one_sidedness_and_spread

one_sidedness mask effective_links.py
- near_one[:, :hidden] = 0.0
+ near_one[:, :0] = 0.0
! test_by_hand.py::test_one_sidedness_and_spread_of_one_unit_for_each_half

spread sign spread.py
- spreads = 1.0 - np.sum(shares**2, axis=0)
+ spreads = np.sum(shares**2, axis=0)
! test_definitions.py::test_one_sidedness_and_spread

spread normalisation spread.py
- weights @ spreads / weights.sum()
+ weights @ spreads / len(weights)
! test_by_hand.py::test_one_sidedness_and_spread_of_one_unit_for_each_half

spread normalisation spread.py
- shares = density / np.where(total > 0, total, 1.0)
+ shares = density / np.where(total > 0, total, 1.0).max()
! test_definitions.py::test_one_sidedness_and_spread

spread calibration spread.py
- / (1.0 - 1.0 / count)
+ / 1.0
! test_definitions.py::test_one_sidedness_and_spread

spread mask spread.py
- weights = view.link_participation(
+ weights = 1.0 + 0.0 * view.link_participation(
! test_by_hand.py::test_one_sidedness_and_spread_of_one_unit_for_each_half

spread normalisation spread.py
- view.link_participation(areas @ density / areas.sum())
+ view.link_participation(areas @ density)
! test_by_hand.py::test_one_sidedness_and_spread_of_one_unit_for_each_half

spread mask image/scene.py
- large = masks.mean(axis=(1, 2)) >= LEAST_PART
+ large = np.unique(of_pixel) >= 0
! test_definitions.py::test_one_sidedness_and_spread

mirror_sharing sign mirror_sharing.py
- return (s - b) / (1.0 - b)
+ return (s + b) / (1.0 - b)
! test_definitions.py::test_mirror_sharing

mirror_sharing normalisation mirror_sharing.py
- np.sqrt(products[:, first, first] * products[:, second, second])
+ 0.5 * (products[:, first, first] + products[:, second, second])
! test_definitions.py::test_mirror_sharing

mirror_sharing calibration mirror_sharing.py
- s, b = shared / possible, expected / possible
+ s, b = shared / possible, 0.0
! test_definitions.py::test_mirror_sharing

mirror_sharing calibration mirror_sharing.py
- if 1.0 - b < LEAST_ROOM:
+ if 1.0 - b < -1.0:
! test_by_hand.py::test_where_any_two_pixels_share_all_mirrored_ones_cannot_share_more

mirror_sharing mask mirror_sharing.py
- starts = np.delete(np.arange(size - distance), place)
+ starts = np.arange(size - distance)
! test_definitions.py::test_mirror_sharing

mirror_sharing mask view.py
- .set(jnp.asarray(self.live))
+ .set(1.0)
! test_definitions.py::test_mirror_sharing

mirror_sharing mask symmetry.py
- centred = centred - centred.mean(axis=(0, 1))
+ centred = centred + 0.0
! test_undefined.py::test_mirrors_of_a_picture

part_sharing sign part_sharing.py
- return float((s - b) / (1.0 - b))
+ return float((s + b) / (1.0 - b))
! test_candidates.py::test_those_of_effects

part_sharing normalisation part_sharing.py
- both = scene.weights @ (first + second) / 2.0
+ both = scene.weights @ (first + second)
! test_candidates.py::test_those_of_effects

part_sharing calibration part_sharing.py
- b = np.sum(wrong * crossed) / np.sum(wrong * possible)
+ b = 0.0
! test_candidates.py::test_those_of_effects

part_sharing calibration part_sharing.py
- if 1.0 - b < LEAST_ROOM:
+ if 1.0 - b < -1.0:
! test_candidates.py::test_undefined

part_sharing mask part_sharing.py
- wrong = np.outer(scene.weights, scene.weights) * scene.apart
+ wrong = np.outer(scene.weights, scene.weights)
! test_candidates.py::test_those_of_effects

part_sharing mask part_sharing.py
- links.weights**2 / (links.weights**2 + THRESHOLD**2) * (1.0 - links.carriers)
+ links.weights**2 / (links.weights**2 + THRESHOLD**2)
! test_candidates.py::test_those_of_effects

part_sharing mask part_sharing.py
- links.weights**2 / (links.weights**2 + THRESHOLD**2)
+ 1.0
! test_by_hand.py::test_weights_near_nothing_share_no_parts

reuse sign reuse.py
- np.minimum(one, other) @ scene.weights
+ np.maximum(one, other) @ scene.weights
! test_candidates.py::test_reuse

reuse normalisation reuse.py
- both = (one + other) @ scene.weights / 2.0
+ both = (one + other) @ scene.weights
! test_candidates.py::test_reuse

reuse normalisation reuse.py
- (rows / rows.sum(axis=1, keepdims=True))
+ rows
! test_by_hand.py::test_reuse_of_one_unit_for_each_half

reuse calibration reuse.py
- squares / (squares + LEAST_EFFECT**2) * (both > 0)
+ (both > 0)
! test_by_hand.py::test_reuse_of_one_unit_for_each_half

reuse calibration reuse.py
- squares = change.mean(axis=1) / 3.0
+ squares = change.mean(axis=1)
! test_by_hand.py::test_reuse_of_one_unit_for_each_half

reuse mask reuse.py
- parts = live * squares
+ parts = squares
! test_by_hand.py::test_reuse_of_one_unit_for_each_half

clones sign clones.py
- differs = 1.0 - np.clip(cosine**2, 0.0, 1.0)
+ differs = np.clip(cosine**2, 0.0, 1.0)
! test_candidates.py::test_clones_compute_the_same_from_other_sources

clones sign clones.py
- (1.0 - np.abs(correlation)) / WIDTH
+ (1.0 - correlation) / WIDTH
! test_by_hand.py::test_a_clone_may_have_the_other_sign_and_counts_as_far_as_it_takes_part

clones sign clones.py
- (np.sign(correlation) * same)
+ same
! test_by_hand.py::test_what_reads_the_same_with_the_other_sign_is_no_clone

clones normalisation clones.py
- pairs.max(axis=1) / live.sum()
+ pairs.max(axis=1) / len(live)
! test_by_hand.py::test_a_clone_may_have_the_other_sign_and_counts_as_far_as_it_takes_part

clones normalisation clones.py
- reads = weights * spread
+ reads = weights
! test_candidates.py::test_clones

clones calibration clones.py
- WIDTH = 0.01
+ WIDTH = 0.02
! test_candidates.py::test_clones

clones mask clones.py
- live = np.concatenate(view.live_units) * varies
+ live = varies
! test_by_hand.py::test_a_clone_may_have_the_other_sign_and_counts_as_far_as_it_takes_part

clones mask clones.py
- pairs = pairs * live
+ pairs = pairs * 1.0
! test_by_hand.py::test_a_clone_may_have_the_other_sign_and_counts_as_far_as_it_takes_part

clones mask clones.py
- differs * (1.0 - handed_on) * (1.0 - handed_on.T)
+ differs
! test_candidates.py::test_what_hands_on_a_map_is_no_clone

behavioural_dimension sign behavioural_dimension.py
- return 1.0 / (1.0 + (SAMPLE - 1)
+ return 1.0 / (1.0 - (SAMPLE - 1)
! test_definitions.py::test_behavioural_dimension

behavioural_dimension normalisation behavioural_dimension.py
- scales = live / jnp.maximum(energy + floor, tiny)
+ scales = live
! test_definitions.py::test_behavioural_dimension

behavioural_dimension normalisation behavioural_dimension.py
- (together - alone) / (count**2 - alone)
+ together / count**2
! test_definitions.py::test_behavioural_dimension

behavioural_dimension calibration behavioural_dimension.py
- SAMPLE = 16
+ SAMPLE = 15
! test_definitions.py::test_behavioural_dimension

behavioural_dimension mask behavioural_dimension.py
- "live": view.live_filled
+ "live": jnp.ones_like(view.live_filled)
! test_definitions.py::test_behavioural_dimension

behavioural_dimension mask behavioural_dimension.py
- LEAST_EFFECT = 1e-3
+ LEAST_EFFECT = 0.3
! test_definitions.py::test_behavioural_dimension

locality sign locality.py
- np.sort(energy, axis=1)[:, ::-1]
+ np.sort(energy, axis=1)
! test_candidates.py::test_those_of_effects

locality normalisation locality.py
- (whole + part)[:, 0] / falling.shape[1]
+ (whole + part)[:, 0] / (falling.shape[1] - 16.0)
! test_candidates.py::test_those_of_effects

locality normalisation locality.py
- return total / count
+ return total / len(parts)
! test_candidates.py::test_those_of_effects

locality calibration locality.py
- HELD = 0.8
+ HELD = 0.79
! test_candidates.py::test_those_of_effects

locality mask locality.py
- weights = parts[start : start + BLOCK] * (
+ weights = 1.0 * (
! test_candidates.py::test_those_of_effects

interaction sign interaction.py
- mixed = both - alone[pairs[:, 0]] - alone[pairs[:, 1]]
+ mixed = both - alone[pairs[:, 0]] + alone[pairs[:, 1]]
! test_candidates.py::test_interaction

interaction sign interaction.py
- np.sign(weights) * CHANGE
+ CHANGE
! test_candidates.py::test_interaction

interaction normalisation interaction.py
- np.maximum(alone[pairs].mean(axis=1), 1e-12)
+ np.maximum(alone[pairs].sum(axis=1), 1e-12)
! test_candidates.py::test_interaction

interaction calibration interaction.py
- CHANGE = 0.05
+ CHANGE = 0.06
! test_candidates.py::test_interaction

interaction normalisation interaction.py
- (mixed / (mixed + own))[drawn
+ (mixed / own)[drawn
! test_candidates.py::test_interaction

interaction mask interaction.py
- (mixed / (mixed + own))[drawn[pairs[:, 0]] != drawn[pairs[:, 1]]]
+ mixed / (mixed + own)
! test_candidates.py::test_interaction

effect_grouping sign silhouettes.py
- each = (further - near) /
+ each = (near - further) /
! test_candidates.py::test_effect_grouping

effect_grouping sign effect_grouping.py
- np.clip(np.abs(both), 0.0, 1.0)
+ np.clip(both, 0.0, 1.0)
! test_candidates.py::test_effect_grouping

effect_grouping normalisation silhouettes.py
- np.maximum(own - 1.0, 1.0)
+ np.maximum(own, 1.0)
! test_candidates.py::test_effect_grouping

effect_grouping calibration effect_grouping.py
- np.mean(found - null)
+ np.mean(found)
! test_candidates.py::test_effect_grouping

effect_grouping calibration effect_grouping.py
- MOST_CLUSTERS = 13
+ MOST_CLUSTERS = 4
! test_candidates.py::test_effect_grouping

effect_grouping calibration silhouettes.py
- SOFTNESS = 1e-3
+ SOFTNESS = 1e-2
! test_by_hand.py::test_what_is_alone_in_its_cluster_says_nothing_of_the_groups

effect_grouping mask silhouettes.py
- np.where(own > 1, each, 0.0)
+ np.where(own > 0, each, 0.0)
! test_by_hand.py::test_what_is_alone_in_its_cluster_says_nothing_of_the_groups

effect_grouping mask effect_grouping.py
- if count < SAMPLE:
+ if count < 0:
! test_candidates.py::test_undefined

symmetry_break sign symmetry_break.py
- half = 0.5 * (row - other)
+ half = 0.5 * (row + other)
! test_candidates.py::test_those_of_effects

symmetry_break normalisation symmetry_break.py
- half = 0.5 * (row - other)
+ half = 0.6 * (row - other)
! test_candidates.py::test_those_of_effects

symmetry_break normalisation symmetry_break.py
- / np.where(energy > 0, energy, 1.0)
+ / np.where(energy > 0, energy, 1.0).mean()
! test_candidates.py::test_those_of_effects

symmetry_break calibration symmetry_break.py
- own = (1.0 - mirror.correlation) / 2.0
+ own = 0.0
! test_candidates.py::test_those_of_effects

symmetry_break mask symmetry_break.py
- parts = view.participation * (energy > 0)
+ parts = 1.0 * (energy > 0)
! test_candidates.py::test_those_of_effects

total_variation sign total_variation.py
- np.abs(np.diff(maps, axis=axis))
+ np.diff(maps, axis=axis)
! test_definitions.py::test_total_variation

total_variation normalisation total_variation.py
- slope * per_unit / np.maximum(spread, 1e-300)
+ slope * per_unit
! test_definitions.py::test_the_steepness_of_a_ramp_is_the_root_of_three

total_variation calibration total_variation.py
- per_unit = (len(maps) - 1) / 2.0
+ per_unit = len(maps) / 2.0
! test_definitions.py::test_total_variation

total_variation mask total_variation.py
- weight = live * varies
+ weight = varies
! test_by_hand.py::test_steepness_of_units_that_neither_pass_on_nor_are_constant

total_variation mask total_variation.py
- weight = live * varies
+ weight = live
! test_by_hand.py::test_steepness_of_units_that_neither_pass_on_nor_are_constant

high_frequency sign high_frequency.py
- across) > CUTOFF
+ across) < CUTOFF
! test_by_hand.py::test_fine_detail_is_beyond_eight_waves_in_64_pixels

high_frequency normalisation high_frequency.py
- np.where((across > 0) & (across < 1), 2.0, 1.0)
+ np.where((across > 0) & (across < 1), 1.0, 1.0)
! test_by_hand.py::test_fine_detail_is_beyond_eight_waves_in_64_pixels

high_frequency normalisation high_frequency.py
- / power.sum(axis=(1, 2))
+ / power.sum(axis=(1, 2)).max()
! test_by_hand.py::test_fine_detail_is_beyond_eight_waves_in_64_pixels

high_frequency calibration high_frequency.py
- CUTOFF = 0.25
+ CUTOFF = 0.3
! test_by_hand.py::test_fine_detail_is_beyond_eight_waves_in_64_pixels

high_frequency calibration high_frequency.py
- centred = units - units.mean(axis=(1, 2), keepdims=True)
+ centred = units + 0.0
! test_by_hand.py::test_fine_detail_is_beyond_eight_waves_in_64_pixels

high_frequency mask high_frequency.py
- weights += live[varies].tolist()
+ weights += np.ones(varies.sum()).tolist()
! test_by_hand.py::test_fine_detail_is_beyond_eight_waves_in_64_pixels

effective_rank sign effective_rank.py
- np.exp(-np.sum(shares * np.log(shares)))
+ np.exp(np.sum(shares * np.log(shares)))
! test_by_hand.py::test_effective_rank_of_two_maps_that_correlate

effective_rank normalisation effective_rank.py
- np.log(shares))) / weights.sum())
+ np.log(shares))))
! test_by_hand.py::test_effective_rank_of_two_maps_that_correlate

effective_rank normalisation effective_rank.py
- np.sqrt(weights) / np.where(size > 0, size, 1.0)
+ np.sqrt(weights)
! test_by_hand.py::test_effective_rank_of_two_maps_that_correlate

effective_rank calibration effective_rank.py
- np.sqrt(np.clip(np.linalg.eigvalsh(products * np.outer(scale, scale)), 0.0, None))
+ np.clip(np.linalg.eigvalsh(products * np.outer(scale, scale)), 0.0, None)
! test_by_hand.py::test_effective_rank_of_two_maps_that_correlate

effective_rank mask effective_rank.py
- weights = np.concatenate(view.live_units)
+ weights = np.ones(sum(each.shape[1] for each in maps))
! test_by_hand.py::test_effective_rank_of_two_maps_that_correlate

jacobian_norm sign jacobian_norm.py
- return float(np.sqrt(energy
+ return -float(np.sqrt(energy
! test_by_hand.py::test_the_jacobian_of_a_ramp

jacobian_norm normalisation jacobian_norm.py
- (3 * view.size**2)
+ view.size**2
! test_by_hand.py::test_the_jacobian_of_a_ramp

jacobian_norm mask jacobian_norm.py
- float(view.live @ view.energy)
+ float(view.energy.sum())
! test_by_hand.py::test_the_jacobian_of_a_ramp

live_parameters sign live_parameters.py
- return float(view.participation.sum())
+ return -float(view.participation.sum())
! test_by_hand.py::test_one_weight_that_is_seen_one_that_is_half_seen_and_one_that_passes_on

live_parameters normalisation live_parameters.py
- return float(view.participation.sum())
+ return float(view.participation.mean())
! test_by_hand.py::test_one_weight_that_is_seen_one_that_is_half_seen_and_one_that_passes_on

live_parameters normalisation participation.py
- / (3.0 * pixels)
+ / pixels
! test_by_hand.py::test_one_weight_that_is_seen_one_that_is_half_seen_and_one_that_passes_on

live_parameters calibration participation.py
- LEAST_EFFECT = 1.0 / 255.0
+ LEAST_EFFECT = 1.1 / 255.0
! test_by_hand.py::test_one_weight_that_is_seen_one_that_is_half_seen_and_one_that_passes_on

live_parameters mask participation.py
- return seen(params, energy, pixels) * (1.0 - carriers(params, wiring))
+ return seen(params, energy, pixels)
! test_by_hand.py::test_one_weight_that_is_seen_one_that_is_half_seen_and_one_that_passes_on

live_parameters mask live.py
- rest = np.maximum(into[wiring.target_unit] - squares, 0.0)
+ rest = np.zeros(len(squares))
! test_undefined.py::TestLiveWeights

live_parameters mask live.py
- return wiring.linear[wiring.target_unit] * near_one
+ return near_one
! test_undefined.py::TestLiveWeights

weight_density sign weight_density.py
- float(links.sum() / units.sum())
+ float(units.sum() / links.sum())
! test_by_hand.py::test_one_weight_that_is_seen_one_that_is_half_seen_and_one_that_passes_on

weight_density normalisation weight_density.py
- np.maximum.at(units, wiring.target_unit, links)
+ np.add.at(units, wiring.target_unit, links)
! test_by_hand.py::test_one_weight_that_is_seen_one_that_is_half_seen_and_one_that_passes_on

weight_density mask weight_density.py
- wiring, links = view.model.program.wiring, view.participation
+ wiring, links = view.model.program.wiring, np.ones(len(view.model.params))
! test_by_hand.py::test_one_weight_that_is_seen_one_that_is_half_seen_and_one_that_passes_on

depth sign depth.py
- bends = ~view
+ bends = view
! test_candidates.py::test_depth_and_density

depth sign depth.py
- np.abs(link_matrix(view.model))
+ link_matrix(view.model)
! test_candidates.py::test_depth_and_density

depth normalisation depth.py
- shares = heard / np.where(total > 0, total, 1.0)
+ shares = heard
! test_candidates.py::test_depth_and_density

depth calibration depth.py
- np.sqrt(np.mean(maps.astype(np.float64) ** 2, axis=0))
+ np.mean(maps.astype(np.float64) ** 2, axis=0)
! test_candidates.py::test_depth_and_density

depth mask depth.py
- bends.astype(np.float64)
+ np.ones(len(bends))
! test_candidates.py::test_depth_and_density

depth mask depth.py
- weights=effects
+ weights=np.ones(3)
! test_candidates.py::test_a_chain_of_sines_is_two_deep_and_a_way_past_it_less

dci sign dci.py
- total @ (1.0 - entropy)
+ total @ entropy
! test_candidates.py::test_those_of_effects

dci normalisation dci.py
- shares = importance / np.where(total > 0, total, 1.0)
+ shares = importance
! test_candidates.py::test_those_of_effects

dci calibration dci.py
- / np.log(count)
+ / np.log(2)
! test_candidates.py::test_those_of_effects

dci mask dci.py
- importance = links.weights**2 * (1.0 - links.carriers)
+ importance = links.weights**2
! test_candidates.py::test_those_of_effects

dci mask dci.py
- importance = links.weights**2 * (
+ importance = 1.0 * (
! test_candidates.py::test_those_of_effects

still_pixels sign still_pixels.py
- (np.abs(brightness) > 1.0)
+ (np.abs(brightness) < 1.0)
! test_definitions.py::test_still_pixels_are_those_that_the_colour_map_clips

still_pixels normalisation still_pixels.py
- float(np.mean((
+ float(np.sum((
! test_definitions.py::test_still_pixels_are_those_that_the_colour_map_clips

still_pixels calibration still_pixels.py
- (np.abs(brightness) > 1.0)
+ (np.abs(brightness) > 1.1)
! test_definitions.py::test_still_pixels_are_those_that_the_colour_map_clips

still_pixels mask still_pixels.py
- & (saturation < LEAST_SATURATION)
+ & (saturation < np.inf)
! test_definitions.py::test_still_pixels_are_those_that_the_colour_map_clips

still_pixels mask still_pixels.py
- (np.abs(brightness) > 1.0)
+ (brightness > 1.0)
! test_definitions.py::test_still_pixels_are_those_that_the_colour_map_clips
"""


def _of_block(block: str) -> Mutant:
    about, old, new, killer = block.splitlines()
    assert (old[:2], new[:2], killer[:2]) == ("- ", "+ ", "! "), block
    metric, kind, file = about.split()
    return Mutant(metric, kind, file, killer[2:], old[2:], new[2:])


def _turned_round(metric: Metric) -> Mutant:
    """What says worse is the sign by which every verdict reads the formula."""
    other = {"higher": "lower", "lower": "higher"}[metric.worse]
    killer = "test_definitions.py::test_every_metric_is_registered_and_computed"
    lines = (f'worse="{which}",' for which in (metric.worse, other))
    return Mutant(metric.name, "sign", f"{metric.name}.py", killer, *lines)


MUTANTS = [
    *(_of_block(block.strip()) for block in TABLE.split("\n\n")),
    *(
        _turned_round(metric)
        for metric in METRICS.values()
        if metric.worse != "neither" and metric.name not in SAME_FORMULA
    ),
]
