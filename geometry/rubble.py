"""Rubble: what a shot throws up where it goes in and comes out of a face: a low fused lip and shards stuck in the wall about the hole.

Made from the part that was bored and the scar alone, so that the same part has the same rubble in any picture. Nothing of it hangs free:
each piece lies in the face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geometry.angle import from_matrix, matrix
from geometry.bore import away_from, bored, heading, near
from geometry.key import Streams, derive, derive_many
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules.furnish import inside, spokes
from geometry.scar import Scar
from geometry.solids import PROTOTYPE_IDS

F64 = NDArray[np.float64]
_LIP, _SHARDS = 28, 34
"""Pieces of the lip, and shards, of one hole."""
_MARGIN = 1.4
"""Radii from a hole's middle to the edge of its face, at least, for there to be rubble."""
_SLANT = 0.35
"""Cosine between the bore and a face below which it is grazed: no rubble."""
_MOST = 400
"""Holes of one scar in one place that get rubble: the first."""
_WALLS = ("box", "chamfer")


def shot_through(growth: Growth, place: Place, scars: Sequence[Scar]) -> Growth:
    """A growth as shots have left it: without what lies in their bores, with what they threw up. Itself where none comes near."""
    left = bored(growth, place, scars)
    if left is growth:
        return growth
    thrown = join([rubble(place, growth.parts, scar) for scar in scars if len(near((scar,), place.centre, place.radius))])
    if place.cell is None:
        thrown = inside(place.size, thrown)
    return replace(left, parts=join([left.parts, thrown])) if len(thrown) else left


def rubble(place: Place, made: Parts, scar: Scar) -> Parts:
    """Lips and shards about the holes of one scar in the large level faces of a place's parts."""
    radius = 0.5 * scar.force.bore
    kinds = [PROTOTYPE_IDS[name] for name in _WALLS]
    start = place.frame.to_local(np.array(scar.muzzle))
    along = np.array([float(axis @ heading(scar)) for axis in place.frame.axes])
    rows = np.flatnonzero(np.isin(made.prototype, kinds) & (np.sort(made.scale, axis=1)[:, 1] > 2.0 * _MARGIN * radius))
    far = away_from(made.position[rows].astype(np.float64), start, start + scar.force.reach * along)
    rows = rows[far < 0.5 * np.sqrt((made.scale[rows].astype(np.float64) ** 2).sum(axis=1))]
    if not len(rows):
        return EMPTY
    holes = [hole for row in rows.tolist() for hole in _holes(made, row, start, along, radius, scar.force.reach)][:_MOST]
    return join([_about(scar, *hole, radius, place.year) for hole in holes])


def _holes(made: Parts, row: int, start: F64, along: F64, radius: float, reach: float) -> list[tuple[int, F64, F64]]:
    """(key, middle (3,), axes (3, 3) with the face's outward normal last) of the two holes of the bore in one box."""
    axes = matrix(made.rotation[row : row + 1])[0].T
    half = made.scale[row].astype(np.float64) / 2.0
    at, way = axes @ (start - made.position[row].astype(np.float64)), axes @ along
    found = []
    for axis in range(3):
        if abs(way[axis]) < _SLANT:
            continue
        for side in (-1.0, 1.0):
            far = (side * half[axis] - at[axis]) / way[axis]
            spot = at + far * way
            others = [i for i in range(3) if i != axis]
            if 0.0 < far < reach and all(abs(spot[i]) < half[i] - _MARGIN * radius for i in others):
                normal = side * axes[axis]
                first = axes[others[0]]
                second = np.array([normal[(i + 1) % 3] * first[(i + 2) % 3] - normal[(i + 2) % 3] * first[(i + 1) % 3] for i in range(3)])
                middle = made.position[row].astype(np.float64) + spot @ axes
                bits = np.frombuffer(made.position[row].tobytes(), np.uint32)
                key = derive(derive(int(bits[0]) << 32 | int(bits[1]), "face", 2 * axis + int(side > 0)), "z", int(bits[2]))
                found.append((key, middle, np.stack([first, second, normal])))
    return found


def _about(scar: Scar, key: int, middle: F64, axes: F64, radius: float, year: float) -> Parts:
    """The lip and the shards of one hole."""
    own = Streams(derive_many(derive(key, "rubble", scar.seed & 0xFFFFFFFF), "piece", np.arange(_LIP + _SHARDS)))
    n, rows = _LIP + _SHARDS, np.arange(_LIP + _SHARDS)
    draw = own.unit("size", rows, np.zeros(n, np.int64), 4)
    lip = rows < _LIP
    turn = np.where(lip, rows / _LIP, own.unit("turn", rows, np.zeros(n, np.int64))[:, 0])
    wide = np.where(lip, 0.05 + 0.10 * draw[:, 0], 0.04 + 0.30 * draw[:, 0] ** 3) * radius
    long = np.where(lip, 6.2832 / _LIP * 1.08, 0.03 + 0.10 * draw[:, 1]) * radius
    thick = np.where(lip, 0.02 + 0.035 * draw[:, 2], 0.02 + 0.10 * draw[:, 2] ** 2) * radius
    off = np.where(lip, radius + 0.42 * wide, radius * (1.10 + 0.30 * _MARGIN * draw[:, 3] ** 2) + 0.5 * wide)
    out, across = (flat[:, :1] * axes[0] + flat[:, 1:2] * axes[1] for flat in (spokes(turn), spokes(turn + 0.25)))
    basis = np.stack([out, across, np.broadcast_to(axes[2], out.shape)], axis=-1)
    where = middle + out * off[:, None] + axes[2] * (0.15 * thick)[:, None]
    size = np.stack([wide, long, thick], axis=-1)
    material = np.where(lip | (draw[:, 1] < 0.6), int(Material.SCORCHED), int(Material.OLD_CONCRETE))
    tint = (255.0 * draw[:, 3]).astype(np.uint8)
    return parts("box", where, size, material, rotation=from_matrix(basis), exposure=150, tint=tint, year=year)
