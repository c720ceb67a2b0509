"""Lots: blocks that their parent plans hundreds of at once, as columns first and as places when the plan is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geometry.address import Address
from geometry.key import derive_many
from geometry.place import Frame, Place, Postponed
from geometry.rules.masses import MARGIN

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Lots:
    """n blocks of a place that are yet to be made, column by column: a district has hundreds. `lots` makes it."""

    numbers: I64
    keys: NDArray[np.uint64]
    offset: F64
    """(n, 3) the middles of their floors, in the place's frame."""
    sizes: F64
    """(n, 3) metres."""

    def places(self, place: Place, forms: list[int]) -> list[Place]:
        """`place.child("block", ...)` for each, the same bits."""
        year, epoch, phase, axes, home = place.year, place.epoch, place.phase, place.frame.axes, place.address
        seed, bands, layer, tile, steps = home.seed, home.bands, home.layer, home.tile, home.steps
        origins = place.frame.to_world(self.offset)
        sizes = map(tuple, self.sizes.tolist())
        rows = zip(self.numbers.tolist(), self.keys.tolist(), origins, sizes, forms, strict=True)
        return [
            Place(
                "block",
                Address(seed, bands, layer, tile, (*steps, ("block", number))),
                key,
                Frame(at, axes),
                size,
                year,
                epoch,
                phase,
                form,
            )
            for number, key, at, size, form in rows
        ]


def lots(place: Place, numbers: I64, low: F64, high: F64) -> Lots:
    """The blocks about cores low to high (n, 3)."""
    m = MARGIN * (high - low).min(axis=1) / (1.0 - 2.0 * MARGIN)
    offset = np.stack([(low[:, 0] + high[:, 0]) / 2, (low[:, 1] + high[:, 1]) / 2, low[:, 2]], axis=-1)
    return Lots(numbers, derive_many(place.key, "block", numbers), offset, high - low + 2 * m[:, None])


class Planted(Postponed):
    """The children of a place: lots, made to blocks when one is first looked at, and what is there already. Of a hundred districts in a
    picture the blocks of a few are asked for. `marks` adds bits to the forms of the first lots, by row, and is asked as late."""

    def __init__(
        self, place: Place, planned: Sequence[tuple[Lots, list[int]]], others: Sequence[Place], marks: Callable[[], dict[int, int]] = dict
    ) -> None:
        self._place, self._planned, self._others, self._marks = place, planned, tuple(others), marks

    @cached_property
    def _made(self) -> tuple[Place, ...]:
        marked = self._marks()
        first = [[form + marked.get(row, 0) for row, form in enumerate(self._planned[0][1])]] if self._planned else []
        forms = [*first, *(forms for _, forms in self._planned[1:])]
        made = (plots.places(self._place, own) for (plots, _), own in zip(self._planned, forms, strict=True))
        return (*(block for some in made for block in some), *self._others)

    def __len__(self) -> int:
        return sum(len(forms) for _, forms in self._planned) + len(self._others)
