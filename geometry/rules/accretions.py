"""What was built on to the masses of a district in mid-air: lumps that stick out of them, and blocks that lie from one to another."""

from __future__ import annotations

import numpy as np

from geometry.key import Stream
from geometry.rules.keepout import pairs
from geometry.rules.masses import F64, I64, columns, power


def tall_first(stream: Stream, name: str, n: int, low: F64, high: F64) -> I64:
    """n rows of masses drawn in proportion to their height."""
    tall = high[:, 2]
    return stream.choice(name, n, (tall * (4096.0 / tall.max())).astype(np.int64) + 1)


def facing(stream: Stream, low: F64, high: F64, axis: int, n: int) -> tuple[F64, F64, F64]:
    """n rays from a mass along +axis to the next: (start, end) points let into both, and the breadth (k,) both share about them.

    The tall are asked first; rays that meet nothing are dropped."""
    source = tall_first(stream, "from", n, low, high)
    other = 1 - axis
    across = low[source, other] + (high - low)[source, other] * stream.between("across", n, 0.15, 0.85)
    z = low[source, 2] + (high - low)[source, 2] * stream.between("z", n, 0.1, 0.9)
    side = [np.ascontiguousarray(edge[:, other]) for edge in (low, high)]
    ray, met = pairs((side[0] < across[:, None]) & (side[1] > across[:, None]))
    ahead = (high[met, 2] > z[ray]) & (low[met, 2] < z[ray]) & (low[met, axis] > high[source[ray], axis])
    ray, met = ray[ahead], met[ahead]
    nearest = np.lexsort((low[met, axis], ray))
    hit, first = np.unique(ray[nearest], return_index=True)
    source, target, across, z = source[hit], met[nearest][first], across[hit], z[hit]
    bite = 0.1 * np.minimum((high - low)[source, axis], (high - low)[target, axis])
    start, end = np.empty((len(hit), 3)), np.empty((len(hit), 3))
    start[:, axis], end[:, axis] = high[source, axis] - bite, low[target, axis] + bite
    start[:, other] = end[:, other] = across
    start[:, 2] = end[:, 2] = z
    rooms = [np.minimum(across - low[row, other], high[row, other] - across) for row in (source, target)]
    rooms += [np.minimum(z - low[row, 2], high[row, 2] - z) for row in (source, target)]
    return start, end, 2.0 * np.minimum.reduce(rooms)


def lumps(stream: Stream, low: F64, high: F64, n: int, limit: float) -> tuple[F64, F64]:
    """Corners of about n boxes stuck into the flanks of tall masses, crowded about a few heights, some reaching far out."""
    home = tall_first(stream, "home", max(n // 4, 1), low, high)[np.arange(n) // 4 % max(n // 4, 1)]
    a, b = low[home], high[home]
    span = b - a
    small = span[:, :2].min(axis=1)
    face = stream.whole("face", n, 0, 4)
    axis, sign, rows = face // 2, np.where(face % 2 == 0, 1.0, -1.0), np.arange(n)
    size = columns([power(stream.unit(f"size {i}", n), 0.16, 0.85) for i in range(3)]) * small[:, None]
    size[:, 2] = np.minimum(size[:, 2] * stream.between("tall", n, 0.6, 2.4), 0.6 * span[:, 2])
    spot = stream.unit("spot", max(n // 4, 1))[np.arange(n) // 4 % max(n // 4, 1)]
    middle = (a + b) / 2
    middle[:, 2] = a[:, 2] + np.clip(spot + stream.between("dz", n, -0.15, 0.15), 0.05, 0.95) * span[:, 2]
    middle[rows, 1 - axis] += stream.between("side", n, -0.5, 0.5) * span[rows, 1 - axis]
    edge = np.where(sign > 0, b[rows, axis], a[rows, axis])
    middle[rows, axis] = edge + sign * stream.between("out", n, -0.1, 0.38) * size[rows, axis]
    lows, highs = middle - size / 2, middle + size / 2
    lows[:, 2] = np.maximum(lows[:, 2], 0.0)
    kept = (np.abs(np.c_[lows[:, :2], highs[:, :2]]).max(axis=1) < limit) & ((highs - lows).min(axis=1) > 0.1 * small)
    return lows[kept], highs[kept]


def lying(stream: Stream, low: F64, high: F64, n: int, reach: float) -> tuple[F64, F64]:
    """Corners of blocks that lie in the air from one mass to the next, their ends let into both."""
    lows, highs = [np.zeros((0, 3))], [np.zeros((0, 3))]
    for axis in (0, 1):
        start, end, room = facing(stream.sub("axis", axis), low, high, axis, n)
        gap = end[:, axis] - start[:, axis]
        half = 0.5 * np.minimum(0.9 * room, 0.5 * gap) * stream.sub("axis", axis).between("girth", len(gap), 0.4, 1.0)
        kept = (gap < reach) & (half > 0.03 * gap)
        side = columns([half, half, half * stream.sub("axis", axis).between("tall", len(gap), 0.5, 1.0)])
        side[:, axis] = 0.0
        lows.append((start - side)[kept])
        highs.append((end + side)[kept])
    return np.concatenate(lows), np.concatenate(highs)
