"""Write the shelf and its contact sheet: `python -m experiments.shelf`."""

from pathlib import Path

from experiments.shelf import genomes
from experiments.shelf.sheet import contact_sheet
from fer_jax import save_genome

ROOT = Path(__file__).parents[2]


def main() -> None:
    shelf = genomes()
    for name, genome in shelf.items():
        save_genome(genome, ROOT / "fer_jax" / "genome" / "shelf" / f"{name}.json")
        print(f"{name:12} {len(genome.nodes):3} nodes {len(genome.links):4} links")
    contact_sheet(shelf.values()).save(ROOT / "docs" / "shelf.png", optimize=True)


if __name__ == "__main__":
    main()
