"""Sprawl: what Builders pile on to the floor of a great void and on to the City's skin (canon S50, P74), ever finer.

The cells of a bundle of layers end where it parts into its sub-strata: nothing on their floor would be finer than an eighth of them, and
one who crosses the void would look down on blank slabs. A plot of sprawl is quartered four times; a quarter is one great mass, a yard of
works in rows, open ground, or another plot. Like all Builders' work it is a clan's repertoire, at the wrong scale (canon S49).
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.key import Streams, derive, derive_many
from geometry.landmarks import Standing
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join, parts
from geometry.pattern import raised
from geometry.place import Frame, Growth, Place, Postponed
from geometry.rules.idioms import IDIOMS, Idiom, in_idiom
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec

F64 = NDArray[np.float64]
LEVELS = 4
"""How often a plot is quartered at most."""
_CORNERS = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
_MASS, _PLOT, _YARD, _OPEN = range(4)
_SHARES = ((24, 56, 14, 6), (30, 46, 18, 6), (34, 36, 24, 6), (52, 0, 40, 8))
"""Of 100 quarters at each level, how many are a mass, a plot, a yard and open."""
_QUARTER = np.array([0.7071067811865476, 0.0, 0.0, 0.7071067811865476])
_AHEAD = np.array([1.0, 0.0, 0.0, 0.0])
_ROWS = 4
"""Works along a side of a yard."""


class Plots(Postponed):
    """The plots of a cell, made when one of them is first looked at."""

    def __init__(self, place: Place, spots: F64, size: tuple[float, float, float], floor: float, scale: int) -> None:
        """`spots` (n, 3): column and row in [-1/2, 1/2] of the cell, and number; `floor` is the radius they stand at, metres."""
        self._place, self._spots, self._size, self._floor, self._scale = place, spots, size, floor, scale

    @cached_property
    def _made(self) -> tuple[Place, ...]:
        if not len(self._spots):
            return ()
        cell, place = self._place.cell, self._place
        assert cell is not None
        up = cells.at(cell, self._spots[:, 0], self._spots[:, 1])
        axes = cells.tangent(cell.face, up)
        return tuple(
            Place(
                "sprawl", place.address.child("sprawl", number), derive(place.key, "sprawl", number), Frame(way * self._floor, own),
                self._size, place.year, place.epoch, place.phase, self._scale * LEVELS,
            )
            for number, way, own in zip(self._spots[:, 2].astype(int).tolist(), up, axes, strict=True)
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self._spots)


def beside(own: Standing, plot: Place) -> bool:
    """Whether a plot keeps off the box about a landmark."""
    x, y, z = own.place.size
    at = own.place.frame.to_local(plot.centre)
    out = np.maximum(np.abs(at - [0.0, 0.0, z / 2]) - [x / 2, y / 2, z / 2], 0.0)
    return float((out * out).sum()) > plot.radius * plot.radius


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Masses, yards, spans between the quarters; children are the quarters that are quartered again. `form` is LEVELS times the scale
    (an index of IDIOMS), and how often it was quartered before."""
    scale, level = divmod(place.form, LEVELS)
    idiom, stream = IDIOMS[scale], place.stream
    what = stream.choice("quarter", 4, _SHARES[level])
    wide, _, tall = place.size
    made = [_masses(place, spec, idiom, np.flatnonzero(what == _MASS)), _yards(place, idiom, np.flatnonzero(what == _YARD))]
    made.append(_spans(place, idiom))
    if level == 0:
        made.append(parts("box", [[0.0, 0.0, 0.004 * wide]], [[wide, wide, 0.008 * wide]], Material.OLD_CONCRETE, exposure=210))
    side = 0.46 * wide
    children = tuple(
        place.child(
            "sprawl", number, (*(_CORNERS[number] * 0.25 * wide).tolist(), 0.0), (side, side, min(0.9 * side, tall)), form=place.form + 1
        )
        for number in np.flatnonzero(what == _PLOT).tolist()
    )
    return Growth(join(made), children)


def _masses(place: Place, spec: CitySpec, idiom: Idiom, quarters: NDArray[np.intp]) -> Parts:
    """A mass on each of some quarters; heights follow a power law."""
    if not len(quarters):
        return EMPTY
    wide, _, tall = place.size
    own = Streams(derive_many(place.key, "mass", quarters))
    rows, first = np.arange(len(own)), np.zeros(len(own), dtype=np.int64)
    draw = own.unit("size", rows, first, 2)
    high = tall * (0.22 + 0.78 * draw[:, 0] * draw[:, 0] * draw[:, 0])
    foot = np.c_[_CORNERS[quarters] * 0.25 * wide, np.zeros(len(own))]
    clan = derive(spec.seed, "clan", place.address.bands[0] // 3 if place.address.bands else 0)
    return in_idiom(raised(own, clan, wide * (0.28 + 0.16 * draw[:, 1]), high, foot, epoch=place.epoch), idiom)


def _yards(place: Place, idiom: Idiom, quarters: NDArray[np.intp]) -> Parts:
    """Works in rows on some quarters, one kind a yard, a few of them gone; a lamp over each yard."""
    if not len(quarters):
        return EMPTY
    stream, wide, groups = place.stream, place.size[0], []
    at = ((np.arange(_ROWS) + 0.5) / _ROWS - 0.5) * 0.42 * wide
    x, y = (grid.ravel() for grid in np.meshgrid(at, at, indexing="ij"))
    for number in quarters.tolist():
        own = stream.sub("yard", number)
        kept = own.unit("gone", len(x)) > 0.22
        name = idiom.works[int(own.whole("kind", 1, 0, 3)[0])]
        girth, rise = 0.085 * wide * (0.6 + 0.4 * own.one("girth")), 0.11 * wide * (0.25 + own.one("rise"))
        middle = np.append(_CORNERS[number] * 0.25 * wide, 0.0)
        where = middle + np.c_[x, y, np.full(len(x), rise / 2)][kept]
        groups.append(
            parts(
                name,
                where,
                np.tile([girth, girth, rise], (len(where), 1)),
                Material.STEEL,
                exposure=190,
                tint=own.bits("tone", len(x))[kept] % np.uint64(256),
            )
        )
        mast = middle + [0.0, 0.0, 1.4 * rise]
        groups.append(parts(idiom.pier, [mast - [0.0, 0.0, 0.7 * rise]], [[0.012 * wide, 0.012 * wide, 1.4 * rise]], Material.DARK_STEEL))
        groups.append(parts("box", [mast], [[0.03 * wide, 0.03 * wide, 0.006 * wide]], idiom.light, exposure=255))
    return join(groups)


def _spans(place: Place, idiom: Idiom) -> Parts:
    """Two lines of spans on piers between the quarters, broken here and there, with lamps."""
    stream, wide = place.stream, place.size[0]
    deep, n = 0.022 * wide, 6
    along = np.tile(((np.arange(n) + 0.5) / n - 0.5) * wide, 2)
    first = np.repeat([True, False], n)
    draw = stream.unit("span", 2 * n)
    kept = draw > 0.25
    high = 0.035 * wide * (0.5 + np.where(first, stream.one("high"), stream.one("low")))
    where = np.stack([np.where(first, along, 0.0), np.where(first, 0.0, along), high], axis=-1)[kept]
    turn = np.where(first[kept, None], _AHEAD, _QUARTER)
    lit = draw[kept] > 0.82
    piers = where * [1.0, 1.0, 0.5]
    reach = np.c_[np.full((len(where), 2), 0.7 * deep), where[:, 2]]
    lamps = where[lit] + [0.0, 0.0, 0.55 * deep]
    return join(
        [
            parts(
                PROTOTYPE_IDS[idiom.spine],
                where,
                np.tile([wide / n, 0.9 * deep, deep], (len(where), 1)),
                Material.STEEL,
                rotation=turn,
                exposure=190,
            ),
            parts(idiom.pier, piers, reach, Material.CONCRETE, rotation=turn, exposure=170),
            parts(
                "box",
                lamps,
                np.tile([0.5 * wide / n, 0.14 * deep, 0.1 * deep], (len(lamps), 1)),
                idiom.light,
                rotation=turn[lit],
                exposure=255,
            ),
        ]
    )
