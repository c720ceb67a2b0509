"""What Builders are put together from: limbs with joints and pistons, segments, faceless heads, tools, and the growths on their backs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.angle import IDENTITY, QUARTER_TURNS, multiply
from geometry.material import Material
from geometry.parts import Parts, join
from geometry.rules.furnish import Kit, along, cables, points, spokes, yaw
from geometry.solids import PROTOTYPE_IDS

F64 = NDArray[np.float64]
HULL = Material.BUILDER
_SIDEWAYS = QUARTER_TURNS["x"][1]
_FORWARD = QUARTER_TURNS["y"][1]


def rows(value: ArrayLike) -> F64:
    """(n, 3)."""
    return np.atleast_2d(np.asarray(value, dtype=np.float64))


def limbs(kit: Kit, joints: list[F64], girth: ArrayLike, *, kind: str = "chamfer", name: str = "limb") -> Parts:
    """n chains of links through `joints` (each (n, 3)), `girth` (n,) thick at the root and thinning: link, sleeve, piston, knuckle."""
    made = []
    thick = np.broadcast_to(np.asarray(girth, float), (len(joints[0]),))
    for number, (a, b) in enumerate(pairwise(joints)):
        w = thick * 0.78**number
        length, rotation = along(b - a)
        size = np.stack([w * 0.8, w, length], axis=-1)
        upright = multiply(rotation, QUARTER_TURNS["y"][1])
        made.append(
            kit.solid(kind if number == 0 else "frustum", (a + b) / 2, size if number == 0 else size * [1.1, 1.1, 1.0], HULL, upright)
        )
        third = a + (b - a) * 0.3
        sleeve = np.stack([w * 1.25, w * 1.3, length * 0.22], axis=-1)
        made.append(kit.solid("prism", third, sleeve, Material.DARK_STEEL, upright))
        lift = points(0, 0, w * 0.75)
        made.append(kit.bar(a + lift, a + (b - a) * 0.75 + lift * 0.9, w * 0.22, w * 0.22, Material.STEEL, "pipe"))
        knuckle = np.stack([w * 1.35, w * 1.35, w * 1.15], axis=-1)
        made.append(kit.solid("drum", a, knuckle, HULL, _SIDEWAYS))
        made.append(kit.solid("drum", a, knuckle * [0.55, 0.55, 1.25], Material.STEEL, _SIDEWAYS))
    hose = cables(
        kit,
        joints[0] + points(0, 0, thick * 0.6),
        joints[-1],
        0.25 * thick + 0.02 * kit.stream.unit(f"hose {name}", len(thick)),
        0.06 * float(thick[0]),
    )
    return join([*made, hose])


def feet(kit: Kit, at: F64, girth: float) -> Parts:
    """Pads with three claws standing on floor points (n, 3)."""
    pad = kit.solid("frustum", at + [0, 0, girth * 0.3], (girth * 1.7, girth * 1.7, girth * 0.6), HULL)
    claws = []
    for f in (0.0, 0.36, 0.64):
        way = spokes(f)[0]
        claws.append(
            kit.solid(
                "wedge",
                at + way * girth * 1.05 + [0, 0, girth * 0.2],
                (girth * 1.1, girth * 0.42, girth * 0.4),
                Material.DARK_STEEL,
                yaw(f + 0.5)[0],
            )
        )
    return join([pad, *claws])


def segments(kit: Kit, spine: F64, girth: F64, *, tall: float = 1.0, name: str = "torso") -> Parts:
    """A body of m segments between the m+1 points of `spine`; each is drum, hull or block, with plates, tanks and ribs."""
    a, b = spine[:-1], spine[1:]
    m = len(a)
    draws = kit.stream.sub(name)
    length, rotation = along(b - a)
    lying = multiply(rotation, _FORWARD)
    names = np.array([PROTOTYPE_IDS[k] for k in ("drum", "banded_drum", "chamfer", "chamfer", "stack", "prism")], dtype=np.int64)
    kinds = names[draws.whole("kind", m, 0, len(names))]
    body = kit.solid(kinds, (a + b) / 2, np.stack([girth * tall, girth, length * 1.04], axis=-1), HULL, lying)
    collar = kit.solid("drum", a, np.stack([girth * tall * 0.8, girth * 0.8, length * 0.3], axis=-1), Material.DARK_STEEL, lying)
    up = (a + b) / 2 + points(0, 0, girth * tall * 0.5)
    plate = kit.solid(
        "box", up, np.stack([length * draws.between("plate", m, 0.5, 0.9), girth * 0.62, girth * 0.12], axis=-1), Material.STEEL, rotation
    )
    fin = kit.solid(
        "louvre",
        up + points(0, 0, girth * 0.1),
        np.stack([length * 0.5, girth * 0.16, girth * draws.between("fin", m, 0.1, 0.5)], axis=-1),
        Material.DARK_STEEL,
        rotation,
    )
    side = np.repeat([[-1.0], [1.0]], m, axis=0)[:, 0]
    tank_at = np.tile((a + b) / 2, (2, 1)) + points(0, side * np.tile(girth, 2) * 0.5, -0.1 * np.tile(girth, 2))
    there = draws.unit("tank", 2 * m) < 0.65
    tank_size = np.stack([np.tile(length * 0.8, 2), np.tile(girth, 2) * 0.26, np.tile(girth, 2) * 0.26], axis=-1)
    tanks = kit.solid("pipe", tank_at[there], tank_size[there], Material.DARK_STEEL, np.tile(rotation, (2, 1))[there])
    return join([body, collar, plate, fin, tanks, _scales(kit, a, b, girth, tall, name)])


def _scales(kit: Kit, a: F64, b: F64, girth: F64, tall: float, name: str) -> Parts:
    """Small boxes grown all over the segments: a Builder too is built on (canon P71)."""
    n = 26 * len(a)
    draws = kit.stream.sub(f"{name} scales")
    row = draws.whole("row", n, 0, len(a))
    f = draws.unit("along", n)[:, None]
    around = spokes(draws.unit("around", n))
    g = girth[row]
    out = points(0, around[:, 0] * g * 0.46, around[:, 1] * g * tall * 0.46)
    size = g[:, None] * draws.between("size", 3 * n, 0.04, 0.22).reshape(n, 3)
    stuff = np.where(draws.unit("stuff", n) < 0.5, HULL, Material.DARK_STEEL)
    return kit.solid("box", a[row] + f * (b - a)[row] + out, size, stuff, along((b - a)[row])[1])


def head(kit: Kit, at: F64, girth: float, form: int) -> Parts:
    """A head without a face: a blank shell in a collar, a brow, two side drums, and a lamp somewhere an eye is not."""
    c = rows(at)
    shells = [("dome", (1.25, 0.86, 0.8)), ("chamfer", (0.7, 0.8, 1.3)), ("cone", (0.8, 0.8, 1.5)), ("prism", (1.1, 1.0, 0.6))]
    kind, proportion = shells[form % 4]
    size = np.multiply(proportion, girth)
    ears = c + [[-size[0] * 0.1, -size[1] * 0.5, 0], [-size[0] * 0.1, size[1] * 0.5, 0]]
    mast = c + [-0.2 * girth, 0.2 * girth, 0.4 * girth]
    own = [
        kit.solid("box", c + [size[0] * 0.1, 0, -size[2] * 0.2], size * [0.9, 1.06, 0.1], Material.STEEL),
        kit.solid("ring", c + [0, 0, size[2] * 0.25], (size[1] * 1.5, size[1] * 1.5, girth * 0.08), Material.DARK_STEEL, _FORWARD),
        kit.solid(
            "grille",
            c + [size[0] * 0.42, 0, -size[2] * 0.1],
            (size[1] * 0.7, girth * 0.12, size[2] * 0.5),
            Material.DARK_STEEL,
            QUARTER_TURNS["z"][1],
        ),
        kit.solid("drum", ears, (girth * 0.4, girth * 0.4, girth * 0.2), Material.DARK_STEEL, _SIDEWAYS),
    ][form % 4]
    made = [
        kit.solid(kind, c + [0, 0, size[2] * 0.2], size, HULL),
        kit.solid("frustum", c - [0, 0, size[2] * 0.42], size * [0.86, 0.86, 0.36], Material.DARK_STEEL, QUARTER_TURNS["x"][2]),
        kit.bar(mast, mast + [-0.3 * girth, 0.1 * girth, 0.8 * girth], 0.04 * girth, 0.04 * girth, Material.STEEL),
        kit.solid("box", c + [size[0] * 0.2, size[1] * 0.3, -size[2] * 0.3], (girth * 0.1, girth * 0.1, girth * 0.06), Material.COLD_LIGHT),
    ]
    return join([*made, own])


def tool(kit: Kit, at: F64, girth: float, form: int) -> Parts:
    """What an arm ends in: a gripper, a wheel, a nozzle with its arc, a trowel as large as a wall."""
    c = rows(at)
    wrist = kit.solid("drum", c, (girth * 1.1, girth * 1.1, girth * 0.9), Material.STEEL, _SIDEWAYS)
    if form % 4 == 0:
        ends = spokes(np.array([0.02, 0.36, 0.7]))[:, [2, 1, 0]] * [1, 1, -1] * girth * 0.9
        return join(
            [wrist, kit.bar(np.repeat(c, 3, axis=0), c + ends + [0.5 * girth, 0, -1.0 * girth], girth * 0.3, girth * 0.3, HULL, "beam")]
        )
    if form % 4 == 1:
        return join([wrist, kit.solid("fan", c - [0, 0, girth * 0.8], (girth * 2.4, girth * 2.4, girth * 0.5), Material.DARK_STEEL)])
    if form % 4 == 2:
        low = c - [0, 0, girth * 1.5]
        cone = kit.solid("cone", (c + low) / 2, (girth, girth, girth * 1.5), Material.DARK_STEEL, QUARTER_TURNS["x"][2])
        return join([wrist, cone, kit.solid("box", low, girth * np.array([0.16, 0.16, 0.1]), Material.COLD_LIGHT)])
    slab = kit.solid("box", c - [0, 0, girth * 1.1], (girth * 0.25, girth * 2.6, girth * 1.8), Material.CONCRETE)
    return join(
        [
            wrist,
            slab,
            kit.solid(
                "grille",
                c - [girth * 0.2, 0, girth * 1.1],
                (girth * 2.2, girth * 0.2, girth * 1.4),
                Material.DARK_STEEL,
                QUARTER_TURNS["z"][1],
            ),
        ]
    )


def growths(kit: Kit, at: F64, girth: float, name: str) -> Parts:
    """Stacks, masts and cables on the back, around (n, 3) points."""
    base = rows(at)
    n = len(base)
    draws = kit.stream.sub(name)
    high = girth * draws.between("high", n, 0.5, 2.0)
    lean = points(draws.between("lean", n, -0.35, 0.1) * high, draws.between("roll", n, -0.2, 0.2) * high, high)
    kinds = np.where(draws.unit("kind", n) < 0.6, Material.DARK_STEEL, Material.RUST)
    pipes = kit.bar(base, base + lean, girth * 0.16, girth * 0.16, kinds, "pipe")
    caps = kit.solid("prism", base + lean, girth * np.array([0.26, 0.26, 0.14]), HULL, IDENTITY)
    sag = (
        cables(kit, (base + lean)[:-1], (base + lean)[1:], girth * 0.4, girth * 0.02)
        if n > 1
        else kit.solid("box", np.zeros((0, 3)), (1, 1, 1))
    )
    return join([pipes, caps, sag])
