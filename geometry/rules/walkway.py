"""Walkway: a gangway or ledge in the void, with all that people and Builders left on it (canon P90, P94).

It runs along the longer side of its box, attached at -x. Form bit 0: somebody stands at the far end, looking out.
Form bit 1: it spans, attached at both ends; otherwise it breaks off in the void at +x. Form bit 2: every lamp is dead.
"""

from __future__ import annotations

import numpy as np

from geometry.angle import QUARTER_TURNS
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join
from geometry.place import Growth, Place
from geometry.rules.furnish import (
    Kit,
    cables,
    crates,
    debris,
    figure,
    kit_of,
    lamp_posts,
    lengthwise,
    pipe_runs,
    points,
    rails,
    spread,
    trays,
)
from geometry.spec import CitySpec

_OPEN_SKY = 4.5
"""Metres kept free above the deck: a figure, a lamp post."""


def deck_height(size: tuple[float, float, float]) -> float:
    """Height of the deck above the floor of a walkway's box of this size, metres."""
    return min(0.5 * size[2], max(size[2] - _OPEN_SKY, 0.3 * size[2]))


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Deck, girders, rails, lamps, cargo, cables and perhaps a figure."""
    return lengthwise(place, lambda turned: _fill(turned, spec))


def _fill(place: Place, spec: CitySpec) -> Growth:
    kit = kit_of(place, 120, spec)
    length, width, _ = place.size
    top = deck_height(place.size)
    half = min(width / 2 - 0.35, 4.5)
    spans = bool(place.form & 2)
    return Growth(
        join(
            [
                _deck(kit, length, half, top),
                _patches(kit, length, half, top),
                _under(kit, length, half, top),
                _edges(kit, length, half, top, spans),
                _cargo(kit, length, half, top),
                _lamps(kit, length, half, top, place.size[2], dark=bool(place.form & 4)),
                _slack(kit, length, half, top),
                _watcher(kit, length, half, top, present=bool(place.form & 1) or (not spans and kit.stream.one("watcher") < 0.25)),
            ]
        )
    )


def _deck(kit: Kit, length: float, half: float, top: float) -> Parts:
    """Concrete slabs with open joints, on a steel sheet: one can see through the joints to the beams."""
    x = spread(-length / 2, length / 2, 4.8)
    pitch = length / len(x)
    lanes = np.array([-0.5, 0.5]) * half if half > 1.4 else np.array([0.0])
    wide = half if half > 1.4 else 2 * half
    gx, gy = np.meshgrid(x, lanes, indexing="ij")
    at = points(gx, gy, top - 0.1)
    at[:, 2] -= kit.stream.unit("slab sag", len(at)) * 0.03
    size = (pitch - 0.045, wide - 0.03, 0.2)
    bolts = np.array([[i * (pitch / 2 - 0.16), j * (wide / 2 - 0.16), 0.105] for i in (-1, 1) for j in (-1, 1)])
    heads = (at[:, None, :] + bolts).reshape(-1, 3)
    stuff = np.where(kit.chance("old slab", len(at), 0.45), Material.OLD_CONCRETE, Material.CONCRETE)
    return join(
        [
            kit.solid("box", at, size, stuff),
            kit.solid("prism", heads, (0.09, 0.09, 0.03), Material.DARK_STEEL),
            kit.box((-length / 2, -half, top - 0.3), (length / 2, half, top - 0.24), Material.DARK_STEEL),
        ]
    )


def _patches(kit: Kit, length: float, half: float, top: float) -> Parts:
    """Steel plates laid over damage, hatches, gratings and drains along the kerb."""
    draws = kit.stream.sub("patches")
    n = max(2, round(length / 4))
    low, size = np.array([-length / 2 + 1.2, -half + 0.8]), draws.between("size", 2 * n, 0.6, 1.7).reshape(n, 2)
    at = low + draws.unit("where", 2 * n).reshape(n, 2) * ([length, 2 * half] + low * 2 * [0, 1] - [2.4, 0])
    at = np.clip(at, low, -low)
    plates = kit.solid("box", points(at[:, 0], at[:, 1], top + 0.006), np.c_[size, np.full(n, 0.024)], Material.STEEL)
    lids = kit.solid(
        "box", points(at[::3, 0], at[::3, 1], top + 0.03), np.c_[size[::3] * [0.3, 0.06], np.full(len(at[::3]), 0.04)], Material.DARK_STEEL
    )
    x = spread(-length / 2, length / 2, 9.6) + 1.1
    side = np.where(np.arange(len(x)) % 2 == 0, 1.0, -1.0)
    tilt = QUARTER_TURNS["x"][1]
    drains = kit.solid("grille", points(x, side * (half - 0.38), top - 0.005), (0.6, 0.06, 0.34), Material.DARK_STEEL, tilt)
    spouts = kit.bar(
        points(x, side * (half - 0.38), top - 0.2), points(x, side * (half - 0.38), top - 0.9), 0.12, 0.12, Material.RUST, "pipe"
    )
    return join([plates, lids, drains, spouts])


def _under(kit: Kit, length: float, half: float, top: float) -> Parts:
    """Cross beams that stick out past the deck, two girders, braces, pipes and a tray slung below."""
    reach = half + 0.28
    x = spread(-length / 2, length / 2, 2.4)
    cross = kit.bar(points(x, -reach, top - 0.48), points(x, reach, top - 0.48), 0.24, 0.36, Material.DARK_STEEL, "beam")
    deep = min(1.3, 0.7 * (top - 0.66))
    if deep < 0.2:
        return cross
    z = top - 0.66 - deep / 2
    y = np.array([-0.62, 0.62]) * half
    girders = kit.bar(points(-length / 2, y, z), points(length / 2, y, z), 0.42, deep, Material.STEEL, "beam")
    stiff = kit.solid("box", points(*np.meshgrid(x, y, indexing="ij"), z), (0.05, 0.46, deep * 0.96), Material.DARK_STEEL)
    zig = np.where(np.arange(len(x)) % 2 == 0, 1.0, -1.0)
    braces = kit.bar(
        points(x[:-1], zig[:-1] * y[1], z - deep * 0.4), points(x[1:], zig[1:] * y[1], z - deep * 0.4), 0.12, 0.12, Material.DARK_STEEL
    )
    lanes = np.array([-0.3, -0.12, 0.22]) * half
    pipes = pipe_runs(
        kit, points(-length / 2, lanes, z), points(length / 2, lanes, z), np.array([0.16, 0.09, 0.12]), flange=7.2, material=Material.RUST
    )
    tray = trays(kit, points(-length / 2, 0.42 * half, z), points(length / 2, 0.42 * half, z), width=0.4)
    hx, hy = (g.ravel() for g in np.meshgrid(x, np.append(lanes, 0.42 * half), indexing="ij"))
    straps = kit.bar(points(hx, hy, z - 0.02), points(hx, hy, top - 0.6), 0.05, 0.03, Material.DARK_STEEL)
    return join([cross, girders, stiff, braces, pipes, tray, straps])


def _edges(kit: Kit, length: float, half: float, top: float, spans: bool) -> Parts:
    """Kerbs, rails with a missing or bent bay here and there, toe boards, conduits and clips."""
    y = np.array([-1.0, 1.0]) * (half + 0.02)
    x = spread(-length / 2, length / 2, 4.8)
    pitch = length / len(x)
    gx, gy = np.meshgrid(x, y, indexing="ij")
    kerbs = kit.solid("box", points(gx, gy, top - 0.06), (pitch - 0.06, 0.3, 0.46), Material.CONCRETE)
    end = length / 2 - (0.0 if spans else 1.4)
    made = rails(kit, points(-length / 2, y, top + 0.17), points(end, y, top + 0.17), bay=4.8, keep=1.0 - 0.12 * kit.chaos)
    conduit = pipe_runs(kit, points(-length / 2, y * 1.045, top - 0.1), points(length / 2, y * 1.045, top - 0.1), 0.035, flange=1.6)
    bent = points(end, y, top + 0.17)
    stubs = kit.bar(bent, bent + [0.5, 0, 0.75], 0.06, 0.06, Material.DARK_STEEL) if not spans else EMPTY
    shoes = kit.solid("box", points(gx - pitch / 2 + 0.12, gy, top + 0.19), (0.22, 0.2, 0.04), Material.DARK_STEEL)
    return join([kerbs, made, conduit, stubs, shoes])


def _cargo(kit: Kit, length: float, half: float, top: float) -> Parts:
    """Crates pushed to the edges, boards against the rail, drums, rubble, a coil of hose."""
    draws = kit.stream.sub("cargo")
    n = max(2, round(length / 8))
    side = np.where(draws.unit("side", n) < 0.5, -1.0, 1.0)
    size = np.stack([draws.between("long", n, 0.8, 1.8), draws.between("wide", n, 0.7, 1.1), draws.between("high", n, 0.6, 1.7)], axis=-1)
    x = spread(-length / 2 + 1, length / 2 - 3, (length - 4) / n)[:n] + draws.between("shift", n, -1.5, 1.5)
    foot = points(np.clip(x, -length / 2 + 1.2, length / 2 - 3), side * (half - 0.85), top)
    boxes = crates(kit, foot, size, draws.between("turn", n, -0.03, 0.03))
    small = crates(kit, foot + np.c_[size[:, 0] * 0.9, -side * 0.1, np.zeros(n)], size * 0.45, draws.between("turn", n, -0.1, 0.1))
    m = max(1, n // 3)
    drums = kit.solid("banded_drum", points(foot[:m, 0] - 1.5, -side[:m] * (half - 0.5), top + 0.45), (0.6, 0.6, 0.9), Material.RUST)
    low, high = (-length / 2 + 0.5, -half + 0.3, top), (length / 2 - 0.5, half - 0.3, top)
    rubble = debris(kit, low, high, round(length * half * 0.4), largest=0.34)
    grit = debris(kit, low, high, round(length * half * 0.7), largest=0.1, name="grit")
    return join([boxes, small, drums, rubble, grit])


def _lamps(kit: Kit, length: float, half: float, top: float, height: float, *, dark: bool) -> Parts:
    """Lamp posts along one side; most are dead, the one nearest the end shines. A cable runs from head to head."""
    tall = min(3.6, height - top - 0.25)
    if tall < 2.0:
        return EMPTY
    x = spread(-length / 2, length / 2, 14.0) if length > 24 else np.array([0.18 * length])
    lit = kit.chance("lamp works", len(x), 0.25 + 0.7 * (1 - kit.chaos))
    lit[-1] = True
    foot = points(x, half - 0.28, top)
    posts = lamp_posts(kit, foot, 3, height=tall, lit=lit & (not dark))
    head = foot + [0.0, 0.05, tall - 0.05]
    stations = np.concatenate([[[-length / 2, half - 0.23, head[0, 2]]], head])
    return join([posts, cables(kit, stations[:-1], stations[1:], 0.5 + 0.5 * kit.stream.unit("droop", len(x)), 0.022)])


def _slack(kit: Kit, length: float, half: float, top: float) -> Parts:
    """Cables hanging in bights below the deck and dead ends dangling from its edge."""
    room = top - 0.7
    if room < 0.6:
        return EMPTY
    draws = kit.stream.sub("slack")
    n = max(3, round(length / 4))
    start = points(
        draws.between("from", n, -length / 2, length / 2 - 6), np.where(draws.unit("side", n) < 0.5, -1, 1) * (half + 0.15), top - 0.26
    )
    reach = draws.between("reach", n, 2.4, 12.0)
    end = start + np.c_[np.minimum(reach, length / 2 - start[:, 0] - 0.1), np.zeros((n, 2))]
    bights = cables(kit, start, end, draws.between("deep", n, 0.3, 0.9) * room, 0.022)
    drop = start + np.c_[draws.between("hop", n, -2, 2), np.zeros((n, 2))]
    drop[:, 0] = np.clip(drop[:, 0], -length / 2 + 0.1, length / 2 - 0.1)
    loose = kit.bar(drop, drop - points(0, 0, draws.between("drop", n, 0.2, 0.95) * room), 0.03, 0.03, Material.CABLE, "pipe")
    return join([bights, loose])


def _watcher(kit: Kit, length: float, half: float, top: float, *, present: bool) -> Parts:
    """A figure near the broken end, looking out along +x."""
    if not present:
        return EMPTY
    x, y = length / 2 - 1.6, (kit.stream.one("stand") - 0.5) * half * 0.5
    return figure(kit, (x, y, top), 0.25 + 0.04 * (kit.stream.one("glance") - 0.5))
