"""Furnishing: the small pieces that give the City its human measure, as functions from where they stand to Parts.

Every function takes a `Kit` first (whose work it is, how old, how lit) and points in the frame of the place. Sizes follow
the body: steps of 0.17 m, rails of 1.1 m, doors of 2.1 m, a figure of 1.7 m (canon S12, parameter sheet).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.angle import IDENTITY, QUARTER_TURNS, matrix, multiply, tan_eighths, turn
from geometry.key import Stream, mix
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join, parts
from geometry.place import Growth, Place
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec

F64 = NDArray[np.float64]

STEP_RISE = 0.17
"""Metres: the riser of a stair made for people."""
STEP_RUN = 0.28
"""Metres: the tread of a stair made for people."""
RAIL_HEIGHT = 1.1
FIGURE_HEIGHT = 1.7
_HASH = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Kit:
    """What all pieces of one place share."""

    stream: Stream
    epoch: float
    year: float
    exposure: int = 40
    """0 to 255: how much of the lit ceiling the pieces see."""
    stature: float = 1.7
    """Height of a person, metres."""

    def solid(
        self,
        prototype: str | ArrayLike,
        centre: ArrayLike,
        size: ArrayLike,
        material: ArrayLike = Material.CONCRETE,
        rotation: ArrayLike = IDENTITY,
    ) -> Parts:
        """Parts at `centre` (n, 3) of `size` (3,) or (n, 3) metres along their own axes, tinted by where they stand."""
        if np.asarray(centre).size == 0:
            return EMPTY
        made = parts(prototype, centre, size, material, rotation=rotation, exposure=self.exposure, year=self.year)
        return replace(made, tint=_tint(made.position))

    def box(self, low: ArrayLike, high: ArrayLike, material: ArrayLike = Material.CONCRETE, prototype: str = "box") -> Parts:
        """Upright parts between opposite corners (n, 3)."""
        low, high = np.broadcast_arrays(np.atleast_2d(np.asarray(low, float)), np.atleast_2d(np.asarray(high, float)))
        return self.solid(prototype, (low + high) / 2, high - low, material)

    def bar(
        self,
        start: ArrayLike,
        end: ArrayLike,
        width: ArrayLike,
        depth: ArrayLike,
        material: ArrayLike = Material.STEEL,
        prototype: str = "box",
    ) -> Parts:
        """Long parts from `start` to `end` (n, 3), `width` across and `depth` high."""
        a, b = np.broadcast_arrays(np.atleast_2d(np.asarray(start, float)), np.atleast_2d(np.asarray(end, float)))
        length, rotation = along(b - a)
        size = np.stack(np.broadcast_arrays(length, np.asarray(width, float), np.asarray(depth, float)), axis=-1)
        return self.solid(prototype, (a + b) / 2, size, material, rotation)

    def chance(self, purpose: str, n: int, probability: float) -> NDArray[np.bool_]:
        """(n,) true with `probability`."""
        return self.stream.unit(purpose, n) < probability

    @property
    def chaos(self) -> float:
        """0 in the ordered age to 1 when all is misremembered."""
        return min(max(self.epoch / 10.0, 0.0), 1.0)


def kit_of(place: Place, exposure: int = 40, spec: CitySpec | None = None) -> Kit:
    """The kit of a place; `spec` says how tall its people are."""
    return Kit(place.stream, place.epoch, place.year, exposure, FIGURE_HEIGHT if spec is None else spec.figure_height_m)


def _tint(position: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A hash of where a part stands (1/64 m): no draw has to be named for weathering."""
    steps = np.rint(position.astype(np.float64) * 64.0).astype(np.int64).astype(np.uint64)
    with np.errstate(over="ignore"):
        folded = steps[:, 0] * _HASH[0] + steps[:, 1] * _HASH[1] + steps[:, 2] * _HASH[2]
    return (mix(folded) >> np.uint64(56)).astype(np.uint8)


def along(direction: F64) -> tuple[F64, F64]:
    """Lengths (n,) of vectors (n, 3), and rotations (n, 4) that lay the x axis along them, keeping y level."""
    x, y, z = direction[:, 0], direction[:, 1], direction[:, 2]
    length = np.sqrt(x * x + y * y + z * z)
    flat = np.sqrt(x * x + y * y)
    steep = flat < 1e-9 * length + 1e-30
    heading = np.where(steep, 1.0, x / np.where(steep, 1.0, flat))
    climb = flat / np.maximum(length, 1e-30)
    (cy, sy), (cp, sp) = _half(heading, np.where(steep, 0.0, y)), _half(climb, z)
    return length, np.stack([cy * cp, sy * sp, -cy * sp, sy * cp], axis=-1)


def _half(cosine: F64, sign: F64) -> tuple[F64, F64]:
    """Cosine and sine of half the angle whose cosine this is, the sine with the sign of `sign`."""
    return np.sqrt((1.0 + cosine) / 2), np.where(sign < 0, -1.0, 1.0) * np.sqrt(np.maximum(1.0 - cosine, 0.0) / 2)


def yaw(turns: ArrayLike) -> F64:
    """Rotations (n, 4) about z by whole turns and fractions of them, without a sine."""
    quarters = np.atleast_1d(np.asarray(turns, dtype=np.float64)) * 4.0
    whole = np.floor(quarters + 0.5)
    rest = turn("z", tan_eighths(quarters - whole))
    return multiply(QUARTER_TURNS["z"][whole.astype(np.int64) % 4], rest)


def spokes(turns: ArrayLike) -> F64:
    """Unit vectors (n, 3) at fractions of a turn about z, from +x."""
    return np.asarray(matrix(yaw(turns))[..., :, 0])


def points(x: ArrayLike, y: ArrayLike, z: ArrayLike) -> F64:
    """(n, 3) from coordinates that broadcast."""
    return np.stack([np.ravel(a) for a in np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (x, y, z)))], axis=-1)


def spread(low: float, high: float, pitch: float) -> F64:
    """Middles of equal bays about `pitch` long between `low` and `high`: (n,), n >= 1."""
    n = max(1, round((high - low) / pitch))
    return np.asarray(low + (np.arange(n) + 0.5) * ((high - low) / n), dtype=np.float64)


def inside(size: tuple[float, float, float], made: Parts) -> Parts:
    """Only the parts whose boxes lie within the place's box: what would poke out is not built (law 3)."""
    turned = np.abs(matrix(made.rotation))
    scale = made.scale.astype(np.float64) / 2
    reach = turned[..., 0] * scale[:, 0:1] + turned[..., 1] * scale[:, 1:2] + turned[..., 2] * scale[:, 2:3]
    middle = made.position - np.array([0.0, 0.0, size[2] / 2])
    slack = 1e-4 * max(size)
    return made[np.all(np.abs(middle) + reach <= np.asarray(size) / 2 + slack, axis=1)]


def lengthwise(place: Place, fill: Callable[[Place], Growth]) -> Growth:
    """Let `fill` work in a frame whose x is the longer side of the floor, and keep what lies inside the box."""
    if place.size[0] >= place.size[1]:
        growth = fill(place)
        return replace(growth, parts=inside(place.size, growth.parts))
    turned = replace(place, frame=place.frame.child(np.zeros(3), 1), size=(place.size[1], place.size[0], place.size[2]))
    growth = fill(turned)
    return replace(growth, parts=inside(turned.size, growth.parts).moved((0, 0, 0), QUARTER_TURNS["z"][1]))


def pierced(kit: Kit, low: ArrayLike, high: ArrayLike, hole_low: ArrayLike, hole_high: ArrayLike, axis: int, material: ArrayLike) -> Parts:
    """Wall slabs (n, 3 corners), thin along `axis` 0 or 1, each with a rectangular hole: up to four boxes a wall."""
    lo, hi, a, b = (
        np.array(np.broadcast_to(np.atleast_2d(np.asarray(v, float)), np.atleast_2d(low).shape)) for v in (low, high, hole_low, hole_high)
    )
    u = 1 - axis
    a, b = np.maximum(a, lo), np.minimum(b, hi)
    pieces = []
    for side in range(4):
        piece_low, piece_high = lo.copy(), hi.copy()
        if side == 0:
            piece_high[:, 2] = a[:, 2]
        elif side == 1:
            piece_low[:, 2] = b[:, 2]
        else:
            piece_low[:, 2], piece_high[:, 2] = a[:, 2], b[:, 2]
            (piece_high if side == 2 else piece_low)[:, u] = (a if side == 2 else b)[:, u]
        solid = np.all(piece_high - piece_low > 1e-6, axis=1)
        pieces.append(kit.box(piece_low[solid], piece_high[solid], material) if solid.any() else EMPTY)
    return join(pieces)


def rails(kit: Kit, start: ArrayLike, end: ArrayLike, *, height: float = RAIL_HEIGHT, bay: float = 6.0, keep: float = 1.0) -> Parts:
    """Handrails along level lines (n, 3) of floor points, in bays of about `bay` metres; each bay survives with chance `keep`."""
    a, b = np.broadcast_arrays(np.atleast_2d(np.asarray(start, float)), np.atleast_2d(np.asarray(end, float)))
    longest = float(np.sqrt(((b - a) ** 2).sum(axis=1).max()))
    n = max(1, round(longest / bay))
    f = np.arange(n + 1) / n
    at = a[:, None, :] + f[None, :, None] * (b - a)[:, None, :]
    lift = np.array([0.0, 0.0, height / 2])
    made = kit.bar((at[:, :-1] + lift).reshape(-1, 3), (at[:, 1:] + lift).reshape(-1, 3), 0.05, height, Material.DARK_STEEL, "rail")
    return made if keep >= 1.0 else made[kit.chance("rail kept", len(made), keep)]


def lamp_posts(kit: Kit, foot: ArrayLike, quarter: int, *, height: float = 3.4, lit: ArrayLike = True) -> Parts:
    """Lamp posts (n, 3), their arms turned by whole quarters from +x, with heads that shine or are dead."""
    at = np.atleast_2d(np.asarray(foot, float))
    arm = 0.3 * height
    towards = np.array([[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]][quarter % 4], dtype=np.float64)
    turned = QUARTER_TURNS["z"][quarter % 4]
    head = at + towards * (arm * 0.86) + [0, 0, height - 0.16]
    shining = np.where(np.broadcast_to(lit, len(at)), Material.COLD_LIGHT, Material.DARK_STEEL)
    return join(
        [
            kit.solid("lamp_post", at + towards * (arm / 2 - 0.06) + [0, 0, height / 2], (arm, 0.12, height), Material.DARK_STEEL, turned),
            kit.solid("box", head + [0, 0, 0.06], (0.46, 0.26, 0.07), Material.DARK_STEEL, turned),
            kit.solid("box", head, (0.40, 0.20, 0.06), shining, turned),
            kit.solid("prism", at + [0, 0, 0.06], (0.34, 0.34, 0.12), Material.DARK_STEEL),
        ]
    )


def strip_lamps(kit: Kit, centre: ArrayLike, size: ArrayLike, lit: ArrayLike, *, warm: bool = False) -> Parts:
    """Lamp strips in their casings: `size` is the casing; the lens is its lower face."""
    at, extent = np.atleast_2d(np.asarray(centre, float)), np.atleast_2d(np.asarray(size, float))
    glow = np.where(np.broadcast_to(lit, len(at)), Material.WARM_LIGHT if warm else Material.COLD_LIGHT, Material.OLD_CONCRETE)
    lens = at - extent * [0, 0, 0.5]
    return join([kit.solid("box", at, extent, Material.DARK_STEEL), kit.solid("box", lens, extent * [0.92, 0.7, 0.3], glow)])


def doors(kit: Kit, foot: ArrayLike, quarter: ArrayLike, *, width: ArrayLike = 0.95, height: ArrayLike = 2.1) -> Parts:
    """Doors on a wall at floor points (n, 3), looking to -y turned by whole quarters: surround, leaf, louvre, handle, hinge pin."""
    at = np.atleast_2d(np.asarray(foot, float))
    n = len(at)
    quarters = np.broadcast_to(np.asarray(quarter, np.int64), (n,)) % 4
    turned, w, h = QUARTER_TURNS["z"][quarters], np.broadcast_to(width, (n,)), np.broadcast_to(height, (n,))
    out = np.array([[0, -1, 0], [1, 0, 0], [0, 1, 0], [-1, 0, 0]], dtype=np.float64)[quarters]
    right = np.array([[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]], dtype=np.float64)[quarters]
    up = np.array([0.0, 0.0, 1.0])

    def piece(kind: str, dx: float, dy: float, dz: float, size: tuple[float, float, float], material: ArrayLike) -> Parts:
        where = at + right * (dx * w)[:, None] + out * dy + up * (dz * h)[:, None]
        return kit.solid(kind, where, points(w * size[0], size[1], h * size[2]), material, turned)

    leaf = np.where(kit.chance("rusty door", n, 0.2 + 0.4 * kit.chaos), Material.RUST, Material.DARK_STEEL)
    return join(
        [
            piece("box", -0.56, 0.08, 0.53, (0.12, 0.22, 1.06), Material.STEEL),
            piece("box", 0.56, 0.08, 0.53, (0.12, 0.22, 1.06), Material.STEEL),
            piece("box", 0.0, 0.08, 1.03, (1.24, 0.24, 0.07), Material.STEEL),
            piece("box", 0.0, 0.02, 0.5, (1.0, 0.06, 1.0), leaf),
            piece("louvre", 0.0, 0.06, 0.2, (0.6, 0.03, 0.2), Material.STEEL),
            piece("box", 0.36, 0.09, 0.5, (0.04, 0.09, 0.08), Material.STEEL),
        ]
    )


def pipe_runs(
    kit: Kit, start: ArrayLike, end: ArrayLike, radius: ArrayLike, *, flange: float = 6.0, material: ArrayLike = Material.STEEL
) -> Parts:
    """Pipes (n, 3) to (n, 3) with a flange about every `flange` metres."""
    a, b = np.broadcast_arrays(np.atleast_2d(np.asarray(start, float)), np.atleast_2d(np.asarray(end, float)))
    r = np.broadcast_to(np.asarray(radius, float), (len(a),))
    longest = float(np.sqrt(((b - a) ** 2).sum(axis=1).max()))
    n = max(2, round(longest / flange))
    f = ((np.arange(n) + 0.5) / n)[None, :, None]
    at = (a[:, None] + f * (b - a)[:, None]).reshape(-1, 3)
    _, rotation = along(b - a)
    wide = np.repeat(r, n)
    hoops = kit.solid(
        "pipe", at, np.stack([wide * 0.5, wide * 2.7, wide * 2.7], axis=-1), Material.DARK_STEEL, np.repeat(rotation, n, axis=0)
    )
    return join([kit.bar(a, b, r * 2, r * 2, material, "pipe"), hoops])


def cables(kit: Kit, start: ArrayLike, end: ArrayLike, sag: ArrayLike, radius: float = 0.02) -> Parts:
    """Hanging cables between points (n, 3), with a belly `sag` metres deep."""
    a, b = np.broadcast_arrays(np.atleast_2d(np.asarray(start, float)), np.atleast_2d(np.asarray(end, float)))
    length, rotation = along(b - a)
    deep = np.broadcast_to(np.asarray(sag, float), length.shape)
    size = np.stack([length, np.full_like(length, 2 * radius), deep], axis=-1)
    up = np.asarray(matrix(rotation))[..., :, 2]
    return kit.solid("cable", (a + b) / 2 - up * (deep / 2)[:, None], size, Material.CABLE, rotation)


def debris(kit: Kit, low: ArrayLike, high: ArrayLike, n: int, *, largest: float = 0.45, name: str = "debris") -> Parts:
    """n lumps of rubble lying on the floor rectangle between corners (3,): many small, few large."""
    draws = kit.stream.sub(name)
    low, high = np.asarray(low, float), np.asarray(high, float)
    size = draws.unit("size", 3 * n).reshape(n, 3)
    grade = draws.unit("grade", n)
    biggest = 0.04 + (largest - 0.04) * grade * grade * grade
    extent = biggest[:, None] * (0.35 + 0.65 * size) * [1.0, 0.8, 0.5]
    at = low + draws.unit("where", 3 * n).reshape(n, 3) * (high - low)
    at[:, 2] = low[2] + extent[:, 2] * 0.45
    kind = np.where(draws.unit("kind", n) < 0.25, PROTOTYPE_IDS["wedge"], PROTOTYPE_IDS["box"])
    stone = np.where(draws.unit("stuff", n) < 0.3, Material.DARK_STEEL, Material.OLD_CONCRETE)
    tip = multiply(yaw(draws.unit("heading", n)), turn("y", draws.between("tip", n, -0.06, 0.06)))
    return kit.solid(kind, at, extent, stone, tip)


def crates(kit: Kit, foot: ArrayLike, size: ArrayLike, turns: ArrayLike) -> Parts:
    """Crates and machine boxes standing at floor points (n, 3): body, lid, plinth, louvre, a label plate."""
    at = np.atleast_2d(np.asarray(foot, float))
    extent = np.broadcast_to(np.asarray(size, float), at.shape)
    rotation = np.broadcast_to(yaw(turns), (len(at), 4))
    frame = np.asarray(matrix(rotation))

    def piece(kind: str, x: float, y: float, z: float, scale: tuple[float, float, float], material: Material) -> Parts:
        own = extent * [x, y, z]
        where = at + frame[..., 0] * own[:, :1] + frame[..., 1] * own[:, 1:2] + frame[..., 2] * own[:, 2:]
        return kit.solid(kind, where, extent * scale, material, rotation)

    return join(
        [
            piece("chamfer", 0, 0, 0.5, (0.96, 0.96, 0.86), Material.CONCRETE),
            piece("box", 0, 0, 0.95, (1.0, 1.0, 0.08), Material.STEEL),
            piece("box", 0, 0, 0.04, (1.0, 1.0, 0.08), Material.DARK_STEEL),
            piece("louvre", 0.1, -0.49, 0.55, (0.5, 0.04, 0.4), Material.DARK_STEEL),
            piece("box", -0.3, -0.485, 0.72, (0.18, 0.03, 0.12), Material.RUST),
            piece("box", 0.485, 0.0, 0.5, (0.03, 0.12, 0.8), Material.STEEL),
        ]
    )


def figure(kit: Kit, foot: ArrayLike, turns: ArrayLike = 0.0) -> Parts:
    """People standing at floor points (n, 3), facing -y turned by `turns`."""
    height = kit.stature
    at = np.atleast_2d(np.asarray(foot, float)) + [0, 0, height / 2]
    rotation = np.broadcast_to(yaw(turns), (len(at), 4))
    return kit.solid("figure", at, (0.36 * height, 0.21 * height, height), Material.FIGURE, rotation)


def steps(kit: Kit, foot: ArrayLike, towards: ArrayLike, width: float, n: ArrayLike, *, rise: ArrayLike = STEP_RISE) -> Parts:
    """Straight flights of n (k,) treads from floor points `foot` (k, 3), rising along level unit vectors `towards` (k, 3), each on
    two stringers. A flight ends n*rise higher and n*STEP_RUN further."""
    at = np.atleast_2d(np.asarray(foot, float))
    way = np.broadcast_to(np.asarray(towards, float), at.shape)
    count, high = np.broadcast_to(np.asarray(n, np.int64), (len(at),)), np.broadcast_to(np.asarray(rise, float), (len(at),))
    side = np.stack([-way[:, 1], way[:, 0], np.zeros(len(at))], axis=-1) * (width / 2 - 0.03)
    row = np.repeat(np.arange(len(at)), count)
    i = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    treads = at[row] + way[row] * ((i + 0.5) * STEP_RUN)[:, None] + points(0, 0, (i + 1) * high[row] - 0.03)
    top = at + way * (count * STEP_RUN)[:, None] + points(0, 0, count * high - 0.12)
    base = at + way * 0.05 + [0, 0, 0.02]
    edges = np.concatenate([base + side, base - side]), np.concatenate([top + side, top - side])
    boards = kit.solid("box", treads, (STEP_RUN * 1.06, width - 0.06, 0.06), Material.STEEL, along(way)[1][row])
    return join([boards, kit.bar(*edges, 0.06, 0.24, Material.DARK_STEEL)])


def deck(
    kit: Kit, low: ArrayLike, high: ArrayLike, *, plate: float = 2.4, bolts: bool = True, thickness: float = 0.08, lost: float = 0.0
) -> Parts:
    """A floor of plates with open joints between corners (3,) whose top is at high z; some plates sag, some are `lost`."""
    low, high = np.asarray(low, float), np.asarray(high, float)
    x, y = spread(low[0], high[0], plate), spread(low[1], high[1], plate * 1.5)
    dx, dy = (high[0] - low[0]) / len(x), (high[1] - low[1]) / len(y)
    top = float(high[2])
    at = points(*np.meshgrid(x, y, indexing="ij"), top - thickness / 2)
    at[:, 2] -= kit.stream.unit("plate sag", len(at)) * 0.015
    there = ~kit.chance("plate lost", len(at), lost)
    stuff = np.where(kit.chance("plate stuff", len(at), 0.3), Material.DARK_STEEL, Material.STEEL)
    plates = kit.solid("box", at[there], (dx - 0.03, dy - 0.03, thickness), stuff[there])
    if not bolts:
        return plates
    corner = np.array([[i * (dx / 2 - 0.09), j * (dy / 2 - 0.09), thickness / 2 + 0.008] for i in (-1, 1) for j in (-1, 1)])
    heads = (at[there][:, None, :] + corner).reshape(-1, 3)
    return join([plates, kit.solid("prism", heads, (0.05, 0.05, 0.03), Material.DARK_STEEL)])


def trays(kit: Kit, start: ArrayLike, end: ArrayLike, *, width: float = 0.5, strands: int = 4) -> Parts:
    """Cable trays along level lines (n, 3): a ladder lying flat, hung with slack strands."""
    a, b = np.broadcast_arrays(np.atleast_2d(np.asarray(start, float)), np.atleast_2d(np.asarray(end, float)))
    length, _ = along(b - a)
    bays = max(2, int(float(length.max()) / 3.0))
    f = (np.arange(bays + 1) / bays)[None, :, None]
    at = a[:, None] + f * (b - a)[:, None]
    p, q = at[:, :-1].reshape(-1, 3), at[:, 1:].reshape(-1, 3)
    lip = [0, 0, 0.06]
    sideways = (np.arange(strands) + 0.5) / strands - 0.5
    way = (b - a) / np.maximum(length, 1e-9)[:, None]
    side = np.repeat(np.stack([-way[:, 1], way[:, 0], np.zeros(len(a))], axis=-1), bays, axis=0)
    shift = (side[:, None, :] * sideways[None, :, None] * width * 0.8).reshape(-1, 3)
    lines = np.repeat(p, strands, axis=0) + shift + lip, np.repeat(q, strands, axis=0) + shift + lip
    slack = 0.02 + 0.25 * (0.2 + kit.chaos) * kit.stream.unit("slack", len(shift)) ** 2
    return join([kit.bar(a, b, width, 0.05, Material.DARK_STEEL), cables(kit, *lines, slack, 0.025)])
