"""When each part was built, and when it was taken down: the history of a place, told from what stands there now.

What stands now is what the rules unfold; nothing here changes a byte of it. Shells close along an edge that goes round the globe;
within a district Builders never rest: bulky parts are old, small ones are young, some of them younger than the last few hundred years,
and where one stands another may have stood before (canon S26, S49, S50, P73, P76; every year is our choice).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.history import BY_ID, first_band
from geometry.key import Stream, derive, mix, word
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join
from geometry.place import Growth, Place
from geometry.spec import CitySpec

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U64 = NDArray[np.uint64]

FOREVER = np.float32(1.0e9)
"""The year in which what stands for good is taken down."""
RECENT = 500.0
"""Years in which Builders are seen at work."""
_RELICS = ("earth", "dome", "orbits")
INTERIORS = ("hall", "corridor", "room", "stair", "walkway", "village")
"""Places in which nothing is torn down: somebody walks there."""
_OVERWRITTEN = 0.45
"""Share of young parts in whose place something older stood (canon P73, P76)."""
_FALLS = 0.4
"""Share of the upper parts of towers that fall in the age of the Dismantlers (canon S94, P78)."""


class Lives(NamedTuple):
    """Parts with the years between which they stand."""

    parts: Parts
    born: F32
    """(n,) the year in which each is whole."""
    gone: F32
    """(n,) the year from which it is no more; FOREVER for what stays."""

    def at(self, year: float) -> Parts:
        """Those that stand whole in a year."""
        return self.parts[(self.born <= year) & (self.gone > year)]


def lives(place: Place, parts: Parts, spec: CitySpec) -> Lives:
    """The history of some parts of a place, and of what stood there before: the same whichever of its parts are asked about."""
    if place.kind in _RELICS:
        return Lives(parts, parts.year, _ends(place, parts, spec))
    born = _in_cell(place, parts, spec) if place.cell is not None else np.maximum(_in_place(place, parts), np.float32(_least(place, spec)))
    gone = _falls(place, parts)
    if place.cell is not None or place.kind in INTERIORS or _on_earth(place) or not len(parts):
        return Lives(parts, born, gone)
    before = _predecessors(place, parts, born)
    return Lives(join([parts, before.parts]), np.concatenate([born, before.born]), np.concatenate([gone, before.gone]))


def skin_born(place: Place, points: F64, spec: CitySpec) -> F32:
    """(n,) the year in which the plate of a cell is closed at world points (n, 3)."""
    if place.kind == "dome":
        from geometry.rules.dome import closing

        return closing(place, points, spec)
    if place.cell is None:
        return np.full(len(points), -FOREVER, dtype=np.float32)
    start, end, sweep = _sweep(place, points, spec)
    return np.minimum(start + (end - start) * (0.22 + 0.70 * sweep), -1.0).astype(np.float32)


def skin_gone(place: Place, spec: CitySpec) -> float:
    """The year from which the plates of a place are no more."""
    if place.kind != "dome":
        return float(FOREVER)
    from geometry.rules.dome import years

    return years(spec, place.form)[2]


def standing(place: Place, growth: Growth, spec: CitySpec, year: float) -> Growth:
    """A growth as it was in a year: only what stood then. Plates are there whole or not at all."""
    if year == 0.0:
        return growth
    skin = growth.skin
    if skin and (_closed(place, spec) > year or skin_gone(place, spec) <= year):
        skin = ()
    children: Sequence[Place] = growth.children
    if year < 0.0 and children and place.cell is None:
        children = tuple(child for child in children if child.cell is not None or child.kind == "band" or began(child) <= year)
    return replace(growth, parts=lives(place, growth.parts, spec).at(year), skin=skin, children=children)


def _closed(place: Place, spec: CitySpec) -> float:
    """The year in which the plates of a place are taken to be there, all at once."""
    return place.year if place.kind == "dome" else float(skin_born(place, place.centre[None], spec)[0])


def _draws(place: Place, parts: Parts, purpose: str, *, stacked: bool = False) -> F64:
    """(n,) in [0, 1) a part, by where it stands: a part of a smaller choice draws the same. What is `stacked` draws as what it is on."""
    where = np.concatenate([parts.position[:, :2], np.zeros((len(parts), 1), np.float32)], axis=1) if stacked else parts.position
    bits = np.ascontiguousarray(where).view(np.uint32).astype(np.uint64)
    with np.errstate(over="ignore"):
        keys = mix(bits[:, 0] + mix(bits[:, 1] + mix(bits[:, 2] + np.uint64(place.key ^ word(purpose)))))
    return np.asarray((keys >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def began(place: Place) -> float:
    """The year in which the first part of a flat place was raised: districts soon after their layer, what stands in them by and by."""
    own = Stream(place.key)
    deep, draw = len(place.address.steps), own.one("begun")
    if _on_earth(place):
        return place.year * (1.0 - 0.01 * draw)
    if deep <= 1:
        return place.year * (1.0 - 0.25 * draw)
    if place.kind not in INTERIORS and own.one("young") < 0.18:
        return max(-0.9 * RECENT * own.one("lately"), place.year)
    return place.year * (0.75 - 0.60 * draw)


def _on_earth(place: Place) -> bool:
    """Whether a place is of the first City, which was built at once and left as it was."""
    return place.address.steps[:1] == (("earth", 0),)


def _in_place(place: Place, parts: Parts) -> F32:
    """The years of the parts of a flat place: from its bulk to its details, the last of them lately."""
    start = began(place)
    if _on_earth(place):
        return np.asarray(start - 0.03 * place.year * _draws(place, parts, "born"), dtype=np.float32)
    u, v = (_draws(place, parts, purpose, stacked=True) for purpose in ("born", "lately"))
    u = 0.94 * u + 0.06 * np.clip(parts.position[:, 2] / place.size[2], 0.0, 1.0)  # from below upward
    longest = parts.scale.max(axis=1).astype(np.float64) if len(parts) else np.zeros(0)
    small = np.clip(-np.frexp(longest / max(place.size))[1], 0, 8) / 8.0  # 0 as large as the place, 1 a 256th of it
    busy = 0.14 + 0.50 * Stream(place.key).one("activity") ** 2  # growth zones and abandoned ones (canon P74)
    late = max(start, -RECENT)
    old = start + (late - start) * np.clip(0.15 * u + 0.85 * u * small, 0.0, 1.0)
    young = late * (1.0 - 0.97 * u)
    born = np.where((v < busy * (0.3 + 0.7 * small)) & (small > 0.2), young, old)
    return np.asarray(np.minimum(born, -1.0), dtype=np.float32)


def _in_cell(place: Place, parts: Parts, spec: CitySpec) -> F32:
    """The years of the parts of a curved cell: what stands on its floor before its plate is closed, what hangs from that after."""
    assert place.cell is not None
    world = place.frame.to_world(parts.position)
    start, end, sweep = _sweep(place, world, spec)
    draw = _draws(place, parts, "born")
    radius = np.sqrt((world * world).sum(axis=1))
    level = (radius - place.cell.inner) / max(place.cell.plate - place.cell.inner, 1.0)
    after = np.where(level > 1.0, 0.86 + 0.12 * draw, 0.27 + 0.68 * sweep + 0.05 * draw)
    born = start + (end - start) * np.where(level > 0.72, np.maximum(after, 0.27 + 0.68 * sweep), 0.02 + 0.66 * sweep + 0.14 * draw)
    return np.asarray(np.minimum(born, -1.0), dtype=np.float32)


def _least(place: Place, spec: CitySpec) -> float:
    """The year before which there is nothing of a place: the first drawn stratum stands about single domes, and after them."""
    return first_band(spec) if place.address.bands[:1] == (0,) else -float(FOREVER)


def _sweep(place: Place, world: F64, spec: CitySpec) -> tuple[float, float, F64]:
    """When the layers of a cell were begun and done, and (n,) how late in that time the edge came to each point, 0 to 1."""
    assert place.cell is not None
    cell = place.cell
    start, end = (spec.year_first * (1.0 - layer / spec.layers) for layer in (cell.low, cell.high))
    band = place.address.bands[0] if place.address.bands else cell.low
    start, end = max(start, _least(place, spec)), max(end, _least(place, spec))
    return start, end, sweep(world, derive(spec.seed, "front", band))


def sweep(world: F64, key: int) -> F64:
    """(n,) how late an edge that starts somewhere on the globe comes to each of some points (n, 3), 0 to 1; ragged, since it is built."""
    unit = world / np.sqrt((world * world).sum(axis=1, keepdims=True))
    x, y, z = _origin(key)
    away = 0.5 - 0.5 * (unit[:, 0] * x + unit[:, 1] * y + unit[:, 2] * z)
    rough = 0.10 * (_patches(unit, key, 5.0) - 0.5) + 0.06 * (_patches(unit, key, 17.0) - 0.5)
    return np.asarray(np.clip(0.92 * away + 0.04 + rough, 0.0, 1.0))


@lru_cache(maxsize=256)
def _origin(key: int) -> tuple[float, float, float]:
    """The unit vector to where an edge starts."""
    for number in range(64):
        x, y, z = (Stream(key).sub("origin", number).unit("xyz", 3) * 2.0 - 1.0).tolist()
        length = float(np.sqrt(x * x + y * y + z * z))
        if 0.1 < length <= 1.0:
            return (x / length, y / length, z / length)
    return (1.0, 0.0, 0.0)


def _patches(unit: F64, key: int, fine: float) -> F64:
    """(n,) a draw for the patch of the globe that a direction (n, 3) lies in."""
    cells = np.floor(unit * fine + 64.0).astype(np.uint64)
    with np.errstate(over="ignore"):
        keys = mix(cells[:, 0] + mix(cells[:, 1] + mix(cells[:, 2] + np.uint64(key & (2**63 - 1)))))
    return np.asarray((keys >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def _falls(place: Place, parts: Parts) -> F32:
    """(n,) the year in which each part is taken down: some of what is high on a tower falls with the Dismantlers."""
    gone = np.full(len(parts), FOREVER)
    if place.kind in ("tower", "nexus") and Stream(place.key).one("dismantled") < _FALLS:
        age = BY_ID["nse"].year
        high = parts.position[:, 2] > place.size[2] * (0.25 + 0.5 * Stream(place.key).one("broken"))
        gone[high] = np.float32(age) + (_draws(place, parts, "fall") * 0.2 * age).astype(np.float32)[high]
    return gone


def _ends(place: Place, parts: Parts, spec: CitySpec) -> F32:
    from geometry.relics import ends  # the rules of relics ask this module for the edge that goes round the globe

    return ends(place, parts, spec)


def _predecessors(place: Place, parts: Parts, born: F32) -> Lives:
    """What stood where young parts stand, until these were built over it: other parts of the same place, of the same foot."""
    longest = parts.scale.max(axis=1)
    rows = np.flatnonzero(
        (born > -RECENT) & (_draws(place, parts, "before") < _OVERWRITTEN) & (longest > 0.004 * max(place.size))
        & (parts.material != Material.FIGURE) & (parts.material != Material.BUILDER)
    )  # fmt: skip
    if not len(rows):
        return Lives(EMPTY, np.zeros(0, np.float32), np.zeros(0, np.float32))
    late = parts[rows]
    lower, upper, shift = (_draws(place, late, name) for name in ("wide before", "high before", "from"))
    scale = late.scale * np.stack([0.75 + 0.25 * lower, 0.75 + 0.25 * lower, 0.45 + 0.5 * upper], axis=-1).astype(np.float32)
    position = late.position.copy()
    position[:, 2] += (scale[:, 2] - late.scale[:, 2]) / 2 * np.abs(_upright(late))
    stuff = np.where(shift < 0.6, np.uint8(Material.OLD_CONCRETE), late.material)
    gone = born[rows]
    earlier = Parts(
        late.prototype, position, late.rotation, scale, stuff.astype(np.uint8), late.exposure, late.tint ^ np.uint8(85), late.year
    )
    return Lives(earlier, (gone - 40.0 - 360.0 * shift.astype(np.float32)).astype(np.float32), gone)


def _upright(parts: Parts) -> F32:
    """(n,) 1 for parts whose own z is up, 0 for those that lie."""
    w, x, y, z = parts.rotation.T
    return np.asarray(w * w - x * x - y * y + z * z, dtype=np.float32)
