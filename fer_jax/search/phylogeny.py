"""A family tree in the formats that others read: Newick for tree viewers, and JSON."""

import json
from collections.abc import Iterable

from fer_jax.search.ancestry import NOBODY, Ancestry


def newick(ancestry: Ancestry, living: Iterable[int]) -> str:
    """The tree of some genomes and their ancestors, by first parents, in Newick format.

    Branches are as long as the time between two births. Where the living have several first
    ancestors, these hang from one root without a name.

    Args:
        ancestry: of all.
        living: numbers of those whose ancestors are wanted.

    Returns:
        One line; each genome is called by its number.

    Example:
        >>> newick(Ancestry([(-1, -1), (0, -1), (0, -1)], [0, 1, 3]), [1, 2])
        '(1:1,2:3)0;'
    """
    children, roots = _children(ancestry, living)

    def length(number: int) -> int:
        parent = ancestry.parents[number][0]
        return 0 if parent == NOBODY else ancestry.born[number] - ancestry.born[parent]

    # Numbers grow with age, so that whoever comes later has been written before its parent is.
    written: dict[int, str] = {}
    for number in sorted(children, reverse=True):
        below = ",".join(f"{written.pop(child)}:{length(child)}" for child in children[number])
        written[number] = f"({below}){number}" if below else str(number)
    if len(roots) == 1:
        return f"{written[roots[0]]};"
    return "(" + ",".join(f"{written[root]}:0" for root in roots) + ");"


def phylogeny_json(ancestry: Ancestry, living: Iterable[int]) -> str:
    """The same with both parents and birth of each, as JSON.

    Example:
        >>> phylogeny_json(Ancestry([(-1, -1)], [0]), [0])
        '{"genomes":[{"id":0,"parents":[],"born":0,"living":true}]}'
    """
    alive = set(living)
    children, _ = _children(ancestry, alive)
    genomes = [
        {
            "id": number,
            "parents": [one for one in dict.fromkeys(ancestry.parents[number]) if one != NOBODY],
            "born": ancestry.born[number],
            "living": number in alive,
        }
        for number in sorted(children)
    ]
    return json.dumps({"genomes": genomes}, separators=(",", ":"))


def _children(ancestry: Ancestry, living: Iterable[int]) -> tuple[dict[int, list[int]], list[int]]:
    """Of each ancestor, and the first ancestors."""
    children: dict[int, list[int]] = {}
    roots = set()
    for number in sorted(living):
        while number not in children:
            children[number] = []
            parent = ancestry.parents[number][0]
            if parent == NOBODY:
                roots.add(number)
                break
            number = parent
    for number in sorted(children):
        parent = ancestry.parents[number][0]
        if parent != NOBODY:
            children[parent].append(number)
    return children, sorted(roots)
