"""Write the shelf and its contact sheet: `python -m experiments.shelf`."""

from pathlib import Path

from experiments.shelf import about, genomes
from experiments.shelf.sheet import contact_sheet
from fer_jax import save_genome

ROOT = Path(__file__).parents[2]


def main() -> None:
    shelf, folder = genomes(), ROOT / "fer_jax" / "genome" / "shelf"
    for name, genome in shelf.items():
        save_genome(genome, folder / f"{name}.json")
        print(f"{name:12} {len(genome.nodes):3} nodes {len(genome.links):4} links")
    (folder / "about.txt").write_text(about(), encoding="utf-8")
    contact_sheet(shelf.values()).save(ROOT / "docs" / "shelf.png", optimize=True)


if __name__ == "__main__":
    main()
