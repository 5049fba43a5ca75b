"""Views of many models, whose device work is done for several of them by one compiled program.

Metrics look at one model at a time and need not know: a view that has neighbours does the work of
all of them when it is first asked for, and keeps their results for them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax

from fer_jax.cppn.network import DenseProgram
from fer_jax.cppn.render import Model, Program
from fer_jax.metrics.device_work import Call, results_of
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View

MEMORY = 2**28
"""Bytes of the feature maps of the models that a device takes at a time."""

MOST = 16
"""Models that it takes at a time, at most."""


def views(models: Sequence[Model], size: int, **looking: Any) -> Iterator[tuple[int, View]]:
    """The view of each model; dense networks of one arch come in company.

    Args:
        models: of any kinds.
        size: pixels along one side.
        looking: how all of them are looked at, as `View` takes it: regions, target, seed.

    Yields:
        The place of a model among all, and its view; each once, those of one arch together. Drop
        each before taking the next: then memory does not grow with the number of models.
    """
    groups: dict[Any, list[int]] = {}
    for place, model in enumerate(models):
        program = model.program
        groups.setdefault(program if isinstance(program, DenseProgram) else place, []).append(place)
    for group in groups.values():
        if len(group) == 1:
            yield group[0], View(models[group[0]], size, **looking)
            continue
        count = _together(models[group[0]].program, size, len(group))
        for start in range(0, len(group), count):
            company = Company(count)
            for place in group[start : start + count]:
                company.members[place] = NeighbourView(
                    *(models[place], size), **looking, company=company, place=place
                )
            for place, view in list(company.members.items()):
                yield place, view
                del view
                company.forget(place)


@dataclass(eq=False)
class Company:
    """Views of models of one arch.

    Attributes:
        places: for how many models its programs are made.
        members: the views that are still looked at, by their models' places among all.
    """

    places: int
    members: dict[int, "NeighbourView"] = field(default_factory=dict)
    _found: dict[Callable[[View], Call], dict[int, Any]] = field(default_factory=dict)

    def result(self, work: Callable[[View], Call], place: int) -> Any:
        """What the work of one member gives; done once for all."""
        if work not in self._found:
            self._found[work] = self._done(work)
        found = self._found[work][place]
        if isinstance(found, Undefined):
            raise found
        return found

    def forget(self, place: int) -> None:
        """Drop a member and what was found for it."""
        for found in (self.members, *self._found.values()):
            del found[place]

    def _done(self, work: Callable[[View], Call]) -> dict[int, Any]:
        calls: dict[int, Call] = {}
        found: dict[int, Any] = {}
        for place, member in self.members.items():
            try:
                calls[place] = work(member)
            except Undefined as reason:
                found[place] = reason
        if calls:
            results = results_of(list(calls.values()), self.places)
            found.update(zip(calls, results, strict=True))
        return found


@dataclass(frozen=True, eq=False)
class NeighbourView(View):
    """A view in company.

    Attributes:
        company: of it and its neighbours.
        place: its own there.
    """

    company: Company = field(default_factory=lambda: Company(1))
    place: int = 0

    def computed(self, work: Callable[[View], Call]) -> Any:
        """What the device gives for this model, having done the work of its neighbours too."""
        return self.company.result(work, self.place)


def _together(program: Program, size: int, count: int) -> int:
    """Models at a time: several on each device."""
    devices = min(jax.local_device_count(), count)
    maps = 4 * len(program.wiring.linear) * size**2
    return devices * max(1, min(MOST, MEMORY // maps))
