"""The depth-first walk that orders a graph's nodes and finds the links that close a cycle."""

from collections.abc import Collection, Mapping, Sequence


def walk(
    incoming: Mapping[str, Sequence[tuple[int, str]]],
    inputs: Collection[str],
    outputs: Sequence[str],
) -> tuple[list[str], list[int]]:
    """Go from the outputs against the links, as the original study evaluates a genome.

    A node is evaluated by evaluating its sources first, in the order of its links. A link whose
    source is still being evaluated closes a cycle.

    Args:
        incoming: for each node, the index and the source of every link into it, in order.
        inputs: nodes whose own links are not followed.
        outputs: where to begin, in order.

    Returns:
        The nodes in the order in which they are completed, so that every one comes after its
        sources; and the indices of the links that close a cycle, in the order they are met.

    Example:
        >>> links = {"x": [], "a": [(0, "x"), (1, "b")], "b": [(2, "a")]}
        >>> walk(links, inputs=["x"], outputs=["b"])
        (['x', 'a', 'b'], [1])
    """
    order: list[str] = []
    cut: list[int] = []
    done: set[str] = set()
    for output in outputs:
        if output in done:
            continue
        # A stack rather than recursion, since genomes may be deeper than Python's.
        stack = [(output, iter(incoming[output]))]
        open_ids = {output}
        while stack:
            id, links = stack[-1]
            for index, source in links:
                if source in open_ids:
                    cut.append(index)
                elif source in done:
                    continue
                elif source in inputs:
                    done.add(source)
                    order.append(source)
                else:
                    open_ids.add(source)
                    stack.append((source, iter(incoming[source])))
                    break
            else:
                stack.pop()
                open_ids.discard(id)
                done.add(id)
                order.append(id)
    return order, cut
