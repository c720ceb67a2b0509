"""The plan of a canyon: how wide its void is, where one stands, the stacked masses of its two walls, and the round towers in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.key import Stream
from geometry.place import Place
from geometry.rules.masses import F64, I64, Triple, columns, partition, power, sky

DECK_WIDTH, DECK_LENGTH = 9.0, 70.0
_COLUMNS = 9


@dataclass(frozen=True, slots=True)
class Wall:
    """One side of a canyon: boxes stacked in columns, seen as if the void lay at +x."""

    low: F64
    """(n, 3) in a frame whose x grows towards the void from the outer edge of the box at 0."""
    high: F64


def half_of(place: Place) -> float:
    """Half the width of the void between the mean wall faces, metres."""
    return place.size[0] * (0.115 + 0.025 * place.stream.one("void"))


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


def back_face(place: Place) -> float:
    return half_of(place) + 0.22 * (place.size[0] / 2 - half_of(place))


def masses(place: Place) -> tuple[F64, F64, I64]:
    """(low, high, side) of the stacked masses: corners (n, 3) in metres; side 0 stands at -x, 1 at +x."""
    pad = 0.04 * min(place.size)
    found = [_wall(place.stream.sub("wall", side), place, half_of(place), pad) for side in (0, 1)]
    corners = [_sided(wall, side, place.size[0]) for side, wall in enumerate(found)]
    low, high = (np.concatenate([pair[edge] for pair in corners]) for edge in (0, 1))
    return _grafted(place, low, high, np.repeat([0, 1], [len(wall.low) for wall in found]))


def _wall(stream: Stream, place: Place, half: float, pad: float) -> Wall:
    """Columns of power-law width, each a stack of masses whose faces stand forward or back; the highest rarely reach the rim."""
    wide, long, tall = place.size
    chaos = min(place.epoch / 10.0, 1.0)
    cuts = (partition(stream, "columns", _COLUMNS, spread=5) - 0.5) * (long - 2 * pad)
    count = stream.whole("storeys", _COLUMNS, 3, 8)
    column = np.repeat(np.arange(_COLUMNS), count)
    rise = (tall - 3 * pad) * (1.0 - 0.45 * stream.unit("rise", _COLUMNS) * stream.unit("rise again", _COLUMNS))
    z = np.concatenate([partition(stream, f"stack {i}", int(k), spread=6)[:, None] * rise[i] for i, k in enumerate(count)])[:, 0]
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


def _grafted(place: Place, low: F64, high: F64, side: I64) -> tuple[F64, F64, I64]:
    """Smaller masses hung on the wall's faces, in clusters: hosts and grafts together."""
    stream, n, half = place.stream.sub("grafts"), 130, half_of(place)
    home = stream.whole("cluster", 20, 0, len(low))[np.arange(n) % 20]
    spot = stream.unit("spot", 20)[np.arange(n) % 20], stream.unit("spot up", 20)[np.arange(n) % 20]
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
