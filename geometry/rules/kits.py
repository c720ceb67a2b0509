"""Kits of the colossal works of a layer's floor, each a repertoire of a few in a unit box, which a clan raises again and again at any size.

Canon's motif library (part 5) at the scale of voids: buttress, arcade, bridge, tank, slab tower, anchor cable, girder. Each has a great
mass, what articulates it, and small detail, so that its size is told from afar.
"""

from __future__ import annotations

import numpy as np

from geometry.key import Stream
from geometry.material import Material
from geometry.rules.kit import SIDES, Piece, Repertoire, derrick, girder, lamp

BUTTRESS, TRENCH, VIADUCT, TERRACES, SILOS, CLUSTER, MESA, HUNG, CRANE = range(9)
DECK, TOP = 0.36, 0.62
"""Heights of a hung bridge's deck and of a mesa's plateau in their boxes."""
_MEGA, _OLD, _NEW, _DARK = Material.MEGASTRUCTURE, Material.OLD_CONCRETE, Material.CONCRETE, Material.DARK_STEEL


def _buttressed(stream: Stream) -> list[Piece]:
    """A length of a wall to the ceiling: arches at its foot, stepped buttresses with pinnacles on both sides, pilasters and cornices."""
    foot = 0.40 + 0.14 * stream.one("arch")
    made = [Piece("arch", (x, 0.0, foot / 2), (0.5, 0.26, foot), _MEGA) for x in (-0.25, 0.25)]
    made.append(Piece("box", (0.0, 0.0, (1.0 + foot) / 2), (1.0, 0.22, 1.0 - foot), _MEGA))
    made += [
        Piece("box", (0.0, 0.0, z), (1.0, wide, high), _OLD)
        for z, wide, high in ((foot, 0.34, 0.02), (0.8, 0.28, 0.012), (0.975, 0.42, 0.05))
    ]
    made += [lamp((0.0, side * 0.115, foot + 0.05), (0.86, 0.02, 0.006)) for side in SIDES]
    made += [
        Piece("box", (x, side * 0.12, (0.95 + foot) / 2), (0.018, 0.05, 0.95 - foot), _NEW)
        for x in (-0.36, -0.2, 0.2, 0.36)
        for side in SIDES
    ]
    for x in (-0.44, 0.0, 0.44):
        for side in SIDES:
            tall = 0.55 + 0.2 * stream.sub("rise", len(made)).one("tall")
            made += [
                Piece("box", (x, side * 0.31, 0.12), (0.11, 0.38, 0.24), _OLD),
                Piece("box", (x, side * 0.26, 0.33), (0.09, 0.28, 0.20), _NEW),
                Piece("wedge", (x, side * 0.22, 0.43 + (tall - 0.43) / 2), (0.07, 0.24, tall - 0.43), _NEW, 3 if side > 0 else 1),
                Piece("chamfer", (x, side * 0.45, 0.32), (0.07, 0.09, 0.18), _MEGA),
                Piece("frustum", (x, side * 0.45, 0.44), (0.07, 0.09, 0.07), _DARK),
            ]
    return made


def _trench(stream: Stream) -> list[Piece]:
    """A length of a canyon: two masses in terraces, with fins, lines of light, stores on their roofs, and girders from one to the other."""
    made = list[Piece]()
    for side in SIDES:
        own = stream.sub("mass", int(side > 0))
        steps = ((0.34, 0.335, 0.0, 0.46), (0.25, 0.375, 0.46, 0.74), (0.15, 0.425, 0.74, 1.0))
        for level, (wide, y, low, high) in enumerate(steps):
            for part, x in enumerate((-0.25, 0.25)):
                drawn = own.sub("length", 2 * level + part).one("tall")
                if level and drawn < 0.18:
                    continue
                top = high - 0.1 * drawn * (high - low) * level
                made.append(
                    Piece(
                        "box" if level < 2 else "stack", (x, side * y, (low + top) / 2), (0.5, wide, top - low), (_OLD, _NEW, _NEW)[level]
                    )
                )
            made.append(lamp((0.0, side * (y - wide / 2), high - 0.03), (0.9, 0.008, 0.008)))
        made += [Piece("box", (x, side * 0.16, 0.2), (0.022, 0.03, 0.4), _MEGA) for x in (-0.42, -0.25, -0.08, 0.08, 0.25, 0.42)]
        made += [Piece("box", (x, side * 0.49, 0.31), (0.05, 0.02, 0.62), _MEGA) for x in (-0.4, -0.13, 0.13, 0.4)]
        kinds = ("drum", "box", "frustum")
        made += [
            Piece(kinds[i % 3], (-0.42 + 0.12 * i, side * 0.22, 0.46 + rise / 2), (0.06, 0.06, rise), _DARK)
            for i, rise in enumerate((0.03 + 0.09 * own.unit("roof", 8)).tolist())
        ]
    for at, z in zip(stream.between("bridge", 3, -0.45, 0.45).tolist(), (0.36, 0.44, 0.7), strict=True):
        made.append(Piece("truss", (at, 0.0, z), (0.05, 0.4 if z < 0.5 else 0.56, 0.05), _DARK, 1))
    made.append(Piece("pipe", (0.0, 0.05, 0.03), (1.0, 0.05, 0.06), _DARK))
    return made


def _viaduct(stream: Stream) -> list[Piece]:
    """A length of an artery on two tiers of arches, with a pipe on its deck and lamps along it."""
    tier = 0.55 + 0.1 * stream.one("tier")
    lower = 2 if stream.one("spans") < 0.6 else 1
    upper = 3 * lower
    made = [Piece("arch", ((i + 0.5) / lower - 0.5, 0.0, tier / 2), (1.0 / lower, 0.8, tier), _OLD) for i in range(lower)]
    made += [Piece("arch", ((i + 0.5) / upper - 0.5, 0.0, tier + 0.14), (1.0 / upper, 0.56, 0.26), _NEW) for i in range(upper)]
    made.append(Piece("box", (0.0, 0.0, tier), (1.0, 0.94, 0.025), _NEW))
    made.append(Piece("box", (0.0, 0.0, tier + 0.285), (1.0, 0.8, 0.04), _MEGA))
    made += [Piece("box", (0.0, side * 0.39, tier + 0.32), (1.0, 0.04, 0.03), _NEW) for side in SIDES]
    made.append(Piece("pipe", (0.0, 0.1, tier + 0.35), (1.0, 0.24, 0.07), Material.STEEL))
    made += [lamp((x, 0.41 * side, tier + 0.285), (0.1, 0.02, 0.012)) for x in (-0.375, -0.125, 0.125, 0.375) for side in SIDES]
    made += [Piece("chamfer", (i / lower - 0.5, 0.0, 0.04), (0.22 / lower, 1.0, 0.08), _MEGA) for i in range(lower)]
    made += [Piece("box", (i / lower - 0.5, side * 0.42, 0.2), (0.12 / lower, 0.12, 0.4), _MEGA) for i in range(lower) for side in SIDES]
    return made


def _terraced(stream: Stream) -> list[Piece]:
    """A stepped massif: setbacks with a line of light under each edge, fins up its lower steps, works on its terraces, towers on top."""
    made, low, side, x, y = list[Piece](), 0.0, 1.0, 0.0, 0.0
    for level, drawn in enumerate(stream.unit("step", 5).tolist()):
        own, high = stream.sub("level", level), low + (0.24 - 0.03 * level) * (0.72 + 0.33 * drawn)
        made.append(
            Piece(
                ("box", "box", "stack", "box", "stack")[level],
                (x, y, (low + high) / 2),
                (side, side * 0.97, high - low),
                (_OLD, _NEW)[level % 2],
            )
        )
        made.append(lamp((x, y, high - 0.014), (side * 1.006, side * 0.976, 0.007)))
        if level < 3:
            made += [Piece("box", (x + side * at, y + face * side * 0.49, (low + high) / 2), (0.035 * side, 0.04 * side, high - low), _MEGA)
                     for at in (-0.38, -0.13, 0.13, 0.38) for face in SIDES]  # fmt: skip
        next_side = side * (0.68 + 0.14 * own.one("back"))
        play = (side - next_side) / 2
        if level < 4:
            rises = (0.03 + 0.06 * own.unit("works", 5)).tolist()
            solid, back, girth = ("drum", "frustum", "box")[level % 3], y + side / 2 - play * 0.6, 0.08 * side
            made += [Piece(solid, (x + side * (0.18 * i - 0.36), back, high + rise / 2), (girth, girth, rise), _DARK)
                     for i, rise in enumerate(rises)]  # fmt: skip
        x, y = x + play * (own.one("x") - 0.5), y - 0.6 * play * own.one("y")
        low, side = high, next_side
    for i, tall in enumerate((0.4 + 0.6 * stream.unit("tower", 3)).tolist()):
        top = low + (1.0 - low) * tall
        made.append(Piece("chamfer", (x + side * (0.3 * i - 0.3), y, (low + top) / 2), (0.22 * side, 0.3 * side, top - low), _MEGA))
    return made


def _silos(stream: Stream) -> list[Piece]:
    """Drums on a common slab, hooped and capped, with pipes from one to the next."""
    made = [Piece("chamfer", (0.0, 0.0, 0.03), (1.0, 1.0, 0.06), _OLD)]
    spots = [(x, y) for x in (-0.25, 0.25) for y in (-0.25, 0.25)]
    talls = (np.array([0.9, 0.55, 0.55, 0.55]) + [0.05, 0.35, 0.35, 0.35] * stream.unit("tall", 4)).tolist()
    for (x, y), tall, girth in zip(spots, talls, stream.between("girth", 4, 0.34, 0.46).tolist(), strict=True):
        made.append(Piece("drum", (x, y, tall / 2), (girth, girth, tall), _NEW))
        made += [Piece("drum", (x, y, tall * share), (1.07 * girth, 1.07 * girth, 0.022), _MEGA) for share in (0.3, 0.62, 0.93)]
        made.append(Piece("cone", (x, y, tall + 0.025), (0.9 * girth, 0.9 * girth, 0.05), _DARK))
        made.append(lamp((x, y, tall * 0.93 + 0.014), (0.72 * girth, 0.72 * girth, 0.05)))
        made += [Piece("box", (x + 0.5 * girth * side, y, 0.45 * tall), (0.03, 0.05, 0.9 * tall), _DARK) for side in SIDES]
    for z in (0.34, 0.5):
        made.append(Piece("pipe", (0.0, -0.25, z * talls[0] * 1.2), (0.5, 0.05, 0.05), Material.STEEL))
        made.append(Piece("pipe", (0.25, 0.0, z * talls[2]), (0.05, 0.5, 0.05), Material.STEEL, 1))
        made += girder((-0.25, 0.0, z * talls[1] * 1.1), (0.04, 0.4, 0.04))
    return made


def _cluster(stream: Stream) -> list[Piece]:
    """Towers side by side, of which three reach the ceiling, on one plinth; slabs and girders tie them at some heights."""
    made = [Piece("chamfer", (0.0, 0.0, 0.03), (1.0, 1.0, 0.06), _OLD), Piece("chamfer", (0.0, 0.0, 0.08), (0.8, 0.8, 0.05), _MEGA)]
    solids = ("chamfer", "stack", "cross", "box", "prism", "stack", "chamfer", "box")
    spots = [(x, y) for x in (-0.28, 0.0, 0.28) for y in (-0.28, 0.0, 0.28) if x or y]
    for number, ((x, y), drawn, girth) in enumerate(
        zip(spots, stream.unit("tall", 8).tolist(), stream.between("girth", 8, 0.15, 0.29).tolist(), strict=True)
    ):
        full = number % 3 == 0
        tall = 1.0 if full else 0.25 + 0.6 * drawn
        made.append(Piece(solids[number], (x, y, tall / 2), (girth, girth, tall), _MEGA if full else _NEW))
        if full:
            made += [Piece("chamfer", (x, y, z), (1.25 * girth, 1.25 * girth, 0.014), _OLD) for z in (0.3, 0.52, 0.74)]
            made.append(Piece("box", (x, y, 0.985), (1.6 * girth, 1.6 * girth, 0.03), _OLD))
        else:
            made += [
                lamp((x, y, tall), (0.5 * girth, 0.5 * girth, 0.006)),
                Piece("box", (x, y, tall + 0.03), (0.1 * girth, 0.1 * girth, 0.06), _DARK),
            ]
    for number, z in enumerate(stream.between("tie", 4, 0.16, 0.8).tolist()):
        made.append(Piece("box", (0.0, 0.0, z), (0.72, 0.4, 0.012) if number % 2 else (0.4, 0.72, 0.012), _NEW))
        made += girder((0.0, 0.28 * (number % 2 * 2 - 1), z + 0.05), (0.56, 0.04, 0.03))
    return made


def _mesa(stream: Stream) -> list[Piece]:
    """A plateau with cliffs in two steps, ribbed all round, lit under its rim; blocks stand on it in rows, and a crane over them."""
    made = [Piece("box", (0.0, 0.0, 0.12), (1.0, 1.0, 0.24), _OLD), Piece("chamfer", (0.0, 0.0, TOP / 2), (0.92, 0.92, TOP), _NEW)]
    made.append(lamp((0.0, 0.0, TOP - 0.04), (0.925, 0.925, 0.012)))
    made.append(Piece("box", (0.0, 0.0, TOP - 0.01), (0.95, 0.95, 0.02), _MEGA))
    ribs = (0.35 + 0.62 * stream.unit("rib", 28)).tolist()
    for number, share in enumerate(ribs):
        along, side = 0.12 * (number % 7) - 0.36, SIDES[number // 7 % 2]
        at, size = ((along, side * 0.465), (0.035, 0.05)) if number < 14 else ((side * 0.465, along), (0.05, 0.035))
        made.append(Piece("box", (*at, TOP * share / 2), (*size, TOP * share), _MEGA))
    rises = stream.unit("block", 25).tolist()
    for number, rise in enumerate(rises):
        if rise > 0.25:
            x, y = 0.17 * (number % 5) - 0.34, 0.17 * (number // 5) - 0.34
            tall = 0.03 + 0.2 * rise * rise * rise
            made.append(
                Piece(
                    "stack" if number % 3 == 0 else "box",
                    (x, y, TOP + tall / 2),
                    (0.07 + 0.07 * rise, 0.13, tall),
                    _OLD if number % 2 else _NEW,
                )
            )
    x = 0.3 * (2.0 * float(stream.one("crane") < 0.5) - 1.0)
    return [*made, *derrick((x, 0.3), TOP, 0.95, 0.03, 0.5)]


def _hung(stream: Stream) -> list[Piece]:
    """A bridge on cables between two frames: deck, ropes in three bays, hangers, lamps."""
    made = [Piece("box", (0.0, 0.0, DECK), (1.0, 0.5, 0.03), _NEW), Piece("truss", (0.0, 0.0, DECK - 0.05), (1.0, 0.34, 0.07), _DARK)]
    for x in (-0.27, 0.27):
        made += [Piece("box", (x, side * 0.32, 0.5), (0.04, 0.1, 1.0), _MEGA) for side in SIDES]
        made += [Piece("box", (x, 0.0, z), (0.05, 0.7, 0.04), _MEGA) for z in (0.18, DECK - 0.08, 0.7, 0.97)]
    for side in SIDES:
        made.append(Piece("cable", (0.0, side * 0.32, 0.7), (0.54, 0.05, 0.56), Material.CABLE))
        made += [Piece("wedge", (x, side * 0.32, 0.7), (0.2, 0.03, 0.5), _OLD, 0 if x < 0.0 else 2) for x in (-0.39, 0.39)]
        for x in (-0.2, -0.13, -0.065, 0.0, 0.065, 0.13, 0.2):
            rope = 0.42 + 0.56 * (x / 0.27) * (x / 0.27)
            made.append(Piece("box", (x, side * 0.3, (DECK + rope) / 2), (0.006, 0.02, rope - DECK), Material.CABLE))
    made += [lamp((x, 0.0, DECK + 0.02), (0.05, 0.46, 0.01)) for x in (-0.42, -0.14, 0.14, 0.42)]
    if stream.one("carriage") < 0.6:
        made.append(Piece("chamfer", (0.3 * (stream.one("where") - 0.5), 0.0, DECK + 0.05), (0.12, 0.2, 0.07), Material.BUILDER))
    return made


def _crane(stream: Stream) -> list[Piece]:
    """A yard of Builders beside a shaft: two cranes over slabs, stacks and stores."""
    made = [Piece("box", (0.0, 0.0, 0.015), (1.0, 1.0, 0.03), _OLD), Piece("frustum", (-0.3, 0.2, 0.1), (0.3, 0.3, 0.2), _MEGA)]
    made += [*derrick((-0.3, 0.2), 0.2, 1.0, 0.045, 0.95), *derrick((0.34, -0.25), 0.03, 0.62, 0.04, 0.7)]
    for number, rise in enumerate((0.05 + 0.16 * stream.unit("store", 12)).tolist()):
        x, y = 0.2 * (number % 4) - 0.3, -0.36 + 0.16 * (number // 4)
        made.append(
            Piece(
                ("box", "stack", "drum")[number % 3], (x, y, 0.03 + rise / 2), (0.12, 0.1, rise), (_NEW, _OLD, Material.STEEL)[number % 3]
            )
        )
    made += [lamp((x, -0.48, 0.05), (0.14, 0.02, 0.02)) for x in (-0.3, 0.0, 0.3)]
    return made


WORKS = Repertoire("work", (_buttressed, _trench, _viaduct, _terraced, _silos, _cluster, _mesa, _hung, _crane))
