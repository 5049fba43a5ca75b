"""Evolve the evolved genomes anew and write them: `python -m experiments.evolved`."""

from dataclasses import replace
from pathlib import Path

import fer_jax

fer_jax.use_all_cores()

from experiments.evolved import SEARCHES, Chosen  # noqa: E402
from experiments.shelf.sheet import contact_sheet  # noqa: E402
from fer_jax.genome.graph import Genome  # noqa: E402
from fer_jax.genome.lineage import Lineage, write_lineage  # noqa: E402
from fer_jax.search.open_ended_result import Illuminated  # noqa: E402

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "fer_jax" / "genome" / "evolved"


def lineage_of(run: Illuminated, one: Chosen) -> Lineage:
    """The chosen genome and its ancestors."""
    numbers = run.ancestry.line(one.uid)
    genomes = run.ancestry.genomes_of(numbers)
    return Lineage(
        tuple(replace(genome, name=one.name) for genome in genomes),
        tuple(run.ancestry.born[number] for number in numbers),
    )


def main() -> None:
    (FOLDER / "lineages").mkdir(parents=True, exist_ok=True)
    found: dict[str, tuple[Genome, str]] = {}
    for search in SEARCHES:
        state, records = search.settings.advance(search.settings.start(), search.steps)
        runs = {run.seed: run for run in search.settings.result(state, records)}
        for one in search.chosen:
            lineage = lineage_of(runs[one.seed], one)
            genome = lineage.genomes[-1]
            fer_jax.save_genome(genome, FOLDER / f"{one.name}.json")
            (FOLDER / "lineages" / f"{one.name}.json").write_text(write_lineage(lineage))
            found[one.name] = genome, one.about
            print(
                f"{one.name:12} {len(genome.nodes):3} nodes {len(genome.links):4} links, "
                f"{len(lineage.genomes)} in its line"
            )
    names = sorted(found)
    about = "".join(f"{name}: {found[name][1]}\n" for name in names)
    (FOLDER / "about.txt").write_text(about, encoding="utf-8")
    sheet = contact_sheet(found[name][0] for name in names)
    sheet.save(ROOT / "docs" / "evolved.png", optimize=True)


if __name__ == "__main__":
    main()
