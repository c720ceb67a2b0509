"""Builder: the machine that never stops building, in four sizes from 0.3 m to a kilometre (canon P71, P72: no two alike).

It stands on the floor of its box and faces +x. Form 1 is a walker, 2 a many-legged clinger, 3 a crane on three legs,
4 a hunched giant; 0 lets the key choose. All are put together in units of their own size, so that a key looks the same at any size.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geometry.angle import QUARTER_TURNS
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join
from geometry.place import Growth, Place
from geometry.rules.builder_limbs import F64, HULL, feet, growths, head, limbs, segments, tool
from geometry.rules.furnish import Kit, cables, inside, kit_of, points, spokes
from geometry.spec import CitySpec

_EXTENT = {1: (1.62, 1.36, 1.14), 2: (1.7, 0.95, 0.92), 3: (1.5, 1.3, 1.06), 4: (1.1, 1.36, 1.08)}
"""Length, width and height of each body plan in its own units."""
SIZES = (0.3, 5.0, 50.0, 1000.0)
"""Metres: the four classes of Builder (canon P72)."""


def unfold(place: Place, spec: CitySpec) -> Growth:
    """One Builder, as large as its box allows."""
    form = place.form or 1 + int(place.stream.choice("plan", 1, [4, 3, 2, 3])[0])
    plan = 1 + (form - 1) % 4
    unit = min(size / extent for size, extent in zip(place.size, _EXTENT[plan], strict=True))
    kit = kit_of(place, 120)
    made = (_walker, _clinger, _crane, _giant)[plan - 1](kit)
    return Growth(inside(place.size, scaled(made, unit)))


def scaled(made: Parts, unit: float) -> Parts:
    """Parts made in units, as metres."""
    return replace(made, position=(made.position * np.float32(unit)), scale=(made.scale * np.float32(unit)))


def _both(x: F64, y: F64, z: F64) -> F64:
    """Points mirrored in y: (2n, 3), right side first."""
    return np.concatenate([points(x, -y, z), points(x, y, z)])


def _walker(kit: Kit) -> Parts:
    """Two to four pairs of legs, knees above the back, a long neck."""
    s = kit.stream
    pairs = 2 + int(s.whole("pairs", 1, 0, 3)[0])
    x = np.linspace(-0.38, 0.34, pairs)
    hip_z, knee_z = s.between("hip", 1, 0.40, 0.52)[0], s.between("knee", 1, 0.62, 0.8)[0]
    girth = float(s.between("leg", 1, 0.05, 0.085)[0])
    stride = s.between("stride", 2 * pairs, -0.10, 0.10)
    splay = s.between("splay", pairs, 0.44, 0.56)
    hips = _both(x, np.full(pairs, 0.13), np.full(pairs, hip_z))
    knees = _both(x * 1.25, splay * 0.78, np.full(pairs, knee_z)) + points(stride, 0, 0)
    ground = _both(x * 1.35, splay, np.full(pairs, 0.04)) + points(stride * 1.8, 0, 0)
    m = 4 + int(s.whole("segments", 1, 0, 3)[0])
    spine = points(np.linspace(-0.5, 0.42, m + 1), 0, hip_z + 0.07 * s.unit("sway", m + 1))
    bulk = s.between("bulk", m, 0.18, 0.36)
    neck = [points(0.40, 0, hip_z + 0.04), points(0.56, 0.04, hip_z + 0.22), points(0.63, 0.02, hip_z + 0.36)]
    arms = [
        points([0.36, 0.36], [-0.12, 0.12], hip_z),
        points([0.56, 0.58], [-0.3, 0.24], hip_z + 0.04),
        points([0.68, 0.66], [-0.22, 0.2], 0.2),
    ]
    back = points(s.between("back x", 7, -0.42, 0.1), s.between("back y", 7, -0.1, 0.1), hip_z + 0.14)
    made = [limbs(kit, [hips, knees, ground], girth), feet(kit, ground - [0, 0, 0.04], girth), segments(kit, spine, bulk)]
    made += [limbs(kit, neck, 0.09, kind="drum", name="neck"), head(kit, neck[-1], 0.13, int(s.whole("head", 1, 0, 4)[0]))]
    made += [limbs(kit, arms, 0.05, name="arms"), *(tool(kit, arms[-1][i], 0.05, int(s.whole("tool", 2, 0, 4)[i])) for i in (0, 1))]
    belly = cables(kit, spine[:-1] - [0, 0.05, 0.1], spine[1:] - [0, -0.05, 0.1], 0.1, 0.006)
    return join([*made, growths(kit, back, 0.12, "back"), belly])


def _clinger(kit: Kit) -> Parts:
    """A long body of many segments, reared at the front, a pair of legs on each (and no two legs quite alike)."""
    s = kit.stream
    m = 9 + int(s.whole("segments", 1, 0, 5)[0])
    f = np.arange(m + 1) / m
    rear = np.maximum(0.0, f - 0.55) / 0.45
    spine = points(-0.72 + 1.36 * f - 0.2 * rear * rear, 0.06 * (f - 0.5) * (s.one("bend") - 0.5) * 4, 0.2 + 0.5 * rear * rear)
    bulk = (0.12 + 0.10 * (1 - (2 * f[:-1] - 1) ** 2)) * s.between("bulk", m, 0.8, 1.15)
    roots = spine[1:-1]
    n = len(roots)
    reach = 0.26 + 0.10 * s.unit("reach", n)
    out = np.array([-1.0, 1.0])
    hips = np.concatenate([roots + points(0, sign * 0.07, 0) for sign in out])
    lean = s.between("gait", 2 * n, -0.05, 0.05)
    knees = np.concatenate([roots + points(0, sign * reach * 0.7, 0.13) for sign in out]) + points(lean, 0, 0)
    lifted = np.tile(roots[:, 2] > 0.36, 2)
    tips = np.concatenate([points(roots[:, 0], roots[:, 1] + sign * reach, 0.015) for sign in out]) + points(lean * 2, 0, 0)
    tips[lifted] = knees[lifted] + points(0.1, 0, -0.16)
    made = [
        segments(kit, spine, bulk, tall=0.8),
        limbs(kit, [hips, knees, tips], 0.035),
        head(kit, spine[-1] + [0.03, 0, 0.04], 0.13, int(s.whole("head", 1, 0, 4)[0])),
    ]
    made.append(feet(kit, tips[~lifted] * [1, 1, 0], 0.018))
    crest = spine[1:-2:2] + [0, 0, 0.09]
    return join([*made, growths(kit, crest, 0.09, "crest")])


def _crane(kit: Kit) -> Parts:
    """Three or four tall legs under a turning drum, a mast, a jib with a load on cables."""
    s = kit.stream
    n = 3 + int(s.whole("legs", 1, 0, 2)[0])
    turns = (np.arange(n) + 0.5) / n + 0.02 * s.one("stance")
    out = spokes(turns)
    hub = float(s.between("hub", 1, 0.42, 0.52)[0])
    hips, knees, ground = out * 0.12 + [0, 0, hub], out * 0.36 + [0, 0, hub * 0.9], out * 0.48 + [0, 0, 0.03]
    deck = kit.solid("banded_drum", (0, 0, hub + 0.02), (0.34, 0.34, 0.14), HULL)
    ring = kit.solid("ring", (0, 0, hub - 0.06), (0.46, 0.46, 0.04), Material.DARK_STEEL)
    spine = points(s.between("sway", 5, -0.015, 0.015), 0, hub + 0.08 + 0.4 * np.arange(5) / 4)
    mast = kit.bar(spine[:-1], spine[1:], 0.11, 0.11, Material.DARK_STEEL, "truss")
    house = segments(kit, points([-0.3, -0.16, -0.03, 0.1], 0, hub + 0.17), s.between("house", 3, 0.15, 0.24), name="house")
    top = spine[-1]
    jib = [top - [0.3, 0, 0.02], top - [0, 0, 0.03], top + [0.62, 0, -0.05]]
    jibs = kit.bar(jib[:2], jib[1:], 0.06, 0.08, HULL, "truss")
    weight = kit.solid("stack", top - [0.3, 0, 0.09], (0.12, 0.14, 0.12), Material.CONCRETE)
    guys = kit.bar(np.repeat((top + [0, 0, 0.08])[None], 3, axis=0), [jib[0], jib[2], (jib[1] + jib[2]) / 2], 0.008, 0.008, Material.CABLE)
    peak = kit.solid("frustum", top + [0, 0, 0.04], (0.08, 0.08, 0.1), HULL)
    x = float(s.between("trolley", 1, 0.25, 0.55)[0])
    low = float(s.between("hoist", 1, 0.2, 0.45)[0])
    ropes = kit.bar(points(x, [-0.03, 0.03], top[2] - 0.06), points(x, [-0.06, 0.06], low + 0.07), 0.006, 0.006, Material.CABLE)
    load = join(
        [
            kit.solid("chamfer", (x, 0, low), (0.1, 0.2, 0.14), Material.CONCRETE),
            kit.solid("frame", (x, 0, low), (0.2, 0.1, 0.12), Material.DARK_STEEL, QUARTER_TURNS["z"][1]),
        ]
    )
    face = head(kit, np.array([0.2, 0.0, hub + 0.16]), 0.12, int(s.whole("head", 1, 0, 4)[0]))
    arms = [
        points([0.12, 0.12], [-0.14, 0.14], hub),
        points([0.34, 0.3], [-0.28, 0.3], hub + 0.08),
        points([0.46, 0.4], [-0.24, 0.26], hub - 0.2),
    ]
    tools = [tool(kit, arms[-1][i], 0.045, int(s.whole("tool", 2, 0, 4)[i])) for i in (0, 1)]
    legs = [limbs(kit, [hips, knees, ground], 0.075), feet(kit, ground - [0, 0, 0.03], 0.06), limbs(kit, arms, 0.045, name="arms"), *tools]
    back = points(s.between("back", 5, -0.28, -0.06), s.between("back y", 5, -0.07, 0.07), hub + 0.24)
    return join([*legs, deck, ring, mast, house, jibs, weight, guys, peak, ropes, load, face, growths(kit, back, 0.08, "back")])


def _giant(kit: Kit) -> Parts:
    """A hunched back on short legs and arms that reach the ground; a head sunk between the shoulders, with nothing on it."""
    s = kit.stream
    hips = points(-0.2, [-0.13, 0.13], 0.34)
    knees, heels = points(-0.06, [-0.22, 0.22], 0.24), points(-0.18, [-0.24, 0.24], 0.03)
    spine = np.array([[-0.24, 0, 0.30], [-0.2, 0, 0.46], [-0.1, 0, 0.62], [0.04, 0, 0.72], [0.18, 0, 0.74]])
    bulk = np.array([0.3, 0.4, 0.46, 0.36]) * s.between("bulk", 4, 0.85, 1.1)
    torso = segments(kit, spine, bulk, tall=0.85)
    hump = kit.solid("dome", (-0.14, 0, 0.83), (0.46, 0.5, 0.24), HULL)
    ribs = kit.solid(
        "ring", spine[1:4] + [-0.01, 0, 0], np.stack([bulk[:3] * 1.1, bulk[:3] * 1.16, np.full(3, 0.04)], axis=-1), Material.DARK_STEEL
    )
    broad = np.array([-1.0, 1.0]) * s.between("broad", 1, 0.27, 0.34)
    shoulders = points(0.06, broad, 0.70)
    elbows = points(s.between("elbow", 2, 0.02, 0.22), broad * 1.62, s.between("elbow z", 2, 0.4, 0.52))
    fists = points(s.between("fist", 2, 0.18, 0.38), broad * 1.45, 0.11)
    pads = kit.solid("chamfer", shoulders, (0.2, 0.16, 0.2), HULL)
    girths = np.array([0.095, 0.12]) if s.one("hand") < 0.5 else np.array([0.12, 0.095])
    arms = limbs(kit, [shoulders, elbows, fists], girths, name="arms")
    tools = [tool(kit, fists[i] + [0.02, 0, 0.05], 0.07, int(s.whole("tool", 2, 0, 4)[i])) for i in (0, 1)]
    neck = limbs(kit, [points(0.16, 0, 0.74), points(0.3, 0, 0.72)], 0.12, kind="drum", name="neck")
    face = head(kit, np.array([0.36, 0.0, 0.73]), 0.15, int(s.whole("head", 1, 0, 4)[0]))
    legs = join([limbs(kit, [hips, knees, heels], 0.11), feet(kit, heels - [0, 0, 0.03], 0.09)])
    back = points(s.between("back", 9, -0.34, 0.0), s.between("back y", 9, -0.2, 0.2), 0.84)
    trail = (
        cables(kit, points(-0.3, [-0.1, 0.0, 0.12], 0.6), points(-0.36, [-0.2, 0.05, 0.2], 0.2), 0.1, 0.006)
        if s.one("trail") < 0.9
        else EMPTY
    )
    return join([torso, hump, ribs, pads, arms, *tools, neck, face, legs, growths(kit, back, 0.09, "back"), trail])
