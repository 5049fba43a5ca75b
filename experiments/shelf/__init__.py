"""The genomes that come with fer_jax, drawn by hand in the arithmetic of CPPNs.

`python -m experiments.shelf` writes them to fer_jax/genome/shelf/ and their pictures to
docs/shelf.png, in about ten seconds; it gives the same JSON, byte for byte, every time.
"""

import re

from experiments.shelf.animals import fish, moth, panda
from experiments.shelf.places import boat, city, lighthouse
from experiments.shelf.plants import flower, mushroom
from experiments.shelf.skies import moon, planet, sunrise
from experiments.shelf.things import balloon, eye, heart, vase
from experiments.shelf.turning import pinwheel, snowflake, yinyang
from fer_jax.genome.graph import Genome

PICTURES = (
    *(sunrise, moth, lighthouse, panda, flower, fish),
    *(planet, vase, balloon, pinwheel, moon, mushroom),
    *(eye, snowflake, boat, yinyang, city, heart),
)
"""In the order of the contact sheet."""


def genomes() -> dict[str, Genome]:
    """Build every genome of the shelf, by name."""
    built = [picture() for picture in PICTURES]
    return {genome.name: genome for genome in built}


def about() -> str:
    """What each of them shows, one a line: the first words of its function's docstring."""
    said = {picture.__name__: re.split("[;:.]", picture.__doc__ or "")[0] for picture in PICTURES}
    return "".join(f"{name}: {said[name]}\n" for name in sorted(said))
