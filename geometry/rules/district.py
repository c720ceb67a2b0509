"""Districts: a quarter of the City, 16 to 32 km across. Canyons along its main axis, blocks, piers and towers about them, a great
well, bridges and pipes between; emptiness beside density.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geometry.angle import IDENTITY
from geometry.builders.copies import Room
from geometry.builders.hosts import hosts
from geometry.builders.replay import clad
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules.accretions import facing, lumps, lying
from geometry.rules.bridge import girders
from geometry.rules.canyon_plan import BANK, BANK_TALL
from geometry.rules.drums import drum_towers
from geometry.rules.grounds import ground, quarters, roofs, settled
from geometry.rules.hangings import crowd, hung
from geometry.rules.keepout import Box, clear, meeting
from geometry.rules.lots import Lots, Planted, lots
from geometry.rules.masses import (
    F64,
    I64,
    boxes,
    columns,
    concretes,
    form_of,
    forms_of,
    light_of,
    partition,
    power,
    shade,
    sky,
    spans,
    split,
    tints,
    walls,
)
from geometry.rules.openings import opened
from geometry.rules.prospects import marks
from geometry.rules.shaft import OUTER
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec

_PAD = 0.03
_STRIP = 0.06
"""Width of the canyon strip as a share of the district's."""
_HIGH = (1.2, 2.6)
"""Heights of canyons, in widths of their strip."""
_BLOCKS = 760
"""Masses of a district that unfold, the stoutest; the rest stay as they are."""
_ROOF = 0.25
"""Share of the room over roofs in which nothing may hang: seldom does a machine rise higher, and bodies stand on podiums everywhere."""
_VILLAGES = 6
"""Villages in a district where everybody lives."""
_VILLAGE, _VILLAGE_TALL, _BUILDER = 512.0, 300.0, 1000.0
"""Metres across and over the ground of a village, and across a Builder of the largest class."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """The plan, its masses, and what runs between them."""
    stream = place.stream
    (low, high, rank), free = _planned(place)
    n = len(low)
    light = _light(low, high, place)
    material = concretes(stream, n)
    solid = np.where(
        rank == 3,
        np.where(stream.unit("banded", n) < 0.12, PROTOTYPE_IDS["banded_drum"], PROTOTYPE_IDS["drum"]),
        np.where(stream.unit("stack", n) < 0.10, PROTOTYPE_IDS["stack"], PROTOTYPE_IDS["box"]),
    )
    drawn = boxes(low, high, material, solid=solid, exposure=shade(light), tint=tints(stream, n), year=place.year)
    size = high - low
    upright = np.flatnonzero((rank != 3) & (size[:, 2] > 0.12 * size[:, :2].max(axis=1)))
    rows = np.sort(upright[np.argsort(-size[upright].min(axis=1), kind="stable")[:_BLOCKS]])
    plots = lots(place, rows, low[rows], high[rows])
    canyons, banks = _canyons(place)
    special, hulls = _specials(place, spec, free, (low, high))
    piers, foot, head = _piers(place)
    stand = crowd(place, join((banks, hulls)), (), (foot, head))
    forms, drawn, doors = opened(plots, np.array(forms_of(0, light[rows])), drawn, rows, stand, _ROOF)
    planned = (plots, forms), (lots(place, len(low) + np.arange(len(foot)), foot, head), np.full(len(foot), form_of(0, 0.85)))
    spanned = [crossings(place, low, high, axis) for axis in (0, 1)]
    groups = [
        ground(place, _bed(place)),
        roofs(place, low, high, light),
        drawn,
        clear(join([quarters(place, low, high, light, spec.inhabited_fraction), _built_on(place, low, high)]), *doors),
        banks,
        hulls,
        piers,
        *(_crossings(place, axis, *spanned[axis]) for axis in (0, 1)),
        _mains(place, low, high),
    ]
    made, others = join(groups), (*canyons, *special, *_detailed(place, spanned))

    def settled(plots: Lots, forms: I64) -> I64:
        for row, bits in marks(stream, rows, low, high, (foot, head), (banks, hulls)).items():
            forms[row] += bits
        return hung(plots, forms, crowd(place, made, others), _ROOF)

    return Growth(made, Planted(place, planned, others, settled))


def _built_on(place: Place, low: F64, high: F64) -> Parts:
    """What Builders added to the largest masses from memory (canon S49)."""
    largest = np.argsort(-((high - low)[:, 2] * (high - low)[:, :2].min(axis=1)), kind="stable")[:50]
    bodies = hosts(((low + high) / 2)[largest], (high - low)[largest])
    half = np.array([place.size[0] / 2, place.size[1] / 2, 0.0])
    room = Room(-half, np.array([half[0], half[1], place.size[2]]))
    return clad(
        place.stream.sub("clad"), bodies, epoch=place.epoch, detail=2, year=place.year, unit=0.0012 * place.size[0], budget=560, room=room
    )


def _light(low: F64, high: F64, place: Place) -> F64:
    top = float(np.sort(high[:, 2])[-max(len(high) // 10, 1)])
    return sky(top - high[:, 2], 1.2 * top)


def _strip(place: Place) -> tuple[float, float]:
    """(x of the middle, width) of the canyon strip."""
    wide = place.size[0]
    return (place.stream.one("axis") - 0.5) * 0.3 * wide, _STRIP * wide


def _bed(place: Place) -> Box:
    """Corners of the strip that the canyons lie in, up to where the highest may end."""
    (middle, strip), (_, long, tall) = _strip(place), place.size
    along, top = long * (0.5 - _PAD), min(_HIGH[1] * strip, 0.8 * tall)
    return np.array([middle - strip / 2, -along, 0.0]), np.array([middle + strip / 2, along, top])


def _plots(place: Place) -> tuple[F64, F64]:
    """Plots (n, 2) low and high corners either side of the canyon strip, split until they are a mile or so across."""
    wide, long, _ = place.size
    middle, strip = _strip(place)
    edge = wide / 2 * (1 - 2 * _PAD)
    x0, x1 = np.array([-edge, middle + strip / 2]), np.array([middle - strip / 2, edge])
    on = walls(columns([(x0 + x1) / 2, 0.0, 0.0]), IDENTITY, x1 - x0, long * (1 - 2 * _PAD), 1.0, 1.0)
    found = split(place.stream.sub("plan"), on, leaf=0.027 * wide, levels=11, chaos=min(place.epoch / 10.0, 1.0), group_level=4)
    shift = columns([(x0 + x1) / 2, 0.0])[found.wall]
    return found.low + shift, found.high + shift


def masses(place: Place) -> tuple[F64, F64, F64]:
    """(low, high, rank) of every mass: a podium, a body, what stands on the body; rank 3 is round."""
    return _planned(place)[0]


def _planned(place: Place) -> tuple[tuple[F64, F64, F64], F64]:
    """The masses, and the middles (m, 2) of the plots that stay empty: one in six."""
    stream, (wide, _, tall) = place.stream.sub("masses"), place.size
    a, b = _plots(place)
    kept = stream.unit("empty", len(a)) > 0.16
    free = ((a + b) / 2)[~kept]
    a, b = a[kept], b[kept]
    n = len(a)
    street = (b - a).min(axis=1)[:, None] * stream.between("street", n, 0.02, 0.13)[:, None]
    a, b = a + street, b - street
    across = (b - a).min(axis=1)
    near = 1.0 / (1.0 + np.abs((a[:, 0] + b[:, 0]) / 2 - _strip(place)[0]) / (0.15 * wide))
    body = np.minimum(across * power(stream.unit("body", n), 1.1, 15.0) * (0.5 + near), 0.8 * tall)
    kind = stream.choice("kind", n, (42, 26, 20, 12))
    podium = body * stream.between("podium", n, 0.06, 0.3)
    rows = [(np.c_[a, np.zeros(n)], np.c_[b, podium], np.zeros(n))]
    z = podium
    for tier in range(4):
        share = stream.between(f"tier {tier}", n, 0.2, 0.6)
        inset = (b - a) * columns([stream.unit(f"ix {tier}", n), stream.unit(f"iy {tier}", n)]) * (0.10 + 0.06 * tier)
        lean = columns([stream.unit(f"lx {tier}", n), stream.unit(f"ly {tier}", n)])
        low2, high2 = a + inset * lean, b - inset * (1.0 - lean)
        top = np.minimum(z + np.maximum(share * (body - z), 0.05 * across), 0.9 * tall)
        there = kind >= np.array([0, 1, 1, 2])[tier]
        rows.append((np.c_[low2, z][there], np.c_[high2, top][there], np.where(kind == 3, 3.0, 1.0)[there]))
        z, a, b = np.where(there, top, z), np.where(there[:, None], low2, a), np.where(there[:, None], high2, b)
    low, high, rank = (np.concatenate([row[i] for row in rows]) for i in range(3))
    flat = np.flatnonzero(rank != 3.0)
    grown = lumps(stream, low[flat], high[flat], 320, 0.47 * wide), lying(stream, low[flat], high[flat], 40, 0.08 * wide)
    lows, highs = (np.concatenate([pair[edge] for pair in grown]) for edge in (0, 1))
    bed = _bed(place)
    apart = ((highs <= bed[0]) | (lows >= bed[1])).any(axis=1)
    lows, highs = lows[apart], highs[apart]
    found = np.concatenate([low, lows]), np.concatenate([high, highs]), np.concatenate([rank, np.ones(len(lows))])
    return found, free


def _canyons(place: Place) -> tuple[list[Place], Parts]:
    """A chain of canyons along the main axis; the parent draws the solid outer part of their walls."""
    stream, (_wide, long, tall) = place.stream.sub("canyons"), place.size
    middle, strip = _strip(place)
    n = int(max(round(long * (1 - 2 * _PAD) / (3.2 * strip)), 1))
    cuts = (partition(stream, "chain", n, spread=2) - 0.5) * long * (1 - 2 * _PAD)
    high = np.minimum(strip * stream.between("high", n, *_HIGH), 0.8 * tall)
    places = [
        place.child("canyon", i, (middle, float(cuts[i] + cuts[i + 1]) / 2, 0.0), (strip, float(cuts[i + 1] - cuts[i]), float(high[i])))
        for i in range(n)
    ]
    inner, outer = (share * strip for share in BANK)
    low = columns([np.repeat([middle - outer, middle + inner], n), np.tile(cuts[:-1], 2), 0.0])
    top = columns(
        [
            np.repeat([middle - inner, middle + outer], n),
            np.tile(cuts[1:], 2),
            np.tile(high, 2) * stream.between("bank", 2 * n, 0.5, BANK_TALL),
        ]
    )
    return places, boxes(low, top, Material.OLD_CONCRETE, exposure=shade(0.5), tint=tints(stream, 2 * n), year=place.year)


def _clear_spots(spots: F64, low: F64, high: F64, wide: float, tall: float) -> F64:
    """Those of some spots (n, 2) on which a square `wide` metres across and `tall` high meets no mass."""
    a, b = (np.c_[spots + side * wide / 2, np.full(len(spots), height)] for side, height in ((-1.0, 0.0), (1.0, tall)))
    free = np.ones(len(spots), bool)
    free[meeting(low, high, a, b)[1]] = False
    return np.asarray(spots[free])


def _specials(place: Place, spec: CitySpec, free: F64, masses: tuple[F64, F64]) -> tuple[list[Place], Parts]:
    """One great well, one tower, Builders at work, and seldom a village. What people and Builders need is open ground: a `free` plot
    (n, 2) that no mass reaches over."""
    stream, (wide, long, tall) = place.stream.sub("specials"), place.size
    side = -1.0 if _strip(place)[0] > 0 else 1.0
    x, y = side * 0.33 * wide, stream.between("y", 2, -0.36, 0.36) * long
    well = 0.09 * wide
    tower = 0.11 * wide
    high = min(7.0 * tower, tall)
    found = [
        place.child("shaft", 0, (x, float(y[0]), 0.0), (well, well, min(2.4 * well, tall))),
        place.child("tower", 0, (-side * 0.38 * wide, float(y[1]), 0.0), (tower, tower, high)),
    ]
    spot = stream.between("forest", 2, -0.42, 0.42)
    forest = (0.02 * wide, 0.02 * wide, min(0.12 * wide, tall))
    found.append(place.child("pipes", 0, (float(spot[0]) * wide, float(spot[1]) * long, 0.0), forest, form=form_of(1, 0.7)))
    taken = np.array([[x, float(y[0]), 1.2 * well], [-side * 0.38 * wide, float(y[1]), 1.2 * tower]])
    hulls = np.c_[taken[:, :2] - taken[:, 2:] / 2, [0.0, 0.0]], np.c_[taken[:, :2] + taken[:, 2:] / 2, [tall, tall]]
    walls = np.concatenate([masses[0], hulls[0]]), np.concatenate([masses[1], hulls[1]])
    if place.epoch > 1.0:
        open_ = _clear_spots(free, *walls, _BUILDER, _BUILDER)[:2]
        found += [place.child("builder", i, (*spot, 0.0), (_BUILDER, _BUILDER, _BUILDER)) for i, spot in enumerate(open_.tolist())]
    count = int(min(stream.one("village") + 0.35 * settled(spec.inhabited_fraction), _VILLAGES))
    open_ = _clear_spots(free, *walls, _VILLAGE, _VILLAGE_TALL)[2:][::-1][:count]
    found += [place.child("village", i, (*spot, 0.0), (_VILLAGE, _VILLAGE, _VILLAGE_TALL)) for i, spot in enumerate(open_.tolist())]
    tube = parts(
        "tube",
        [[x, float(y[0]), min(2.4 * well, tall) / 2]],
        (OUTER * well, OUTER * well, min(2.4 * well, tall)),
        Material.OLD_CONCRETE,
        exposure=shade(0.5),
        year=place.year,
    )
    drum = parts(
        "drum",
        [[-side * 0.38 * wide, float(y[1]), 0.42 * high]],
        (0.2 * tower, 0.2 * tower, 0.84 * high),
        Material.DARK_STEEL,
        exposure=shade(0.7),
        year=place.year,
    )
    return found, join((tube, drum))


def _piers(place: Place) -> tuple[Parts, F64, F64]:
    """A few columns that rise past everything, the round ones to the top of the district; and the corners of the square ones."""
    stream, (wide, long, tall), n = place.stream.sub("piers"), place.size, 9
    half = power(stream.unit("half", n), 0.005, 0.024) * wide
    x, y = stream.between("x", n, -0.44, 0.44) * wide, stream.between("y", n, -0.44, 0.44) * long
    round_ = np.arange(n) < 3
    (middle, strip), away = _strip(place), 1.2 * half  # none of them in a canyon
    x = np.where(np.abs(x - middle) < strip / 2 + away, middle + np.where(x < middle, -1.0, 1.0) * (strip / 2 + away), x)
    plan = columns([x, y, half * 1.2])[round_]
    towers, _ = drum_towers(stream.sub("round"), plan, 0.985 * tall, lambda z: np.full(len(z), 0.8), place.year, slender=3.4, solid="drum")
    x, y, half = x[~round_], y[~round_], half[~round_]
    high = 0.96 * tall * power(stream.unit("high", n), 0.2, 1.0)[~round_]
    look: dict[str, ArrayLike] = {"exposure": shade(0.85), "tint": tints(stream, len(x)), "year": place.year}
    low, top = columns([x - half, y - half, 0.0]), columns([x + half, y + half, high])
    return join((towers, boxes(low, top, Material.MEGASTRUCTURE, **look))), low, top


def crossings(place: Place, low: F64, high: F64, axis: int) -> tuple[F64, F64, F64]:
    """(start, end, width) of the bridges from mass to mass along x (0) or y (1); forgetful Builders stop some of them short."""
    stream, wide = place.stream.sub("bridges", axis), place.size[0]
    start, end, _ = facing(stream, low, high, axis, 70)
    n = len(start)
    reach = end[:, axis] - start[:, axis]
    end[:, axis] -= reach * (stream.unit("short", n) < 0.02 * place.epoch) * stream.between("gap", n, 0.2, 0.6)
    width = np.minimum(power(stream.unit("width", n), 0.0012, 0.008) * wide, 0.7 * start[:, 2])
    kept = reach < 0.16 * wide
    return start[kept], end[kept], width[kept]


def _detailed(place: Place, spanned: list[tuple[F64, F64, F64]]) -> list[Place]:
    """The widest bridges of either axis as places, for what one finds on them: rails, lamps, what was left on the way."""
    light, found = 0.55 * light_of(place.form), []
    for axis, (start, end, width) in enumerate(spanned):
        for number, row in enumerate(np.argsort(-width, kind="stable")[:16].tolist()):
            tall, wide = 2.4 * float(width[row]), 1.2 * float(width[row])
            middle = (start[row] + end[row]) / 2
            length = float(end[row, axis] - start[row, axis])
            if length < 2.0 * wide or middle[2] < tall / 2:
                continue
            at = (float(middle[0]), float(middle[1]), float(middle[2]) - tall / 2)
            found.append(place.child("bridge", 100 * axis + number, at, (length, wide, tall), quarter_turns=axis, form=form_of(1, light)))
    return found


def _crossings(place: Place, axis: int, start: F64, end: F64, width: F64) -> Parts:
    light = np.full(len(start), 0.55) * light_of(place.form)
    return girders(place.stream.sub("girders", axis), start, end, width, 0.9 * width, light=light, year=place.year)


def _mains(place: Place, low: F64, high: F64) -> Parts:
    """Pipes from mass to mass, in threes."""
    groups = []
    for axis in (0, 1):
        stream = place.stream.sub("mains", axis)
        start, end, _ = facing(stream, low, high, axis, 14)
        n = len(start)
        bore = np.minimum(power(stream.unit("bore", n), 0.0008, 0.004) * place.size[0], start[:, 2])
        rank = np.tile([-1.3, 0.0, 1.3], n)[:, None]
        shift = rank * np.repeat(bore, 3)[:, None] * np.eye(3)[1 - axis]
        centre, length, rotation = spans(np.repeat(start, 3, axis=0) + shift, np.repeat(end, 3, axis=0) + shift)
        thick = np.repeat(bore, 3)
        groups.append(
            parts(
                "pipe",
                centre,
                columns([length, thick, thick]),
                Material.DARK_STEEL,
                rotation=rotation,
                exposure=shade(0.4),
                tint=tints(stream, 3 * n),
                year=place.year,
            )
        )
    return join(groups)
