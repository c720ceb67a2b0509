"""What crosses the void of a canyon: bridges at every height, a curtain of cables, ropes in sheaves."""

from __future__ import annotations

import numpy as np

from geometry.parts import Parts, join
from geometry.place import Place
from geometry.rules.bridge import girders
from geometry.rules.canyon_plan import back_face, half_of, ledge_of, light_at, reach
from geometry.rules.masses import F64, I64, cables, columns, form_of, power

_AHEAD = np.array([1.5, 2.5, 4.4, 3.3, 6.0, 8.2, 5.2, 10.5])
_ABOVE = np.array([-0.16, 0.42, 0.95, -0.75, 0.1, 1.7, -1.5, 0.6])
_WIDE = np.array([0.05, 0.13, 0.08, 0.11, 0.16, 0.12, 0.2, 0.14])
"""The bridges in sight of the ledge: how far ahead of it, above it, and how wide, in halves of the void."""
_SEEN = len(_AHEAD)


Crossings = tuple[F64, F64, F64, F64]


def crossings(place: Place, low: F64, high: F64, side: I64) -> Crossings:
    """(start, end, width, depth) of the bridges between masses (n, 3), their ends let into the walls; the misremembered ones
    stop in the air. Some lie in sight of the ledge, whatever else was drawn."""
    stream, (wide, long, tall), n = place.stream.sub("bridges"), place.size, 22
    y = (np.arange(n) + stream.unit("y", n)) / n * 0.9 * long - 0.42 * long
    z = stream.between("z", n, 0.10, 0.70) * tall
    width = power(stream.unit("width", n), 7.0, 0.03 * wide)
    _, y0, z0 = ledge_of(place)
    half = half_of(place)
    y[:_SEEN], z[:_SEEN] = np.minimum(y0 + half * _AHEAD, 0.45 * long), np.clip(z0 + half * _ABOVE, 0.08 * tall, 0.9 * tall)
    width[:_SEEN] = half * _WIDE
    left, right = reach(low, high, side, y, z, back_face(place))
    short = (stream.unit("short", n) < 0.02 * place.epoch) * stream.between("gap", n, 0.2, 0.6) * (right - left)
    deep = np.minimum(width * stream.between("deep", n, 0.5, 1.1), 0.02 * tall)
    bite = 0.03 * wide
    return columns([left - bite, y, z]), columns([right + bite - short, y, z]), width, deep


def bridges(place: Place, crossed: Crossings) -> Parts:
    """The bridges themselves."""
    start, end, width, deep = crossed
    return girders(place.stream.sub("girders"), start, end, width, deep, light=light_at(start[:, 2], place) * 0.8, year=place.year)


def detailed(place: Place, crossed: Crossings) -> list[Place]:
    """What one finds on the bridges, and the wall of cables (canon P94) that hangs from one of them."""
    start, end, width, deep = crossed
    light = 0.8 * light_at(start[:, 2], place)
    found = []
    for i in range(len(start)):
        x0, x1, y, z = float(start[i, 0]), float(end[i, 0]), float(start[i, 1]), float(start[i, 2])
        tall = 3.2 * float(deep[i])
        size = (x1 - x0, 1.2 * float(width[i]), tall)
        found.append(place.child("bridge", i, ((x0 + x1) / 2, y, z - tall / 2), size, form=form_of(1, float(light[i]))))
    hung = 4 + int(place.stream.one("hung") * 8)
    drop, top = 0.45 * float(start[hung, 2]), float(start[hung, 2] - 1.1 * deep[hung])
    x0, x1 = float(start[hung, 0]), float(end[hung, 0])
    curtain = (0.7 * (x1 - x0), max(12.0, 0.9 * float(width[hung])), drop)
    found.append(place.child("cables", 0, ((x0 + x1) / 2, float(start[hung, 1]), top - drop), curtain, form=form_of(0, float(light[hung]))))
    return found


def ropes(place: Place, low: F64, high: F64, side: I64) -> Parts:
    """Ropes in sheaves: several from one anchor fan out to the other wall."""
    stream, (_wide, long, tall), sheaves, each = place.stream.sub("cables"), place.size, 16, 5
    n = sheaves * each
    home = np.repeat(np.arange(sheaves), each)
    # none passes right before the eye on the ledge
    y0 = ((np.arange(sheaves) + stream.unit("y", sheaves)) / sheaves * 0.70 - 0.26)[home] * long
    z0 = stream.between("z", sheaves, 0.30, 0.86)[home] * tall
    y1 = np.clip(y0 + stream.between("y1", n, -0.01, 0.14) * long, -0.44 * long, 0.44 * long)
    z1 = np.clip(z0 + stream.between("z1", n, -0.05, 0.05) * tall, 0.1 * tall, 0.9 * tall)
    fallback = back_face(place)
    left, _ = reach(low, high, side, y0, z0, fallback)
    _, right = reach(low, high, side, y1, z1, fallback)
    start, end = columns([left - 4.0, y0, z0]), columns([right + 4.0, y1, z1])
    sag = (right - left) * power(stream.unit("sag", n), 0.03, 0.22)
    made = cables(start, end, sag, np.maximum(0.018 * sag, 0.35), light=0.25, year=place.year)
    return join((made, _before_the_eye(place, low, high, side)))


def _before_the_eye(place: Place, low: F64, high: F64, side: I64) -> Parts:
    """Slack ropes from wall to wall in front of the ledge, at every depth, some far above it and some below."""
    stream, n, half, (_, long, tall) = place.stream.sub("slack"), 26, half_of(place), place.size
    _, y, z = ledge_of(place)
    y0 = np.minimum(y + half * power(stream.unit("y", n), 0.9, 7.0), 0.46 * long)
    z0 = np.clip(z + half * stream.between("z", n, -0.5, 1.3), 0.1 * tall, 0.9 * tall)
    y1 = np.clip(y0 + half * stream.between("y1", n, -0.5, 1.6), y + 0.8 * half, 0.46 * long)
    z1 = np.clip(z0 + half * stream.between("z1", n, -0.3, 0.3), 0.1 * tall, 0.9 * tall)
    left, _ = reach(low, high, side, y0, z0, back_face(place))
    _, right = reach(low, high, side, y1, z1, back_face(place))
    sag = (right - left) * power(stream.unit("sag", n), 0.03, 0.25)
    thick = half * power(stream.unit("thick", n), 0.0011, 0.004)
    return cables(columns([left - 4.0, y0, z0]), columns([right + 4.0, y1, z1]), sag, thick, light=0.2, year=place.year)
