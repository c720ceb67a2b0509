"""Terrace: a corner of a great roof where somebody once had work to do (canon S12, S65: scale, desolation).

Slabs run out to an edge at +x beyond which the district lies; machine houses close the back, masts stand at the sides.
Form bit 0: somebody stands at the edge, looking out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.angle import QUARTER_TURNS
from geometry.key import Stream
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join
from geometry.place import Growth, Place
from geometry.rules.furnish import (
    F64,
    Kit,
    cables,
    crates,
    debris,
    doors,
    figure,
    inside,
    kit_of,
    lamp_posts,
    pipe_runs,
    points,
    rails,
    spread,
    trays,
)
from geometry.rules.keepout import clear
from geometry.rules.masses import form_of, light_of
from geometry.spec import CitySpec

TERRACE = 1024
"""Bit of a block's form: its parent wants a terrace on the roof. The two bits above say at which side, in quarter turns from +x."""
LEAST = (24.0, 20.0, 9.0)
"""Metres: the smallest terrace. Its height is what a machine house and a mast need."""
MOST = (60.0, 64.0, 30.0)
"""Metres: the largest."""
_TOP = 0.5
"""Metres of the slabs' upper side over the roof."""
_KERB = 0.7


def plant(place: Place, form: int, low: F64, high: F64, room: float, light: float) -> Place | None:
    """The terrace on the roof of a block whose core spans low to high, where the bits of its form ask for one and there is room: `room`
    metres over the roof."""
    if not form & TERRACE or room < LEAST[2]:
        return None
    turns = form // (2 * TERRACE) % 4
    span = (high - low)[[0, 1] if turns % 2 == 0 else [1, 0]]
    deep, wide = (min(float(share * edge), most) for share, edge, most in zip((0.6, 0.9), span, MOST, strict=False))
    if deep < LEAST[0] or wide < LEAST[1]:
        return None
    out = float(span[0] - deep) / 2
    x, y = [(out, 0.0), (0.0, out), (-out, 0.0), (0.0, -out)][turns]
    middle = (low + high) / 2
    at = (float(middle[0]) + x, float(middle[1]) + y, float(high[2]))
    return place.child("terrace", 0, at, (deep, wide, min(room, MOST[2])), quarter_turns=turns, form=form_of(1, light))


def leads(place: Place) -> bool:
    """Whether a place on the way to a terrace may have one: of the blocks those whose form asks for it."""
    return place.kind != "block" or bool(place.form & TERRACE)


def room_of(parent: Place, child: Place) -> tuple[F64, F64]:
    """Corners (3,) of a child's box along the axes of its parent, metres."""
    x, y, z = child.size
    ends = parent.frame.to_local(child.frame.to_world(np.array([[-x / 2, -y / 2, 0.0], [x / 2, y / 2, z]])))
    return ends.min(axis=0), ends.max(axis=0)


def viewpoint(place: Place, back: float = 22.0, high: float = 3.0, aside: float = 2.4) -> tuple[tuple[float, float, float], ...]:
    """(eye, focus) in the terrace's frame: behind whoever stands at its edge, out over the district."""
    x, y, z = standing(place)
    return (max(x - back, 0.6 - place.size[0] / 2), y - aside, z + high), (x + 100.0, y - aside, z + high + 10.0)


def standing(place: Place) -> tuple[float, float, float]:
    """Where somebody stands at the edge, metres in the terrace's frame."""
    return place.size[0] / 2 - 1.5, (place.stream.one("stand") - 0.5) * 0.3 * place.size[1], _TOP


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Slabs, kerb and rails, machine houses, pipes, masts and their cables, what was left, perhaps somebody."""
    kit = kit_of(place, max(int(130 * light_of(place.form)), 40), spec)
    deep, wide, tall = place.size
    groups = [
        _slabs(kit, deep, wide),
        _edge(kit, deep, wide),
        _houses(kit, deep, wide, tall),
        _services(kit, deep, wide),
        _masts(kit, deep, wide, tall),
        _left(kit, deep, wide),
        _watcher(kit, place),
    ]
    return Growth(inside(place.size, join(groups)))


def _grid(kit: Kit, deep: float, wide: float) -> tuple[F64, F64, NDArray[np.bool_]]:
    """Middles (n, 3) of the slabs' upper sides, the size (2,) of their plots, and which are there: never the last before the edge."""
    x, y = spread(-deep / 2, deep / 2, 13.0), spread(-wide / 2, wide / 2, 4.6)
    at = points(*np.meshgrid(x, y, indexing="ij"), _TOP)
    edge = np.repeat(np.arange(len(x)) == len(x) - 1, len(y))
    return at, np.array([deep / len(x), wide / len(y)]), ~kit.chance("slab lost", len(at), 0.06 * kit.chaos) | edge


def _slabs(kit: Kit, deep: float, wide: float) -> Parts:
    """Long slabs with dark joints that run out to the edge; where memory fails one is missing."""
    at, (long, broad), there = _grid(kit, deep, wide)
    at[:, 2] -= 0.15 + kit.stream.unit("slab sunk", len(at)) * 0.02
    stuff = np.where(kit.chance("old slab", len(at), 0.6), Material.OLD_CONCRETE, Material.CONCRETE)
    y = spread(-wide / 2, wide / 2, 4.6)
    return join(
        [
            kit.solid("box", at[there], (long - 0.05, broad - 0.16, 0.3), stuff[there]),
            kit.box((-deep / 2, -wide / 2, 0.0), (deep / 2, wide / 2, 0.06), Material.DARK_STEEL),
            kit.box(points(-deep / 2, y - 0.3, 0.0), points(deep / 2, y + 0.3, _TOP - 0.32), Material.DARK_STEEL),
        ]
    )


def _edge(kit: Kit, deep: float, wide: float) -> Parts:
    """A kerb of stones in two courses with bays broken out, and what is left of a rail."""
    y = spread(-wide / 2, wide / 2, 3.1)
    pitch = wide / len(y)
    kept = ~kit.chance("kerb lost", len(y), 0.10 + 0.25 * kit.chaos)
    x = deep / 2 - 0.3
    high = np.where(kept, _KERB - 0.1 * kit.stream.unit("kerb worn", len(y)), 0.12)
    stones = kit.solid("chamfer", points(x, y, _TOP + high / 2 - 0.05), np.c_[np.full(len(y), 0.55), np.full(len(y), pitch - 0.07), high])
    lip = kit.box((deep / 2 - 0.62, -wide / 2, _TOP - 0.02), (deep / 2 - 0.02, wide / 2, _TOP + 0.05), Material.STEEL)
    sides = (
        points(-deep / 2, np.array([-1.0, 1.0]) * (wide / 2 - 0.3), _TOP),
        points(deep / 2 - 0.7, np.array([-1.0, 1.0]) * (wide / 2 - 0.3), _TOP),
    )
    front = points(x, -wide / 2, _TOP + _KERB - 0.05), points(x, wide / 2, _TOP + _KERB - 0.05)
    return join([stones, lip, rails(kit, *sides, bay=3.0, keep=0.8 - 0.3 * kit.chaos), _broken(kit, *front)])


def _broken(kit: Kit, start: F64, end: F64) -> Parts:
    """The rail on the kerb, of which a bay here and there is left."""
    return rails(Kit(kit.stream.sub("front"), kit.epoch, kit.year, kit.exposure, kit.stature), start, end, height=0.6, bay=3.1, keep=0.35)


def _houses(kit: Kit, deep: float, wide: float, tall: float) -> Parts:
    """Machine houses along the back and one or two at the sides, nearer to the edge: bodies with open joints, fans, a door, a duct."""
    draws = kit.stream.sub("houses")
    back, sides = 2 + int(draws.one("count") * 2.99), 1 + int(draws.one("sides") * 1.99)
    n, first = back + sides, 1.0 if draws.one("first side") < 0.5 else -1.0
    aside = np.array([first, -first])[:sides] * draws.between("aside", sides, 0.2, 0.34) * wide
    ahead = draws.between("ahead", sides, 0.22, 0.42) * deep
    y = np.r_[spread(-wide / 2, wide / 2, wide / back), aside]
    size = np.c_[
        np.minimum(draws.between("deep", n, 3.0, 9.0), 0.25 * deep),
        np.minimum(draws.between("wide", n, 3.0, 11.0), 0.16 * wide),
        np.minimum(draws.between("high", n, 2.6, 8.5), 0.45 * tall),
    ]
    x = np.r_[0.6 - deep / 2 + size[:back, 0] / 2, ahead]
    foot = points(x, y, _TOP)
    return join([_bodies(kit, draws, foot, size), _fittings(kit, draws, foot, size)])


def _bodies(kit: Kit, draws: Stream, foot: F64, size: F64) -> Parts:
    """Each in three to five courses with a shadow between, under a lid that stands out."""
    n = len(foot)
    courses = draws.whole("courses", n, 3, 6)
    row = np.repeat(np.arange(n), courses)
    step = np.arange(len(row)) - np.repeat(np.cumsum(courses) - courses, courses)
    high = (size[:, 2] / courses)[row]
    middle = foot[row] + points(0.0, 0.0, (step + 0.5) * high)
    stuff = np.where(
        draws.unit("dark", n) < 0.35, Material.DARK_STEEL, np.where(draws.unit("old", n) < 0.4, Material.OLD_CONCRETE, Material.CONCRETE)
    )
    return join(
        [
            kit.solid("box", middle, np.c_[size[row, :2], high - 0.07], stuff[row]),
            kit.solid("box", foot + points(0.0, 0.0, size[:, 2] / 2), size - [0.16, 0.16, 0.1], Material.DARK_STEEL),
            kit.solid("box", foot + points(0.0, 0.0, size[:, 2] + 0.12), np.c_[size[:, :2] + 0.4, np.full(n, 0.22)], Material.STEEL),
            kit.solid("box", foot + points(0.0, 0.0, 0.15), np.c_[size[:, :2] + 0.3, np.full(n, 0.3)], Material.DARK_STEEL),
        ]
    )


def _fittings(kit: Kit, draws: Stream, foot: F64, size: F64) -> Parts:
    """A door to the terrace, louvres beside it, a fan on the lid, a duct that bends down to the slabs."""
    n = len(foot)
    face = foot + points(size[:, 0] / 2, 0.0, 0.0)
    aside = (draws.unit("door", n) - 0.5) * 0.5 * size[:, 1]
    vents = face + points(0.06, -aside, 0.55 * size[:, 2])
    fans = foot + points(0.0, 0.0, size[:, 2] + 0.45)
    wide = 0.5 * size[:, :2].min(axis=1)
    bore = np.minimum(0.22 * size[:, 1], 0.9)
    out = points(draws.between("duct", n, 1.6, 4.2), 0.0, 0.0)
    bend = face + points(0.0, 0.3 * size[:, 1], 0.7 * size[:, 2])
    return join(
        [
            doors(kit, face + points(0.0, aside, 0.0), 1),
            kit.solid(
                "louvre", vents, np.c_[0.3 * size[:, 1], np.full(n, 0.14), 0.3 * size[:, 2]], Material.DARK_STEEL, QUARTER_TURNS["z"][1]
            ),
            kit.solid("banded_drum", fans, np.c_[wide, wide, np.full(n, 0.5)], Material.STEEL),
            kit.solid("fan", fans + [0.0, 0.0, 0.26], np.c_[0.9 * wide, 0.9 * wide, np.full(n, 0.16)], Material.DARK_STEEL),
            kit.bar(bend, bend + out, bore, bore, Material.DARK_STEEL),
            kit.bar(bend + out, bend + out - points(0.0, 0.0, 0.7 * size[:, 2] - 0.2), bore, bore, Material.DARK_STEEL),
        ]
    )


def _services(kit: Kit, deep: float, wide: float) -> Parts:
    """Pipes on sleepers along one side, a tray of cables along the other, one pipe across."""
    side = 1.0 if kit.stream.one("pipe side") < 0.5 else -1.0
    lanes = side * (wide / 2 - np.array([1.1, 1.6, 2.3]))
    z = _TOP + np.array([0.42, 0.38, 0.5])
    bores = np.array([0.16, 0.1, 0.26])
    run = pipe_runs(kit, points(-deep / 2, lanes, z), points(0.36 * deep, lanes, z), bores, material=Material.RUST)
    x = spread(-deep / 2, 0.36 * deep, 5.0)
    sleepers = kit.solid("box", points(x, side * (wide / 2 - 1.7), _TOP + 0.12), (0.3, 2.2, 0.24), Material.OLD_CONCRETE)
    tray = trays(
        kit, points(-deep / 2, -side * (wide / 2 - 1.2), _TOP + 0.04), points(0.45 * deep, -side * (wide / 2 - 1.2), _TOP + 0.04), width=0.6
    )
    return join([run, sleepers, tray])


def _masts(kit: Kit, deep: float, wide: float, tall: float) -> Parts:
    """Masts at the sides, and the cables that still hang from head to head and down to the back."""
    draws = kit.stream.sub("masts")
    n = 4
    side = np.array([-1.0, 1.0, -1.0, 1.0])
    x = np.array([0.36, 0.2, -0.36, -0.3]) * deep + draws.between("x", n, -0.08, 0.08) * deep
    y = side * draws.between("y", n, 0.2, 0.46) * wide
    high = np.minimum(draws.between("high", n, 0.55, 0.93) * tall, tall - _TOP - 0.6)
    foot = points(x, y, _TOP)
    head = foot + points(0.0, 0.0, high)
    poles = kit.bar(foot, head, 0.22, 0.22, Material.DARK_STEEL, "pipe")
    arms = kit.solid("box", head - [0.0, 0.0, 0.5], (0.12, 2.2, 0.12), Material.DARK_STEEL)
    plinths = kit.solid("chamfer", foot + [0.0, 0.0, 0.3], (0.9, 0.9, 0.6), Material.CONCRETE)
    pairs = np.array([(0, 1), (2, 0), (3, 1), (2, 3), (2, 1)])
    strands = np.repeat(pairs, 2, axis=0)
    shift = np.tile(points(0.0, np.array([-0.9, 0.9]), -0.45), (len(pairs), 1))
    sag = draws.between("sag", len(strands), 0.05, 0.32) * high[strands].min(axis=1)
    hung = cables(kit, head[strands[:, 0]] + shift, head[strands[:, 1]] + shift, sag, 0.03)
    stays = kit.bar(
        np.repeat(head, 2, axis=0),
        points(np.repeat(x, 2) + np.tile([-4.0, 4.0], n), np.repeat(y - side * 2.0, 2), _TOP),
        0.03,
        0.03,
        Material.CABLE,
        "pipe",
    )
    return join([poles, arms, plinths, hung, stays])


def _left(kit: Kit, deep: float, wide: float) -> Parts:
    """Crates, drums and rubble, more of them towards the back; a lamp that may still burn."""
    draws = kit.stream.sub("left")
    n = max(4, round(deep * wide / 260))
    size = np.stack([draws.between("long", n, 0.9, 2.4), draws.between("wide", n, 0.8, 1.6), draws.between("high", n, 0.5, 1.5)], axis=-1)
    side = np.where(draws.unit("side", n) < 0.5, -1.0, 1.0)
    # the middle stays open: there one looks out
    foot = points(draws.between("x", n, -0.46, 0.3) * deep, side * (0.16 + 0.3 * draws.unit("y", n)) * wide, _TOP)
    boxes = crates(kit, foot, size, draws.between("turn", n, -0.06, 0.06))
    drums = kit.solid("banded_drum", foot[: n // 2] + [0.0, 1.9, 0.45], (0.6, 0.6, 0.9), Material.RUST)
    corners = (-deep / 2 + 1.0, -wide / 2 + 1.0, _TOP), (deep / 2 - 0.8, wide / 2 - 1.0, _TOP)
    rubble = debris(kit, *corners, round(deep * wide * 0.05), largest=0.7)
    grit = debris(kit, *corners, round(deep * wide * 0.12), largest=0.16, name="grit")
    lamp = lamp_posts(kit, points(-0.1 * deep, (0.5 - 0.05) * wide * side[:1], _TOP), 3, height=3.4, lit=kit.chance("lamp burns", 1, 0.5))
    at, plot, there = _grid(kit, deep, wide)
    low, high = at[~there] - [*plot / 2, 0.1], at[~there] + [*plot / 2, 3.0]
    return clear(join([boxes, drums, rubble, grit, lamp]), low, high)  # nothing lies where no slab is


def _watcher(kit: Kit, place: Place) -> Parts:
    """Somebody at the edge, who looks out along +x."""
    if not place.form & 1:
        return EMPTY
    return figure(kit, standing(place), 0.25 + 0.04 * (kit.stream.one("glance") - 0.5))
