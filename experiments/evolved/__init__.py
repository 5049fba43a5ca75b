"""Genomes of the package that nobody designed: which open-ended searches they came up in.

Who evolves them anew on another machine may get others: a search follows the last bits of the
pictures that it judges, and these are not the same on all processors. So the files are kept.
"""

from dataclasses import dataclass

from fer_jax.search.open_ended import OpenEndedSearch


@dataclass(frozen=True)
class Chosen:
    """A genome that joined the embedded ones.

    Attributes:
        name: what it is called.
        about: what it looks like, in one line.
        seed: of the run.
        uid: its number in the family tree of the run.
    """

    name: str
    about: str
    seed: int
    uid: int


@dataclass(frozen=True, eq=False)
class Search:
    """A search, and what was chosen of it by eye.

    Attributes:
        settings: of the search.
        steps: that it took.
        chosen: of its collection or its archive.
    """

    settings: OpenEndedSearch
    steps: int
    chosen: tuple[Chosen, ...]


SEARCHES: tuple[Search, ...] = (
    Search(
        OpenEndedSearch(seeds=(1, 2, 4, 5), way="breeder", regularity_weight=0.5, quality="new"),
        steps=600,
        chosen=(
            Chosen("figure", "A figure at the end of a road, in grey", 1, 4491),
            Chosen("lantern", "A lantern with a window, in grey", 2, 6293),
            Chosen("monkey", "A monkey's face in many colours", 5, 8094),
            Chosen("muzzle", "A muzzle above a grin, in grey", 4, 6592),
            Chosen("orb", "A glass ball that splits the light", 2, 1486),
            Chosen("penguin", "A penguin in its egg, with a glint", 4, 3596),
            Chosen("tooth", "A molar, in grey", 5, 4198),
        ),
    ),
)
"""All of them were published by the scripted breeder, and chosen by eye among 180."""
