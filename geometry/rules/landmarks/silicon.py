"""A region of Silicon Life in a district of its own (canon S87, S104)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from geometry.angle import multiply, turn
from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules.furnish import points, spokes, yaw
from geometry.rules.landmarks.setting import amid, cleared
from geometry.rules.masses import F64, boxes, cables, power, shade, spans, tints
from geometry.rules.walkway import deck_height
from geometry.spec import CitySpec


def unfold(place: Place, spec: CitySpec) -> Growth:
    """What Silicon Life makes of a quarter: rib cages as large as stations on what stood there, sinews between."""
    cages = [_cage(place, number) for number in range(5)]
    groups, spines = [cage[0] for cage in cages], np.concatenate([cage[1] for cage in cages])
    stream, n = place.stream.sub("sinews"), 110
    start = spines[stream.whole("from", n, 0, len(spines))]
    end = np.where(
        (stream.unit("down", n) < 0.5)[:, None],
        start * [1.0, 1.0, 0.0] + points(stream.between("bx", n, -700.0, 700.0), stream.between("by", n, -700.0, 700.0), 6.0),
        spines[stream.whole("to", n, 0, len(spines))],
    )
    end[:, :2] = np.clip(end[:, :2], -2560.0, 2560.0)
    sinews = cables(
        start, end, stream.between("sag", n, 30.0, 260.0), power(stream.unit("thick", n), 2.0, 22.0), light=0.4, year=place.year
    )
    m = 90
    f, r = stream.unit("pod f", m), 260.0 + 2000.0 * stream.unit("pod r", m)
    half = power(stream.unit("pod", m), 14.0, 150.0)
    pods = parts(
        "dome",
        spokes(f) * r[:, None] + points(0, 0, half * 0.6),
        np.stack([half, half, half * 1.4], axis=-1),
        Material.BUILDER,
        exposure=shade(0.4),
        tint=tints(stream, m),
        year=place.year,
    )
    eyes = parts(
        "drum",
        spokes(f[::3]) * r[::3, None] + points(0, 0, half[::3] * 1.32),
        np.stack([half[::3] * 0.08] * 3, axis=-1),
        Material.WARM_LIGHT,
        exposure=255,
        year=place.year,
    )
    size = (90.0, 7.0, 10.0)
    way = place.child("walkway", 0, (-120.0, -2050.0, 420.0 - deck_height(size)), size, quarter_turns=1, form=1)
    pier = boxes([[-150.0, -2330.0, 0.0]], [[-90.0, -2092.0, 417.0]], Material.OLD_CONCRETE, exposure=shade(0.5), year=place.year)
    return amid(place, spec, [*groups, sinews, pods, eyes, pier], [way], cleared(2600.0), high=4200.0)


def _cage(place: Place, number: int) -> tuple[Parts, F64]:
    """A spine that bends, its vertebrae, and a pair of ribs to each, like the vault of a nave; and (n, 3) where the spine runs."""
    stream, n = place.stream.sub("cage", number), 34
    size = 1.0 if number == 0 else float(power(stream.one("size"), 0.35, 0.9))
    at, turns = _course(stream, number, n, 118.0 * size)
    k = np.arange(n) / (n - 1)
    swell = size * (0.45 + 2.2 * k * (1.0 - k))
    inside = np.asarray((np.abs(at[:, :2]) < 2500.0).all(axis=1))
    pieces = [_spine(place, stream, at, turns, swell, 118.0 * size)[inside], _spikes(place, at, turns, swell)[inside]]
    for side in (-1.0, 1.0):
        pieces += [each[inside] for each in _ribs(place, stream, at, spokes((turns + 0.25) % 1.0) * side, swell)]
    return join(pieces), (at + points(0, 0, 900.0 * swell))[inside]


def _course(stream: Stream, number: int, n: int, step: float) -> tuple[F64, F64]:
    """(n, 3) where the vertebrae stand and (n,) their headings; the first cage runs before who comes."""
    heading = 0.25 + stream.between("heading", 1, -0.07, 0.07)[0] if number == 0 else float(stream.one("heading"))
    turns = (heading + np.cumsum(np.full(n, stream.between("bend", 1, -0.004, 0.004)[0]))) % 1.0
    at = np.zeros((n, 3)) + (np.array([60.0, -1500.0, 0.0]) if number == 0 else np.r_[stream.between("at", 2, -1300.0, 1300.0), 0.0])
    way = spokes(turns) * step
    for i in range(1, n):
        at[i] = at[i - 1] + way[i]
    return at, turns


def _spine(place: Place, stream: Stream, at: F64, turns: F64, swell: F64, step: float) -> Parts:
    """The vertebrae, on high: the higher, the farther they swell."""
    n = len(at)
    size = np.stack([0.86 * np.full(n, step), 130.0 * swell, 150.0 * swell], axis=-1)
    return parts(
        "chamfer", at + points(0, 0, 900.0 * swell), size, Material.BUILDER,
        rotation=yaw(turns), exposure=shade(0.55), tint=tints(stream, n), year=place.year,
    )  # fmt: skip


def _spikes(place: Place, at: F64, turns: F64, swell: F64) -> Parts:
    """A thorn on each vertebra, leaning back."""
    size = np.stack([50.0 * swell, 50.0 * swell, 230.0 * swell], axis=-1)
    rotation = multiply(yaw(turns), turn("y", np.full(len(at), -0.35)))
    where = at + points(0, 0, 900.0 * swell + 150.0 * swell)
    return parts("cone", where, size, Material.BUILDER, rotation=rotation, exposure=shade(0.6), year=place.year)


_BOW = ((0.03, 1.0), (0.34, 1.03), (0.6, 0.9), (0.76, 0.68), (0.8, 0.44), (0.72, 0.22), (0.56, 0.06), (0.4, -0.02))
"""A rib from the spine to the ground: how far out and how high, in parts of the spine's height."""


def _ribs(place: Place, stream: Stream, at: F64, across: F64, swell: F64) -> Iterator[Parts]:
    """The ribs of one side, a joint of all of them at a time, thinner to the ground."""
    high, n = 900.0 * swell, len(at)
    for number, ((a0, z0), (a1, z1)) in enumerate(pairwise(_BOW)):
        start = at + across * (a0 * high)[:, None] + points(0, 0, np.maximum(z0, 0.0) * high)
        end = at + across * (a1 * high)[:, None] + points(0, 0, np.maximum(z1, 0.0) * high)
        centre, length, rotation = spans(start, end)
        thick = 62.0 * swell * (1.0 - 0.1 * number)
        yield parts(
            "pipe", centre, np.stack([length * 1.12, thick, thick], axis=-1), Material.BUILDER if number % 3 else Material.DARK_STEEL,
            rotation=rotation, exposure=shade(0.5), tint=tints(stream, n), year=place.year,
        )  # fmt: skip
