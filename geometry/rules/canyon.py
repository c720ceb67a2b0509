"""Canyons: the chasms one walks along for weeks (canon P90). Two walls of stacked, misaligned masses, round towers standing in
the void, bridges, cables, and a ledge to stand on. The void runs along y; the walls stand at -x and +x.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules.bridge import girders
from geometry.rules.drums import drum_towers
from geometry.rules.masses import (
    BACK,
    F64,
    FRONT,
    I64,
    LEFT,
    RIGHT,
    Triple,
    blocks,
    boxes,
    cables,
    columns,
    concretes,
    form_of,
    partition,
    perches,
    power,
    shade,
    sky,
    tints,
)
from geometry.rules.walkway import deck_height
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec

_DECK_WIDTH, _DECK_LENGTH = 9.0, 70.0
_COLUMNS = 9


@dataclass(frozen=True, slots=True)
class Wall:
    """One side of a canyon: boxes stacked in columns, seen as if the void lay at +x."""

    low: F64
    """(n, 3) in a frame whose x grows towards the void from the outer edge of the box at 0."""
    high: F64


def _half(place: Place) -> float:
    """Half the width of the void between the mean wall faces, metres."""
    return place.size[0] * (0.115 + 0.025 * place.stream.one("void"))


def _ledge(place: Place) -> tuple[float, float, float]:
    """(x, y, z) of the middle of the gangway's root, on top of the pier that carries it."""
    _, long, tall = place.size
    return -0.42 * _half(place), -0.30 * long, 0.47 * tall


def viewpoint(place: Place) -> tuple[Triple, Triple]:
    """(eye, focus) in the place's metres: on the gangway, looking along the void, an overhang above to the left."""
    x, y, z = _ledge(place)
    eye = (x + 0.6, y + 0.36 * _DECK_LENGTH, z + 5.2)
    return eye, (eye[0] + 9.0, eye[1] + 100.0, eye[2] + 11.0)


def masses(place: Place) -> tuple[F64, F64, I64]:
    """(low, high, side) of the stacked masses: corners (n, 3) in metres; side 0 stands at -x, 1 at +x."""
    pad = 0.04 * min(place.size)
    found = [_wall(place.stream.sub("wall", side), place, _half(place), pad) for side in (0, 1)]
    corners = [_sided(wall, side, place.size[0]) for side, wall in enumerate(found)]
    low, high = (np.concatenate([pair[edge] for pair in corners]) for edge in (0, 1))
    return _grafted(place, low, high, np.repeat([0, 1], [len(wall.low) for wall in found]))


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Walls, towers, bridges, cables and the ledge; each stacked mass is a `block` for the eye that comes near."""
    stream, tall, pad = place.stream, place.size[2], 0.04 * min(place.size)
    low, high, side = masses(place)
    light = _light((low[:, 2] + high[:, 2]) / 2, place)
    n = len(low)
    material = concretes(stream, n)
    stacked = boxes(
        low, high, material, exposure=shade(light * stream.between("grime", n, 0.7, 1.0)), tint=tints(stream, n), year=place.year
    )
    groups = [stacked, _back(place, pad), *_floor(place, pad), _overhangs(place, low, high, side), _piers(place, low, high, side)]
    towers, _ = drum_towers(stream.sub("towers"), _tower_plan(place), tall - 2 * pad, lambda z: _light(z, place), place.year)
    groups += [towers, _bridges(place, low, high, side), _cables(place, low, high, side), *_gangway(place)]
    forms = [form_of(FRONT | BACK | (LEFT if right else RIGHT), lit) for right, lit in zip(side.tolist(), light.tolist(), strict=True)]
    stacks = blocks(place, np.arange(n), low, high, forms)
    return Growth(join(groups), (*stacks, *_walkways(place), *_detailed(place, low, high, side), *tenants(place, low, high)))


def _light(z: F64, place: Place) -> F64:
    return sky(place.size[2] - z, 0.55 * place.size[2])


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
    stream, n, half = place.stream.sub("grafts"), 130, _half(place)
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


def _back_face(place: Place) -> float:
    return _half(place) + 0.22 * (place.size[0] / 2 - _half(place))


def _back(place: Place, pad: float) -> Parts:
    """The dark plates behind everything, seen where a mass is missing."""
    wide, long, tall = place.size
    n = 6
    cuts = (partition(place.stream, "back", n, spread=4) - 0.5) * long
    face = _back_face(place)
    top = tall * place.stream.between("back top", 2 * n, 0.72, 0.96)
    low = columns([np.repeat([-wide / 2, face], n), np.tile(cuts[:-1], 2), 0.0])
    high = columns([np.repeat([-face, wide / 2], n), np.tile(cuts[1:], 2), top])
    return boxes(low, high, Material.OLD_CONCRETE, exposure=shade(0.34), tint=tints(place.stream.sub("back"), 2 * n), year=place.year)


def _floor(place: Place, pad: float) -> list[Parts]:
    """What fell: heaps, slabs and low masses on the ground, in the dark."""
    wide, long, tall = place.size
    stream, half, n = place.stream.sub("floor"), _half(place), 60
    side = power(stream.unit("side", n), 0.02, 0.25) * half
    x = stream.between("x", n, -1.0, 1.0) * half
    y = stream.between("y", n, -0.46, 0.46) * long
    high = np.minimum(side * stream.between("high", n, 0.3, 2.4), 0.2 * tall)
    low = columns([x - side, np.maximum(y - side, -long / 2), 0.0])
    heaps = boxes(
        low,
        columns([x + side, np.minimum(y + side, long / 2), high]),
        Material.OLD_CONCRETE,
        exposure=shade(0.14),
        tint=tints(stream, n),
        year=place.year,
    )
    ground = boxes(
        [[-wide / 2, -long / 2, 0.0]], [[wide / 2, long / 2, 0.004 * tall]], Material.GROUND, exposure=shade(0.12), year=place.year
    )
    return [ground, heaps]


def _reach(low: F64, high: F64, side: I64, y: F64, z: F64, fallback: float) -> tuple[F64, F64]:
    """x of the left and right wall's face at (y, z) (m,): the mass that stands furthest into the void there."""
    inside = (low[:, 1] <= y[:, None]) & (high[:, 1] >= y[:, None]) & (low[:, 2] <= z[:, None]) & (high[:, 2] >= z[:, None])
    left = np.where(inside & (side == 0), high[:, 0], -fallback).max(axis=1)
    right = np.where(inside & (side == 1), low[:, 0], fallback).min(axis=1)
    return left, right


def crossings(place: Place, low: F64, high: F64, side: I64) -> tuple[F64, F64, F64, F64]:
    """(start, end, width, depth) of the bridges between masses (n, 3), their ends let into the walls; the misremembered ones
    stop in the air. Three lie in sight of the ledge, whatever else was drawn."""
    stream, (wide, long, tall), n = place.stream.sub("bridges"), place.size, 16
    y = (np.arange(n) + stream.unit("y", n)) / n * 0.9 * long - 0.42 * long
    z = stream.between("z", n, 0.10, 0.70) * tall
    width = power(stream.unit("width", n), 7.0, 0.03 * wide)
    _, y0, z0 = _ledge(place)
    half = _half(place)
    y[:3], z[:3] = y0 + half * np.array([1.5, 2.5, 4.4]), z0 + half * np.array([-0.16, 0.42, 0.95])
    width[:3] = half * np.array([0.05, 0.13, 0.08])
    left, right = _reach(low, high, side, y, z, _back_face(place))
    short = (stream.unit("short", n) < 0.02 * place.epoch) * stream.between("gap", n, 0.2, 0.6) * (right - left)
    deep = np.minimum(width * stream.between("deep", n, 0.5, 1.1), 0.02 * tall)
    bite = 0.03 * wide
    return columns([left - bite, y, z]), columns([right + bite - short, y, z]), width, deep


def _bridges(place: Place, low: F64, high: F64, side: I64) -> Parts:
    start, end, width, deep = crossings(place, low, high, side)
    return girders(place.stream.sub("girders"), start, end, width, deep, light=_light(start[:, 2], place) * 0.8, year=place.year)


def _detailed(place: Place, low: F64, high: F64, side: I64) -> list[Place]:
    """What one finds on the bridges, and the wall of cables (canon P94) that hangs from one of them."""
    start, end, width, deep = crossings(place, low, high, side)
    light = 0.8 * _light(start[:, 2], place)
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


def _cables(place: Place, low: F64, high: F64, side: I64) -> Parts:
    """Ropes in sheaves: several from one anchor fan out to the other wall."""
    stream, (_wide, long, tall), sheaves, each = place.stream.sub("cables"), place.size, 16, 5
    n = sheaves * each
    home = np.repeat(np.arange(sheaves), each)
    # none passes right before the eye on the ledge
    y0 = ((np.arange(sheaves) + stream.unit("y", sheaves)) / sheaves * 0.70 - 0.26)[home] * long
    z0 = stream.between("z", sheaves, 0.30, 0.86)[home] * tall
    y1 = np.clip(y0 + stream.between("y1", n, -0.01, 0.14) * long, -0.44 * long, 0.44 * long)
    z1 = np.clip(z0 + stream.between("z1", n, -0.05, 0.05) * tall, 0.1 * tall, 0.9 * tall)
    fallback = _back_face(place)
    left, _ = _reach(low, high, side, y0, z0, fallback)
    _, right = _reach(low, high, side, y1, z1, fallback)
    start, end = columns([left - 4.0, y0, z0]), columns([right + 4.0, y1, z1])
    sag = (right - left) * power(stream.unit("sag", n), 0.03, 0.22)
    return cables(start, end, sag, np.maximum(0.018 * sag, 0.35), light=0.25, year=place.year)


def _overhangs(place: Place, low: F64, high: F64, side: I64) -> Parts:
    """Great slabs let into a wall, ribbed below; one hangs over the ledge."""
    stream, (_wide, long, tall), n = place.stream.sub("overhangs"), place.size, 6
    at = stream.whole("side", n, 0, 2)
    y = stream.between("y", n, -0.2, 0.44) * long
    z = stream.between("z", n, 0.3, 0.92) * tall
    out = power(stream.unit("out", n), 0.5, 1.1) * _half(place) * 0.6
    long_half = np.minimum(power(stream.unit("long", n), 0.02, 0.07) * long, long / 2 - np.abs(y))
    thick = stream.between("thick", n, 0.006, 0.02) * tall
    face = _half(place)
    a = np.where(at == 0, -face - 0.2 * out, face - out)
    b = np.where(at == 0, -face + out, face + 0.2 * out)
    x, y0, z0 = _ledge(place)
    first = (np.array([[-_back_face(place), y0 - 30.0, z0 + 44.0]]), np.array([[x - 4.0, y0 + 112.0, z0 + 64.0]]))
    lows = np.concatenate([first[0], columns([a, y - long_half, z])])
    highs = np.concatenate([first[1], columns([b, y + long_half, z + thick])])
    light = _light(lows[:, 2], place)
    slabs = boxes(lows, highs, Material.CONCRETE, exposure=shade(light), tint=tints(stream, n + 1), year=place.year)
    return join((slabs, *(_coffers(low, high, float(lit), place.year) for low, high, lit in zip(lows, highs, light, strict=True))))


def _coffers(low: F64, high: F64, light: float, year: float) -> Parts:
    """Ribs both ways under a slab."""
    span = high - low
    pitch = float(max(min(span[0], span[1]) / 12.0, 6.0))
    deep, wide = 0.3 * float(span[2]), 0.14 * pitch
    x = np.arange(low[0] + pitch / 2, high[0] - wide, pitch)
    y = np.arange(low[1] + pitch / 2, high[1] - wide, pitch)
    across = (columns([low[0], y - wide, low[2] - deep]), columns([high[0] - wide, y + wide, low[2] + 1.0]))
    along = (columns([x - wide, low[1], low[2] - 0.7 * deep]), columns([x + wide, high[1] - wide, low[2] + 1.0]))
    look: dict[str, ArrayLike] = {"exposure": shade(0.45 * light), "year": year}
    rim = np.array(
        [
            [high[0] - wide, low[1], low[2] - 1.2 * deep],
            [low[0], low[1], low[2] - 1.2 * deep],
            [low[0], high[1] - wide, low[2] - 1.2 * deep],
        ]
    )
    far = np.array([[high[0] + 0.4, high[1], low[2] + 1.0], [high[0], low[1] + wide, low[2] + 1.0], [high[0], high[1] + 0.4, low[2] + 1.0]])
    edges = boxes(rim, far, Material.CONCRETE, exposure=shade(0.8 * light), year=year)
    return join((boxes(*across, Material.OLD_CONCRETE, **look), boxes(*along, Material.OLD_CONCRETE, **look), edges))


def _piers(place: Place, low: F64, high: F64, side: I64) -> Parts:
    """Pipes and fins that run the whole height of a wall, past every storey."""
    stream, (wide, long, tall), n = place.stream.sub("piers"), place.size, 44
    at = stream.whole("side", n, 0, 2)
    home = stream.between("bundle", n // 4, -0.46, 0.46)[np.arange(n) // 4]
    y = np.clip(home * long + stream.between("y", n, -0.02, 0.02) * long, -0.48 * long, 0.48 * long)
    radius = power(stream.unit("radius", n), 0.0014, 0.014) * wide
    foot = tall * 0.5 * stream.unit("foot", n) * (stream.unit("hangs", n) < 0.5)
    head = np.minimum(foot + tall * stream.between("head", n, 0.2, 0.9), 0.93 * tall)
    left, right = _reach(low, high, side, y, (foot + head) / 2, _back_face(place))
    x = np.where(at == 0, left + 0.6 * radius, right - 0.6 * radius)
    round_ = stream.unit("round", n) < 0.7
    solid = np.where(round_, PROTOTYPE_IDS["drum"], PROTOTYPE_IDS["box"])
    size = columns([2 * radius, 2 * radius, head - foot])
    material = np.where(round_, Material.DARK_STEEL, Material.CONCRETE)
    return parts(
        solid,
        columns([x, y, (foot + head) / 2]),
        size,
        material,
        exposure=shade(_light((foot + head) / 2, place)),
        tint=tints(stream, n),
        year=place.year,
    )


def _tower_plan(place: Place) -> F64:
    """(n, 3): x, y and radius of the round towers in the void; the first stands ahead of the ledge."""
    stream, half, long, n = place.stream.sub("tower plan"), _half(place), place.size[1], 4
    _, y0, _ = _ledge(place)
    radius = stream.between("radius", n, 0.15, 0.24) * half
    y = np.array([y0 + 3.1 * half, y0 + 7.0 * half, y0 + 11.5 * half, y0 + 17.0 * half])
    x = stream.between("x", n, -0.45, 0.45) * half
    x[0], radius[0] = 0.20 * half, 0.25 * half
    kept = y < 0.47 * long
    return columns([x, y, radius])[kept]


def _gangway(place: Place) -> list[Parts]:
    """The pier on which one stands, and the gangway that juts out from it."""
    wide, long, _ = place.size
    x, y, z = _ledge(place)
    light = float(_light(np.array([z]), place)[0])
    pier = boxes([[-wide / 2, -long / 2, 0.0]], [[x + 30.0, y, z - 3.0]], Material.CONCRETE, exposure=shade(light), year=place.year)
    crown = boxes(
        [[x - 60.0, y - 0.1 * long, z - 3.0]], [[x + 14.0, y - 6.0, z + 3.0]], Material.OLD_CONCRETE, exposure=shade(light), year=place.year
    )
    corbel = boxes(
        [[x - 3.5, y - 4.0, z - 16.0]], [[x + 3.5, y + 14.0, z - 2.0]], Material.OLD_CONCRETE, exposure=shade(light * 0.5), year=place.year
    )
    return [pier, crown, corbel]


def tenants(place: Place, low: F64, high: F64) -> list[Place]:
    """Builders of 50 m (canon P71, P72) and bundles of pipes on the free tops of the masses, a stair beside the gangway."""
    stream, (wide, long, tall) = place.stream.sub("tenants"), place.size
    free = perches(low, high, 50.0, np.array([wide / 2, long / 2, tall]))
    free = free[np.argsort(stream.bits("which", len(free)), kind="stable")][:5]
    found = []
    for number, row in enumerate(free.tolist()):
        x, y, z = float(low[row, 0] + high[row, 0]) / 2, float(low[row, 1] + high[row, 1]) / 2, float(high[row, 2])
        light = float(_light(np.array([z]), place)[0])
        if number < 3:
            turns = int(stream.whole("faces", 3, 0, 4)[number])
            found.append(place.child("builder", number, (x, y, z), (50.0, 50.0, 50.0), quarter_turns=turns))
        else:
            size = (min(0.9 * float(high[row, 1] - low[row, 1]), 600.0), 16.0, 11.0)
            found.append(place.child("pipes", number, (x, y, z), size, quarter_turns=1, form=form_of(0, light)))
    x, y, z = _ledge(place)
    found.append(place.child("stair", 0, (x - 24.0, y + 4.0, z - 3.0 - min(150.0, 0.5 * z)), (8.0, 8.0, min(150.0, 0.5 * z))))
    return [*found, *_on_the_ground(place, stream)]


def _on_the_ground(place: Place, stream: Stream) -> list[Place]:
    """Pipes along the bottom of the void, in lengths, among what fell."""
    half, (_, long, tall) = _half(place), place.size
    run, bore = 0.26 * long, min(0.12 * half, 40.0)
    x = stream.between("x", 3, -0.6, 0.6) * half
    size = (run, bore, min(0.7 * bore, 0.1 * tall))
    return [
        place.child("pipes", 10 + i, (float(x[i]), (i - 1) * 0.3 * long, 0.004 * tall), size, quarter_turns=1, form=form_of(0, 0.2))
        for i in range(3)
    ]


def _walkways(place: Place) -> list[Place]:
    """The gangway of the view, somebody standing at its end."""
    x, y, z = _ledge(place)
    size = _DECK_LENGTH, _DECK_WIDTH, 12.0
    return [place.child("walkway", 0, (x, y + _DECK_LENGTH / 2, z - deck_height(size)), size, quarter_turns=1, form=1)]
