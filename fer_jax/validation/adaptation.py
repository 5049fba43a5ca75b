"""How easily networks adapt to related pictures: outcomes that a score may or may not predict."""

import functools
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
from jaxtyping import Array, Float

from fer_jax.cppn.network import Cppn, DenseProgram
from fer_jax.cppn.render import render_params
from fer_jax.genome.sparse_topology import sparse_topology
from fer_jax.metrics.live import live_weights
from fer_jax.search.sgd import SgdSearch
from fer_jax.validation import networks
from fer_jax.validation.groups import GENOME, SCRATCH
from fer_jax.validation.kept import read_table, write_table
from fer_jax.validation.networks import Seeds, Subject
from fer_jax.validation.related_targets import RelatedTarget, related_targets
from fer_jax.validation.workshop import Workshop

EDITION = "1"
"""Of the recipes below."""

NETWORKS, MOST = 32, 64
"""Networks that are wanted, and seeds that are tried at most."""

LOSS, STEPS = 2e-3, 1500
"""To which networks are fine-tuned, twice what they start from on their own picture; and how many
steps they have: one that takes all of them counts as if it had just made it."""

EXISTING = 0.1
"""Share of a dense network's weights, those of largest magnitude, that count as its links: what
one round of pruning would leave. The genome has its own."""

MUTATIONS, RELATIVE, HELPS = 500, 0.5, 0.01
"""Mutations of each network, of one weight each; their standard deviation, of the weight; and by
what share of the loss one must lower it to help."""

DENSE, MASKED, MUTATED = "dense", "masked", "mutated"


def subject_of(workshop: Workshop) -> Subject | None:
    """What is adapted: the smallest original that is there."""
    return next(iter(networks.subjects(workshop)), None)


def networks_of(workshop: Workshop, subject: Subject) -> Seeds:
    """The networks from random weights that are adapted; the first ones are those of test 4."""
    wanted, most = (4, 4) if workshop.quick else (NETWORKS, MOST)
    return networks.from_scratch(workshop, subject, wanted, most)


def read_adaptation(workshop: Workshop) -> pd.DataFrame:
    """Adapt networks and genome to every related picture in every way, or read what is kept.

    - dense: all weights are fine-tuned, until the loss against the related picture is `LOSS`.
    - masked: only existing links are; the other weights stay what they are.
    - mutated: the share of random mutations of a single weight that help.

    Returns:
        Columns target, relative, about (what it is), how, group, member, outcome (steps, or the
        share of mutations that help), cost (logarithm of the steps, or the share that does not
        help: higher is worse) and reached (whether the loss was).
    """
    subject = subject_of(workshop)
    if subject is None:
        return pd.DataFrame({"target": [], "how": [], "group": [], "member": []})
    seeds = networks_of(workshop, subject)
    members = [(SCRATCH, str(seed)) for seed in seeds.seeds]
    models = list(seeds.networks)
    if subject.arch == subject.dense.arch:
        members.append((GENOME, "genome"))
        models.append(subject.dense)
    related = related_targets(subject.genome, subject.size)
    related = related[-2:] if workshop.quick else related
    tables = [_mutated(workshop, subject, models, related)]
    for one in related:
        for how in (DENSE, MASKED):
            tables.append(_fine_tuned(workshop, subject, models, one, how))
    about = pd.DataFrame(members, columns=["group", "member"])
    return pd.concat([about.join(table) for table in tables], ignore_index=True)


def _fine_tuned(
    workshop: Workshop, subject: Subject, models: Sequence[Cppn], one: RelatedTarget, how: str
) -> pd.DataFrame:
    """One row for each network, in order."""
    steps = 10 if workshop.quick else STEPS
    start = np.stack([model.flat_params for model in models])
    search = SgdSearch(
        arch=subject.arch,
        target=one.image,
        seeds=tuple(range(len(models))),
        learning_rate=subject.learning_rate,
        initial_params=start,
        trainable=_existing(subject, start) if how == MASKED else None,
        target_loss=LOSS,
    )
    slug = f"{one.name.replace(' ', '-')}-{how}-{len(models)}"
    found = workshop.train(f"{subject.name}-{slug}-{networks.EDITION}.{EDITION}", search, steps)
    reached = found.stopped_at >= 0
    taken = np.where(reached, np.maximum(found.stopped_at, 1), steps)
    return pd.DataFrame(
        {
            **{"target": subject.name, "relative": one.name, "about": one.about, "how": how},
            **{"outcome": taken.astype(float), "cost": np.log(taken), "reached": reached},
        }
    )


def _existing(subject: Subject, params: Float[np.ndarray, "networks params"]) -> np.ndarray:
    """`(networks, params)` bool: which weights are links of each network."""
    size = np.abs(params)
    links = size >= np.quantile(size, 1.0 - EXISTING, axis=1, keepdims=True)
    if subject.arch == subject.dense.arch:
        own = (params == subject.dense.flat_params).all(axis=1)
        links[own] = sparse_topology(subject.genome).trainable
    return links


def _mutated(
    workshop: Workshop, subject: Subject, models: Sequence[Cppn], related: Sequence[RelatedTarget]
) -> pd.DataFrame:
    """One row for each network and related picture; the index is the network's place."""
    count = 20 if workshop.quick else MUTATIONS
    editions = f"{networks.EDITION}.{EDITION}"
    file = workshop.folder / "read" / f"mutated-{subject.name}-{len(models)}-{editions}.parquet"
    kept = read_table(file)
    if kept is None:
        images = np.stack([one.image for one in related])
        rows = []
        for place, model in enumerate(models):
            workshop.tell("mutating", place, len(models))
            rows += [
                (place, one.name, one.about, share)
                for one, share in zip(related, helpful(model, images, count, place), strict=True)
            ]
        workshop.tell("mutating", len(models), len(models))
        kept = pd.DataFrame(rows, columns=["place", "relative", "about", "outcome"])
        file.parent.mkdir(parents=True, exist_ok=True)
        write_table(kept, file)
    kept = kept.set_index("place")
    return kept.assign(target=subject.name, how=MUTATED, cost=1.0 - kept["outcome"], reached=True)


def helpful(
    model: Cppn, images: Float[np.ndarray, "targets size size 3"], count: int, seed: int
) -> Float[np.ndarray, "targets"]:
    """For each picture, the share of mutations that bring a network nearer to it.

    A mutation changes one weight, drawn as far as weights take part (`live_weights`), by Gaussian
    noise whose standard deviation is `RELATIVE` of the weight. It helps if it lowers the mean
    squared error by `HELPS` of it.

    Args:
        model: the network.
        images: of each target.
        count: of mutations; all targets see the same.
        seed: of the mutations.

    Returns:
        From 0 to 1.
    """
    random = np.random.default_rng(seed)
    live = live_weights(model.flat_params, model.program.wiring)
    places = random.choice(len(live), count, p=live / live.sum())
    mutants = np.tile(model.flat_params, (count + 1, 1))
    factors = 1.0 + RELATIVE * random.normal(size=count)
    mutants[np.arange(1, count + 1), places] *= factors.astype(np.float32)
    own, *losses = np.asarray(_losses(model.program, mutants, images))
    return (np.array(losses) <= (1.0 - HELPS) * own).mean(axis=0)


@functools.partial(jax.jit, static_argnames="program")
def _losses(
    program: DenseProgram,
    mutants: Float[Array, "mutants params"],
    images: Float[Array, "targets size size 3"],
) -> Float[Array, "mutants targets"]:
    def of_one(params: Float[Array, "params"]) -> Float[Array, "targets"]:
        image = render_params(program, params, size=images.shape[1])
        return jnp.mean((images - image) ** 2, axis=(1, 2, 3))

    return jax.lax.map(of_one, mutants)
