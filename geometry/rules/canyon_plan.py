"""The plan of a canyon: how wide its void is, where one stands, the stacked masses of its two walls, and the round towers in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.key import Stream
from geometry.place import Place
from geometry.rules.masses import F64, I64, Triple, columns, partition, partitions, power, sky

DECK_WIDTH, DECK_LENGTH = 9.0, 70.0
_COLUMNS = 12
BANK = (0.24, 0.5)
"""From where to where a canyon's bank reaches, from the middle of its void, in widths of its box: what its parent draws of the walls."""
BANK_TALL = 0.72
"""The tallest bank, in heights of the canyon."""


@dataclass(frozen=True, slots=True)
class Wall:
    """One side of a canyon: boxes stacked in columns, seen as if the void lay at +x."""

    low: F64
    """(n, 3) in a frame whose x grows towards the void from the outer edge of the box at 0."""
    high: F64


def half_of(place: Place) -> float:
    """Half the width of the void between the mean wall faces, metres."""
    return place.size[0] * (0.115 + 0.025 * place.stream.one("void"))


def bank_of(size: Triple) -> tuple[F64, F64]:
    """Corners (2, 3) of the room that the banks of a canyon of this size may fill, which its parent draws."""
    wide, long, tall = size
    low, high = np.array([-BANK[1] * wide, -long / 2, 0.0]), np.array([-BANK[0] * wide, long / 2, BANK_TALL * tall])
    return np.stack([low, low * [0, 1, 1] + [BANK[0] * wide, 0, 0]]), np.stack([high, high * [0, 1, 1] + [BANK[1] * wide, 0, 0]])


def ledge_of(place: Place) -> tuple[float, float, float]:
    """(x, y, z) of the middle of the gangway's root, on top of the pier that carries it."""
    _, long, tall = place.size
    return -0.42 * half_of(place), -0.30 * long, 0.47 * tall


def viewpoint(place: Place) -> tuple[Triple, Triple]:
    """(eye, focus) in the place's metres: on the gangway, looking along the void, an overhang above to the left."""
    x, y, z = ledge_of(place)
    eye = (x + 0.6, y + 0.36 * DECK_LENGTH, z + 5.2)
    return eye, (eye[0] + 9.0, eye[1] + 100.0, eye[2] + 11.0)


def light_at(z: F64, place: Place) -> F64:
    return sky(place.size[2] - z, 0.55 * place.size[2])


def _near(place: Place, low: F64, high: F64) -> I64:
    """Rows of masses, the nearest to where one looks from the ledge first."""
    _, y0, z0 = ledge_of(place)
    middle, half = (low + high) / 2, (high - low) / 2
    along = np.maximum(np.abs(middle[:, 1] - (y0 + 1.2 * half_of(place))) - half[:, 1], 0.0)
    up = np.maximum(np.abs(middle[:, 2] - z0) - half[:, 2], 0.0)
    return np.argsort(along + 1.5 * up, kind="stable")


def back_face(place: Place) -> float:
    return half_of(place) + 0.22 * (place.size[0] / 2 - half_of(place))


def masses(place: Place) -> tuple[F64, F64, I64]:
    """(low, high, side) of the stacked masses: corners (n, 3) in metres; side 0 stands at -x, 1 at +x."""
    pad = 0.04 * min(place.size)
    found = [_wall(place.stream.sub("wall", side), place, half_of(place), pad) for side in (0, 1)]
    corners = [_sided(wall, side, place.size[0]) for side, wall in enumerate(found)]
    low, high = (np.concatenate([pair[edge] for pair in corners]) for edge in (0, 1))
    return _grafted(place, *_recessed(place, low, high, np.repeat([0, 1], [len(wall.low) for wall in found])))


def _wall(stream: Stream, place: Place, half: float, pad: float) -> Wall:
    """Columns of power-law width, each a stack of masses whose faces stand forward or back; the highest rarely reach the rim."""
    wide, long, tall = place.size
    chaos = min(place.epoch / 10.0, 1.0)
    cuts = (partition(stream, "columns", _COLUMNS, spread=5) - 0.5) * (long - 2 * pad)
    count = stream.whole("storeys", _COLUMNS, 4, 10)
    column = np.repeat(np.arange(_COLUMNS), count)
    rise = (tall - 3 * pad) * (1.0 - 0.45 * stream.unit("rise", _COLUMNS) * stream.unit("rise again", _COLUMNS))
    z = partitions(stream, [f"stack {i}" for i in range(_COLUMNS)], count, spread=6) * np.repeat(rise, count + 1)
    first = np.cumsum(count + 1) - (count + 1)
    row = np.arange(len(column)) - np.repeat(np.cumsum(count) - count, count) + first[column]
    n = len(column)
    deep = wide / 2 - half
    back = stream.between("column face", _COLUMNS, -0.12, 0.16)[column] + stream.between("face", n, -0.16, 0.18)
    face = deep * (1.0 - (0.3 + 0.7 * chaos) * back)
    face = np.minimum(face, wide / 2 - 0.62 * half)
    slack = (cuts[column + 1] - cuts[column]) * 0.10 * (0.3 + chaos)
    y0 = np.clip(cuts[column] + slack * stream.between("y0", n, -1.0, 0.4), pad - long / 2, long / 2 - pad)
    y1 = np.clip(cuts[column + 1] + slack * stream.between("y1", n, -0.4, 1.0), pad - long / 2, long / 2 - pad)
    kept = stream.unit("missing", n) > 0.10
    low = columns([np.full(n, pad), y0, z[row]])
    high = columns([face, y1, z[row + 1]])
    return Wall(low[kept], high[kept])


def _sided(wall: Wall, side: int, wide: float) -> tuple[F64, F64]:
    """The wall's boxes in the place's frame: side 0 stands at -x, 1 at +x."""
    if side == 0:
        shift = np.array([-wide / 2, 0.0, 0.0])
        return wall.low + shift, wall.high + shift
    low, high = wall.low.copy(), wall.high.copy()
    low[:, 0], high[:, 0] = wide / 2 - wall.high[:, 0], wide / 2 - wall.low[:, 0]
    return low, high


def _recessed(place: Place, low: F64, high: F64, side: I64) -> tuple[F64, F64, I64]:
    """One mass in three opened by a niche towards the void: what stands below, above, beside and behind it takes its place."""
    stream, n, half = place.stream.sub("niches"), len(low), half_of(place)
    opened = stream.unit("opened", n) < 0.36
    a, b, right = low[opened], high[opened], side[opened] == 1
    rows = np.flatnonzero(opened)
    deep = np.minimum(power(stream.unit("deep", n)[rows], 0.12, 0.9) * half, 0.7 * (b - a)[:, 0])
    # bounds of the niche along y and z, and the plane of its back
    size = (b - a)[:, 1:] * columns([stream.between("wide", n, 0.25, 0.8)[rows], stream.between("tall", n, 0.2, 0.75)[rows]])
    share = columns([stream.between("y", n, 0.12, 0.88)[rows], stream.between("z", n, 0.1, 0.7)[rows]])
    c = a[:, 1:] + share * ((b - a)[:, 1:] - size)
    d = c + size
    back = np.where(right, a[:, 0] + deep, b[:, 0] - deep)
    x0, x1 = np.where(right, a[:, 0], back), np.where(right, back, b[:, 0])
    rear = np.where(right, back, a[:, 0]), np.where(right, b[:, 0], back)
    pieces = [
        (columns([rear[0], a[:, 1], a[:, 2]]), columns([rear[1], b[:, 1], b[:, 2]])),
        (columns([x0, a[:, 1], a[:, 2]]), columns([x1, b[:, 1], c[:, 1]])),
        (columns([x0, a[:, 1], d[:, 1]]), columns([x1, b[:, 1], b[:, 2]])),
        (columns([x0, a[:, 1], c[:, 1]]), columns([x1, c[:, 0], d[:, 1]])),
        (columns([x0, d[:, 0], c[:, 1]]), columns([x1, b[:, 1], d[:, 1]])),
    ]
    lows, highs = (np.concatenate([pair[edge] for pair in pieces]) for edge in (0, 1))
    sides = np.concatenate([side[~opened], np.tile(side[opened], 5)])
    return np.concatenate([low[~opened], lows]), np.concatenate([high[~opened], highs]), sides


def _grafted(place: Place, low: F64, high: F64, side: I64) -> tuple[F64, F64, I64]:
    """Smaller masses hung on the wall's faces, in clusters: hosts and grafts together."""
    stream, n, each, half = place.stream.sub("grafts"), 210, 30, half_of(place)
    homes = np.where(
        np.arange(each) % 2 == 0, stream.whole("cluster", each, 0, len(low)), _near(place, low, high)[stream.whole("near", each, 0, 40)]
    )
    home = homes[np.arange(n) % each]
    spot = stream.unit("spot", each)[np.arange(n) % each], stream.unit("spot up", each)[np.arange(n) % each]
    long = power(stream.unit("long", n), 0.08, 0.9) * half
    tall = long * power(stream.unit("tall", n), 0.35, 3.0)
    out = power(stream.unit("out", n), 0.04, 0.42) * half
    middle = [
        low[home, i] + np.clip(spot[i - 1] + stream.between(f"at {i}", n, -0.22, 0.22), 0.03, 0.97) * (high - low)[home, i] for i in (1, 2)
    ]
    pad = 0.04 * min(place.size)
    y0, y1 = (np.clip(middle[0] + sign * long / 2, pad - place.size[1] / 2, place.size[1] / 2 - pad) for sign in (-1, 1))
    z0 = np.maximum(middle[1] - tall / 2, 0.0)
    z1 = np.minimum(middle[1] + tall / 2, place.size[2] - 2 * pad)
    left = side[home] == 0
    x0 = np.where(left, high[home, 0] - 0.3 * out, low[home, 0] - out)
    x1 = np.where(left, high[home, 0] + out, low[home, 0] + 0.3 * out)
    kept = (y1 - y0 > 8.0) & (z1 - z0 > 8.0)
    grafts = columns([x0, y0, z0])[kept], columns([x1, y1, z1])[kept]
    return np.concatenate([low, grafts[0]]), np.concatenate([high, grafts[1]]), np.concatenate([side, side[home][kept]])


def reach(low: F64, high: F64, side: I64, y: F64, z: F64, fallback: float) -> tuple[F64, F64]:
    """x of the left and right wall's face at (y, z) (m,): the mass that stands furthest into the void there."""
    inside = (low[:, 1] <= y[:, None]) & (high[:, 1] >= y[:, None]) & (low[:, 2] <= z[:, None]) & (high[:, 2] >= z[:, None])
    left = np.where(inside & (side == 0), high[:, 0], -fallback).max(axis=1)
    right = np.where(inside & (side == 1), low[:, 0], fallback).min(axis=1)
    return left, right


def tower_plan(place: Place) -> F64:
    """(n, 3): x, y and radius of the round towers in the void; the first stands ahead of the ledge."""
    stream, half, long, n = place.stream.sub("tower plan"), half_of(place), place.size[1], 4
    _, y0, _ = ledge_of(place)
    radius = stream.between("radius", n, 0.15, 0.24) * half
    y = np.array([y0 + 3.1 * half, y0 + 7.0 * half, y0 + 11.5 * half, y0 + 17.0 * half])
    x = stream.between("x", n, -0.45, 0.45) * half
    x[0], radius[0] = 0.20 * half, 0.25 * half
    kept = y < 0.47 * long
    return columns([x, y, radius])[kept]
