"""What one sees of a district from above: the plates of its ground, trenches and lamps along them, what stands on the roofs, and
the quarters whose windows somebody still lights.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.angle import IDENTITY
from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Place
from geometry.rules.keepout import Box, clear, stacked
from geometry.rules.masses import ALL_SIDES, F64, I64, boxes, columns, lay, power, shade, sides, split, tints, wall_light, walls
from geometry.rules.openings import hollowed
from geometry.solids import PROTOTYPE_IDS

_G, _O, _C, _M, _S, _D = (
    Material.GROUND, Material.OLD_CONCRETE, Material.CONCRETE, Material.MEGASTRUCTURE, Material.STEEL, Material.DARK_STEEL
)  # fmt: skip
_ROOF = np.array([PROTOTYPE_IDS[name] for name in (*["box"] * 9, "stack", "chamfer", "chamfer")])
_TRENCHES = 12


def settled(inhabited: float) -> float:
    """How much more than usual is lived in: 1 for one dwelling in a million, 0 for none, 32 where all are (fourth root)."""
    return float(np.sqrt(np.sqrt(inhabited * 1.0e6)))


def ground(place: Place, bed: Box) -> Parts:
    """A floor of plates that never quite join, trenches between kerbs across it, sheds in clusters, lamps along the kerbs: but for the
    floor none of them in the bed of the canyons, which have grounds of their own."""
    stream, (wide, long, _) = place.stream.sub("ground"), place.size
    base = boxes(
        [[-wide / 2, -long / 2, 0.0]], [[wide / 2, long / 2, 0.0003 * wide]], _D, exposure=shade(0.12), year=place.year
    )  # fmt: skip
    cuts, lamps = _trenches(stream, place)
    return join((base, _split(join((_plates(stream, place), cuts)), bed), clear(join((lamps, _sheds(stream, place))), *stacked([bed]))))


def _split(boxes: Parts, bed: Box) -> Parts:
    """Upright boxes without what of them lies in the bed: what is left of those that it cuts comes last."""
    half = boxes.scale / 2.0
    low, high = boxes.position - half, boxes.position + half
    cut = np.asarray(((low < bed[1]) & (high > bed[0])).all(axis=1))
    rows, n = np.flatnonzero(cut), int(cut.sum())
    owner, low, high = hollowed(low[rows], high[rows], np.tile(bed[0], (n, 1)), np.tile(bed[1], (n, 1)))
    left = replace(boxes[rows[owner]], position=((low + high) / 2).astype(np.float32), scale=(high - low).astype(np.float32))
    return join((boxes[~cut], left))


def _plates(stream: Stream, place: Place) -> Parts:
    """Plates of the ground, each a little higher or lower than the next; one in sixteen is missing."""
    wide, long, _ = place.size
    on = walls([[0.0, 0.0, 0.0]], IDENTITY, wide, long, 1.0, 1.0)
    found = split(stream.sub("plates"), on, leaf=0.03 * wide, levels=9, chaos=0.3 + 0.05 * place.epoch, group_level=4)
    found = found[stream.unit("missing", len(found)) > 0.06]
    n, joint = len(found), 0.0004 * wide
    top = (0.0004 + 0.0012 * stream.unit("step", n)) * wide
    stuff = np.array([_G, _G, _G, _O, _O, _C, _M, _D])[stream.whole("plate of", n, 0, 8)]
    low, high = np.c_[found.low + joint, np.zeros(n)], np.c_[found.high - joint, top]
    return boxes(low, high, stuff, exposure=shade(stream.between("worn", n, 0.24, 0.4)), tint=tints(stream, n), year=place.year)


def _trenches(stream: Stream, place: Place) -> tuple[Parts, Parts]:
    """(floors and kerbs, lamps) of the sunken lanes: dark strips between two kerbs, from edge to edge or part of the way."""
    wide, long, _ = place.size
    n = _TRENCHES
    along = stream.whole("trench axis", n, 0, 2)
    at = (np.arange(n) + stream.unit("trench at", n)) / n * 0.92 - 0.46
    begin, run = stream.between("trench from", n, -0.5, 0.1), stream.between("trench long", n, 0.3, 1.0)
    half = power(stream.unit("trench half", n), 0.0016, 0.006) * wide
    low2 = np.stack([at * wide - half, begin * long], axis=-1)
    high2 = np.stack([at * wide + half, np.minimum(begin + run, 0.5) * long], axis=-1)
    low2, high2 = (np.where(along[:, None] == 0, edge, edge[:, ::-1]) for edge in (low2, high2))
    deep = np.full(n, 0.0019 * wide)
    floors = boxes(np.c_[low2, 0 * deep], np.c_[high2, deep], _D, exposure=shade(0.07), tint=tints(stream, n), year=place.year)
    thick, axis, rows = 0.3 * half, along, np.arange(n)
    groups = [floors]
    for sign in (-1.0, 1.0):
        a, b = low2.copy(), high2.copy()
        edge = (high2 if sign > 0 else low2)[rows, axis]
        a[rows, axis], b[rows, axis] = edge - thick / 2, edge + thick / 2
        a, b = np.maximum(a, [-wide / 2, -long / 2]), np.minimum(b, [wide / 2, long / 2])
        top = deep * stream.between(f"kerb {sign}", n, 1.6, 3.2)
        groups.append(boxes(np.c_[a, 0 * top], np.c_[b, top], _C, exposure=shade(0.42), tint=tints(stream, n), year=place.year))
    return join(groups), _lamps(stream.sub("lamps"), low2, high2, along, 3.2 * float(deep[0]), place)


def _lamps(stream: Stream, low: F64, high: F64, along: I64, top: float, place: Place) -> Parts:
    """Cold lamps on tall masts down one side of each trench, in broken rows."""
    each = 16
    kept = np.flatnonzero(stream.unit("kept", each * len(low)) < 0.55)
    row, step = kept // each, kept % each
    across = along[row]
    k, rows = len(row), np.arange(len(row))
    at = np.empty((k, 2))
    at[rows, across] = low[row, across]
    at[rows, 1 - across] = low[row, 1 - across] + (step + 0.5) / each * (high - low)[row, 1 - across]
    size = 0.0015 * place.size[0]
    at = np.clip(at, -0.499 * place.size[0] + size, 0.499 * place.size[0] - size)
    tall = top + size * stream.between("mast", k, 2.0, 4.0)
    mast = boxes(np.c_[at - 0.05 * size, np.zeros(k)], np.c_[at + 0.05 * size, tall], _D, exposure=90, year=place.year)
    arm = np.where(across[:, None] == 0, [0.5, 0.1], [0.1, 0.5]) * size
    stuff = np.where(stream.unit("warm", k) < 0.2, Material.WARM_LIGHT, Material.COLD_LIGHT)
    return join((mast, boxes(np.c_[at - arm, tall - 0.12 * size], np.c_[at + arm, tall], stuff, tint=tints(stream, k), year=place.year)))


def _sheds(stream: Stream, place: Place) -> Parts:
    """Low sheds: half of them crowd about a few spots."""
    (wide, long, _), n = place.size, 420
    half = columns([power(stream.unit("hx", n), 0.002, 0.05), power(stream.unit("hy", n), 0.002, 0.05)]) * wide
    spot = columns([stream.unit("cx", 14), stream.unit("cy", 14)])[np.arange(n) % 14]
    free = columns([stream.unit("x", n), stream.unit("y", n)])
    share = np.where((np.arange(n) % 2 == 0)[:, None], free, np.clip(spot + (free - 0.5) * 0.12, 0.0, 1.0))
    at = (share - 0.5) * (np.array([wide, long]) - 2 * half)
    tall = half.min(axis=1) * stream.between("high", n, 0.1, 1.2)
    stuff = np.array([_O, _O, _C, _M, _D, _S])[stream.whole("shed of", n, 0, 6)]
    solid = np.array([PROTOTYPE_IDS[name] for name in ("box", "box", "box", "chamfer", "stack")])[stream.whole("shed", n, 0, 5)]
    low, high = np.c_[at - half, np.zeros(n)], np.c_[at + half, tall]
    return boxes(low, high, stuff, solid=solid, exposure=shade(0.28), tint=tints(stream, n), year=place.year)


def roofs(place: Place, low: F64, high: F64, light: F64, n: int = 1600) -> Parts:
    """Machine houses in clusters, ducts, slabs and masts, more on the larger masses: from above the roofs are the City."""
    stream = place.stream.sub("roofs")
    across = (high - low)[:, :2].min(axis=1)
    weight = np.where(_covered(low, high), 6.0, 96.0) / across.max()
    host = stream.choice("host", n, (across * weight).astype(np.int64) + 1)
    low2, span, small, z = low[host, :2], (high - low)[host, :2], across[host], high[host, 2]
    kind = stream.choice("kind", n, (62, 18, 13, 7))  # house, duct, slab, mast
    half, tall = _roof_sizes(stream, kind, span, small)
    home = columns([stream.unit("home x", len(low)), stream.unit("home y", len(low))])[host]
    free = columns([stream.unit("x", n), stream.unit("y", n)])
    share = np.where((stream.unit("lone", n) < 0.4)[:, None], free, np.clip(home + (free - 0.5) * 0.36, 0.0, 1.0))
    middle = low2 + half + share * (span - 2 * half)
    top = np.minimum(z + tall, place.size[2])
    solid = np.where(kind == 0, _ROOF[stream.whole("solid", n, 0, len(_ROOF))], PROTOTYPE_IDS["box"])
    stuff = np.array([_C, _O, _S, _D, _D, _M, _C, _O])[stream.whole("of", n, 0, 8)]
    lit = shade(light[host] * stream.between("worn", n, 0.55, 1.0))
    look: dict[str, ArrayLike] = {"solid": solid, "exposure": lit, "tint": tints(stream, n), "year": place.year}
    return boxes(np.c_[middle - half, z], np.c_[middle + half, top], stuff, **look)[top > z]


def _covered(low: F64, high: F64) -> NDArray[np.bool_]:
    """(n,) which masses carry another one on their top."""
    order = np.argsort(low[:, 2], kind="stable")
    foot = low[order, 2]
    first, last = np.searchsorted(foot, high[:, 2], "left"), np.searchsorted(foot, high[:, 2], "right")
    count = last - first
    below = np.repeat(np.arange(len(low)), count)
    above = order[np.arange(len(below)) - np.repeat(np.cumsum(count) - count, count) + first[below]]
    meets = ((low[above, :2] < high[below, :2]) & (high[above, :2] > low[below, :2])).all(axis=1)
    return np.asarray(np.isin(np.arange(len(low)), below[meets]))


def _roof_sizes(stream: Stream, kind: I64, span: F64, small: F64) -> tuple[F64, F64]:
    """Half plan (n, 2) and height (n,) of houses (kind 0), ducts (1), slabs (2) and masts (3), metres."""
    n = len(kind)
    houses = power(stream.unit("half", n), 0.008, 0.11)[:, None] * small[:, None] * columns([1.0, stream.between("flat", n, 0.4, 1.8)])
    thin = 0.009 * small
    ducts = np.where((stream.unit("way", n) < 0.5)[:, None], columns([0.42 * span[:, 0], thin]), columns([thin, 0.42 * span[:, 1]]))
    slabs = span * columns([stream.between("sx", n, 0.08, 0.34), stream.between("sy", n, 0.08, 0.34)])
    masts = columns([0.005 * small, 0.005 * small])
    half = np.choose(kind[:, None], [houses, ducts, slabs, masts])
    rise = houses.min(axis=1) * stream.between("tall", n, 0.5, 2.6), 2.2 * thin, 0.014 * small, 0.3 * small * stream.unit("mast", n)
    return np.minimum(half, 0.46 * span), np.choose(kind, rise) + 0.002 * small


def quarters(place: Place, low: F64, high: F64, light: F64, inhabited: float) -> Parts:
    """Dwellings in clusters on the flanks of a few masses: at night they are what one sees of the far City."""
    stream = place.stream.sub("quarters")
    chosen = np.flatnonzero(stream.unit("chosen", len(low)) < min(0.12 * settled(inhabited), 0.5))
    if len(chosen) == 0:
        return join(())
    lit = light[chosen]
    on = sides(low[chosen], high[chosen], ALL_SIDES, 0.8 * lit, lit)
    each = 7
    wall = np.repeat(np.arange(len(on)), each)
    n = len(wall)
    least = np.minimum(on.width, on.height)[wall]
    half = columns([power(stream.unit("half", n), 0.06, 0.5), power(stream.unit("up", n), 0.06, 0.6)]) * least[:, None] / 2
    room = np.maximum(columns([on.width[wall], on.height[wall]]) / 2 - half, 0.0)
    home = columns([stream.between("u", len(on), -0.7, 0.7), stream.between("v", len(on), -0.7, 0.7)])[wall]
    near = columns([stream.between("du", n, -0.4, 0.4), stream.between("dv", n, -0.4, 0.4)])
    at = np.clip((home + near) * room, -room, room)
    out = least * stream.between("out", n, 0.006, 0.03)
    edge = 0.5 * place.size[0]
    centre, size, rotation = lay(on, wall, np.c_[at - half, -out][:, [0, 2, 1]], np.c_[at + half, out][:, [0, 2, 1]])
    shown = shade(0.9 * wall_light(on, wall, at[:, 1]))
    made = parts("box", centre, size, Material.DWELLING, rotation=rotation, exposure=shown, tint=tints(stream, n), year=place.year)
    return made[np.flatnonzero((np.abs(centre[:, :2]) < edge - least[:, None]).all(axis=1))]
