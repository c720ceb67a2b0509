"""Bores: what scars take away. A straight round bore and bulbs where bursts went off, all capsules; places are unfolded without what
lies wholly in them, and the shader (or geometry.export) cuts to the pixel what they cross.

A burst is a ball on the bore's axis; by most of the large ones lie a few secondary ones, aside (canon P40, P43).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geometry.angle import matrix
from geometry.key import Stream
from geometry.parts import Parts
from geometry.place import Frame, Growth, Place
from geometry.scar import Scar

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
_NOSE = 0.25
"""How far before the muzzle the bore begins, in parts of its width: who fires keeps the ground he stands on."""
_SAFE = 2.0
"""Metres before the muzzle that nothing is taken from, whatever the power."""
_PITCH = (5.0, 16.0)
"""Distance from burst to burst, in blasts."""
_AFTER = 3
"""Secondary bursts by a large one, at most."""
_LOOSE = 1.001
"""How much wider a capsule is taken for where it is only asked what may lie in it."""
_CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])


@dataclass(frozen=True, slots=True, eq=False)
class Capsules:
    """n stretches of round room: all points within `radius` of the line from `start` to `end`; a ball where the two are one."""

    start: F64
    """(n, 3) metres."""
    end: F64
    """(n, 3)."""
    radius: F64
    """(n,)."""
    course: F64
    """(n, 3) the unit vector along which the shot went."""

    def __len__(self) -> int:
        return len(self.radius)

    def __getitem__(self, index: NDArray[np.bool_] | NDArray[np.integer] | slice) -> Capsules:
        return Capsules(self.start[index], self.end[index], self.radius[index], self.course[index])

    def away(self, points: F64) -> F64:
        """(n, m) metres from points (m, 3) to the lines."""
        return (
            np.stack([away_from(points, a, b) for a, b in zip(self.start, self.end, strict=True)])
            if len(self)
            else np.zeros((0, len(points)))
        )


NONE = Capsules(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0), np.zeros((0, 3)))


def _dot(a: F64, b: F64) -> F64:
    return np.asarray(a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1] + a[..., 2] * b[..., 2])


def away_from(points: F64, start: F64, end: F64) -> F64:
    """(m,) metres from points (m, 3) to a line; from near its start no digits are lost, however long it is."""
    along = end - start
    length = _dot(along, along)
    off = points - start
    share = np.clip(_dot(off, along) / length, 0.0, 1.0) if length > 0.0 else np.zeros(len(points))
    aside = off - share[:, None] * along
    return np.asarray(np.sqrt(_dot(aside, aside)))


def heading(scar: Scar) -> F64:
    """(3,) the unit vector along which it was fired."""
    x, y, z = scar.direction
    return np.array([x, y, z]) / float(np.sqrt(x * x + y * y + z * z))


def begins(scar: Scar) -> float:
    """Metres from the muzzle to the middle of the bore's round end."""
    return max((0.5 + _NOSE) * scar.force.bore, 0.5 * scar.force.bore + _SAFE)


@lru_cache(maxsize=64)
def capsules(scar: Scar) -> Capsules:
    """All that a shot takes away, in the City's frame: the bore first, then its bursts from the muzzle on."""
    muzzle, along = np.array(scar.muzzle), heading(scar)
    where, radius = _bursts(scar)
    start = np.concatenate([[muzzle + begins(scar) * along], muzzle + where])
    end = np.concatenate([[muzzle + scar.force.reach * along], muzzle + where])
    return Capsules(start, end, np.concatenate([[0.5 * scar.force.bore], radius]), np.tile(along, (len(start), 1)))


def _bursts(scar: Scar) -> tuple[F64, F64]:
    """(n, 3) metres from the muzzle, and (n,) radii."""
    stream, power, along = Stream(scar.seed).sub("burst", scar.power), scar.force, heading(scar)
    most = int(power.reach / (_PITCH[0] * power.blast))
    steps = stream.between("step", most, *_PITCH) * power.blast
    at = np.cumsum(steps) - steps + (2.0 + 4.0 * stream.one("first")) * power.blast
    draw = stream.unit("large", most)
    radius = power.blast * (0.22 + 0.78 * draw * draw)
    kept = at + 2.0 * power.blast < power.reach
    at, radius, number = at[kept], radius[kept], np.flatnonzero(kept)
    every, large = [at[:, None] * along], [radius]
    for after in range(_AFTER):
        own = stream.sub("after", after)
        there = own.unit("there", most)[number] < 0.75 - 0.2 * after
        aside = np.stack([own.between(axis, most, -1.0, 1.0) for axis in "xyz"], axis=-1)[number]
        every.append((at[:, None] * along + aside * (0.95 * radius)[:, None])[there])
        large.append((radius * (0.25 + 0.35 * own.unit("size", most)[number]))[there])
    where, size = np.concatenate(every), np.concatenate(large)
    order = np.argsort(_dot(where, along), kind="stable")
    return where[order], size[order]


def all_capsules(scars: Sequence[Scar]) -> Capsules:
    """Those of several shots, in their order."""
    each = [capsules(scar) for scar in scars]
    return joined(each)


def joined(each: Sequence[Capsules]) -> Capsules:
    """All of them as one."""
    if not each:
        return NONE
    columns = (np.concatenate([getattr(one, name) for one in each]) for name in ("start", "end", "radius", "course"))
    return Capsules(*columns)


def near(scars: Sequence[Scar], centre: F64, radius: float) -> Capsules:
    """Those that reach into a ball; in the City's frame."""
    found = []
    for scar in scars:
        whole = capsules(scar)
        wide = float(scar.force.blast * 2.0 + scar.force.bore)
        if float(away_from(centre[None], whole.start[0], whole.end[0])[0]) < radius + wide:
            found.append(whole[whole.away(centre[None])[:, 0] < whole.radius + radius])
    return joined(found)


def local(some: Capsules, place: Place) -> Capsules:
    """The same in a place's frame."""
    return in_frame(some, place.frame)


def in_frame(some: Capsules, frame: Frame) -> Capsules:
    """The same in a frame."""
    course = replace(frame, origin=np.zeros(3)).to_local(some.course)
    return Capsules(frame.to_local(some.start), frame.to_local(some.end), some.radius, course)


def bored(growth: Growth, place: Place, scars: Sequence[Scar]) -> Growth:
    """A growth without the parts and the children that lie wholly in one capsule. Itself where none comes near."""
    some = near(scars, place.centre, place.radius) if scars else NONE
    if not len(some):
        return growth
    some = local(some, place)
    kept = ~swallowed(growth.parts, some)
    children = growth.children
    if place.cell is None or isinstance(children, tuple):  # what a cell of the spheres divides into is made when it is looked at
        gone = _may_be_gone(children, place, some)
        children = tuple(
            one for one, may in zip(children, gone, strict=True) if not may or one.cell is not None or not _is_gone(one, place, some)
        )
    return replace(growth, parts=growth.parts[kept] if not kept.all() else growth.parts, children=children)


def apart(middle: F64, edges: F64, some: Capsules) -> Mask:
    """(k, n) whether a capsule surely leaves a box alone: a plane lies between them. Boxes by their middles (n, 3) and half their edges as
    vectors (n, 3, 3), the last index telling the edges apart, square to each other or not; in the frame of the capsules."""
    half = np.sqrt((edges * edges).sum(axis=1))
    unit = edges / np.maximum(half, 1e-30)[:, None]
    support = np.stack([np.abs((edges * unit[:, :, j : j + 1]).sum(axis=1)).sum(axis=1) for j in range(3)], axis=-1)
    return np.array([_apart(middle, edges, unit, support, some, one) for one in range(len(some))], bool).reshape(len(some), len(middle))


def _apart(middle: F64, edges: F64, unit: F64, support: F64, some: Capsules, one: int) -> Mask:
    start, end, radius, course = some.start[one], some.end[one], some.radius[one], some.course[one]
    first, last = (((point - middle)[:, :, None] * unit).sum(axis=1) for point in (start, end))
    gap = np.maximum(np.minimum(first, last) - support, -support - np.maximum(first, last))
    off = middle - start
    off = off if (start == end).all() else off - _dot(off, course)[:, None] * course
    away = np.sqrt(_dot(off, off))
    reach = np.abs((edges * off[:, :, None]).sum(axis=1)).sum(axis=1) / np.maximum(away, 1e-30)
    return np.asarray((gap > radius).any(axis=1) | (away - reach > radius))


def swallowed(parts: Parts, some: Capsules) -> Mask:
    """(n,) which parts lie wholly in one capsule of their frame: a capsule is convex, so the corners of their boxes tell."""
    gone = np.zeros(len(parts), bool)
    if not len(parts):
        return gone
    where = parts.position.astype(np.float64)
    least = 0.5 * parts.scale.astype(np.float64).max(axis=1)
    for one in range(len(some)):
        start, end, radius = some.start[one], some.end[one], float(some.radius[one])
        rows = np.flatnonzero(~gone & (least < radius) & (away_from(where, start, end) < radius))
        if len(rows):
            gone[rows] = (away_from(_corners(parts[rows]), start, end).reshape(-1, 8) < radius).all(axis=1)
    return gone


def _corners(parts: Parts) -> F64:
    """(8n, 3) the corners of the boxes about parts."""
    offsets = _CORNERS[None] * parts.scale.astype(np.float64)[:, None]
    turned = _dot(matrix(parts.rotation)[:, None], offsets[:, :, None, :])
    return np.asarray((turned + parts.position.astype(np.float64)[:, None]).reshape(-1, 3))


def _may_be_gone(children: Sequence[Place], place: Place, some: Capsules) -> list[bool]:
    """Which children's middles lie in a capsule that is wider than they are: no other one lies in it wholly. A district has thousands."""
    if not children:
        return []
    middle = np.array([child.centre for child in children], np.float64)
    half = 0.5 * np.array([max(child.size) for child in children])
    wide = _LOOSE * some.radius[:, None]
    within = (some.away(place.frame.to_local(middle)) < wide) & (half < wide)
    may: list[bool] = np.asarray(within.any(axis=0)).tolist()
    return may


def _is_gone(child: Place, place: Place, some: Capsules) -> bool:
    x, y, z = child.size
    ends = _CORNERS * np.array([x, y, z]) + np.array([0.0, 0.0, z / 2])
    corners = place.frame.to_local(child.frame.to_world(ends))
    return bool((some.away(corners) < some.radius[:, None]).all(axis=1).any())
