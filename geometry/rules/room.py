"""Room: a box one lives, works or waits in, its door in the -y wall.

Form 1 is a dwelling cell (canon S31), 2 has the window on to the open space (canon P77), 3 is a machine room; 0 lets the key choose.
"""

from __future__ import annotations

import numpy as np

from geometry.angle import QUARTER_TURNS
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join
from geometry.place import Growth, Place
from geometry.rules.builder import SIZES
from geometry.rules.furnish import Kit, cables, crates, debris, doors, kit_of, pierced, pipe_runs, points, spread, strip_lamps, trays
from geometry.rules.furnish import inside as kept
from geometry.rules.lamplight import lamplit
from geometry.spec import CitySpec

Size = tuple[float, float, float]


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Walls with openings, and furniture at the scale of a hand."""
    form = place.form or 1 + int(place.stream.choice("form", 1, [5, 2, 3])[0])
    kit = kit_of(place, 90 if form == 2 else 30)
    furniture = (_dwelling, _window, _machines)[(form - 1) % 3]
    made = [_walls(kit, place.size, window=form == 2), _fittings(kit, place.size), _belongings(kit, place.size), furniture(kit, place.size)]
    lit = lamplit(join(made), dark=70 if form == 2 else 26, bright=150, reach=2.2)
    return Growth(kept(place.size, lit), _builder(place))


def _builder(place: Place) -> tuple[Place, ...]:
    """In one room of five a Builder no larger than a cat, in the corner beside the door (canon P72)."""
    x, y, _ = place.size
    if place.epoch < 1.0 or place.stream.one("builder") > 0.2 or min(x, y) < 2.0:
        return ()
    t, tall = _thickness(place.size), SIZES[0]
    return (place.child("builder", 0, (x / 2 - t - tall, t + tall - y / 2, t), (tall, tall, tall)),)


def _thickness(size: Size) -> float:
    return min(0.2, 0.05 * min(size))


def _walls(kit: Kit, size: Size, *, window: bool) -> Parts:
    """Six slabs; a door hole in the -y wall, a window hole in the +y wall."""
    x, y, z = size[0] / 2, size[1] / 2, size[2]
    t = _thickness(size)
    door = (min(0.5, 0.4 * x), min(2.1, z - 2 * t))
    wide, sill, head = (0.78 * x, 0.32 * z, 0.84 * z) if window else (0.0, 0.0, 0.0)
    slabs = kit.box([(-x, -y, 0), (-x, -y, z - t), (-x, -y, t), (x - t, -y, t)], [(x, y, t), (x, y, z), (-x + t, y, z - t), (x, y, z - t)])
    front = pierced(
        kit, (-x + t, -y, t), (x - t, -y + t, z - t), (-door[0], -y - 1, t), (door[0], -y + t + 1, t + door[1]), 1, Material.CONCRETE
    )
    low, high = (-x + t, y - t, t), (x - t, y, z - t)
    if not window:
        return join([slabs, front, kit.box(low, high)])
    back = pierced(kit, low, high, (-wide, y - 1, sill), (wide, y + 1, head), 1, Material.CONCRETE)
    bars = points(np.array([-0.33, 0.33]) * wide, y - t / 2, (sill + head) / 2)
    mullions = kit.solid("box", bars, (0.06, 0.08, head - sill), Material.DARK_STEEL)
    shelf = kit.box((-wide - 0.1, y - t - 0.16, sill - 0.06), (wide + 0.1, y - t + 0.02, sill), Material.CONCRETE)
    surround = kit.solid("frame", (0, y - t - 0.02, (sill + head) / 2), (2.3 * wide, 0.08, 1.28 * (head - sill)), Material.STEEL)
    return join([slabs, front, back, mullions, shelf, surround])


def _fittings(kit: Kit, size: Size) -> Parts:
    """Skirting, a ceiling lamp, pipes and a conduit, a vent, an open door leaf, dust."""
    x, y, z = size[0] / 2, size[1] / 2, size[2]
    t = _thickness(size)
    works = kit.stream.one("lamp works") < 0.8 - 0.6 * kit.chaos
    lamp = strip_lamps(kit, (0, 0, z - t - 0.06), (min(1.2, x), 0.2, 0.1), works)
    lanes = np.array([0.12, 0.3])
    runs = pipe_runs(
        kit, points(-x + t, y - t - lanes, z - t - 0.14), points(x - t, y - t - lanes, z - t - 0.14), np.array([0.05, 0.03]), flange=1.5
    )
    rail = kit.box(
        [(-x + t, -y + t, t), (x - t - 0.03, -y + t, t)], [(-x + t + 0.03, y - t, t + 0.12), (x - t, y - t, t + 0.12)], Material.DARK_STEEL
    )
    vent = kit.solid("louvre", (-0.6 * x, -y + t + 0.03, 0.82 * z), (0.5, 0.06, 0.3), Material.STEEL, QUARTER_TURNS["z"][2])
    leaf = doors(kit, (min(0.5, 0.4 * x) + 0.62, -y + t, t), 2, height=min(2.05, z - 3 * t)) if x > 1.7 else EMPTY
    dust = debris(kit, (-x + t + 0.2, -y + t + 0.2, t), (x - t - 0.2, y - t - 0.2, t), round(8 + 30 * kit.chaos), largest=0.16)
    plates = spread(-x + t, x - t, 1.2)
    joints = kit.solid("box", points(plates[1:] - (x - t) / len(plates), 0.0, t + 0.004), (0.02, 2 * (y - t), 0.008), Material.DARK_STEEL)
    wire = cables(kit, (-x + t, 0.3 * y, z - t - 0.05), (0, 0, z - t - 0.05), 0.18 + 0.3 * kit.chaos, 0.008)
    return join([lamp, runs, rail, vent, leaf, dust, joints, wire])


def _belongings(kit: Kit, size: Size) -> Parts:
    """What is left in any room: lockers beside the door, a board with sheets, hooks with a coat, boxes in a corner, a coil, a mat."""
    x, y, z = size[0] / 2, size[1] / 2, size[2]
    t = _thickness(size)
    if x < 1.6 or y < 1.2:
        return EMPTY
    draws = kit.stream.sub("belongings")
    n = 2 if x > 1.85 else 1
    high = min(1.9, z - 2 * t - 0.2)
    at = points(-x + t + 0.27 + 0.52 * np.arange(n), -y + t + 0.24, t + high / 2)
    lockers = kit.solid("box", at, (0.5, 0.44, high), Material.DARK_STEEL)
    front = at + [0.0, 0.225, 0.0]
    slits = kit.solid("louvre", front + [0.0, 0.0, 0.3 * high], (0.3, 0.02, 0.2), Material.STEEL, QUARTER_TURNS["z"][2])
    knobs = kit.solid("box", front + [0.16, 0.01, 0.0], (0.03, 0.04, 0.14), Material.STEEL)
    board = points(x - t - 0.02, -0.45 * y, t + 1.5)
    plate = kit.solid("box", board, (0.03, 0.9, 0.6), Material.STEEL)
    k = 7
    sheet = board + points(-0.02, draws.between("sheet y", k, -0.36, 0.36), draws.between("sheet z", k, -0.2, 0.2))
    sheets = kit.solid(
        "box", sheet, np.c_[np.full(k, 0.012), draws.between("wide", k, 0.09, 0.17), draws.between("tall", k, 0.1, 0.2)], Material.CONCRETE
    )
    hook = points(-x + t + 0.05, -0.1 * y + np.array([0.0, 0.22, 0.44]), t + 1.65)
    hooks = kit.solid("box", hook, (0.1, 0.03, 0.04), Material.STEEL)
    coat = kit.solid("frustum", hook[:1] + [0.05, 0.0, -0.5], (0.16, 0.4, 0.95), Material.FIGURE)
    mat = kit.solid("box", (0.0, -y + t + 0.45, t + 0.012), (0.9, 0.6, 0.024), Material.DARK_STEEL)
    edge = points(x - t - 0.3, -y + t + 0.28, t)
    boxes = (
        crates(
            kit,
            np.concatenate([edge, edge + [0.0, 0.02, 0.42]]),
            [(0.52, 0.46, 0.42), (0.4, 0.36, 0.3)],
            draws.between("turn", 2, -0.02, 0.02),
        )
        if x > 2.3
        else EMPTY
    )
    return join([lockers, slits, knobs, plate, sheets, hooks, coat, mat, boxes])


def _bed(kit: Kit, x: float, y: float, t: float) -> Parts:
    """A bunk along the wall: frame, mattress, pillow, four posts."""
    post = points(*np.meshgrid([x - 0.4, x + 0.4], [y - 0.95, y + 0.95], indexing="ij"), t + 0.35)
    return join(
        [
            kit.solid("box", (x, y, t + 0.36), (0.9, 2.0, 0.08), Material.DARK_STEEL),
            kit.solid("chamfer", (x, y, t + 0.47), (0.82, 1.9, 0.14), Material.CONCRETE),
            kit.solid("box", (x, y + 0.75, t + 0.57), (0.5, 0.32, 0.09), Material.OLD_CONCRETE),
            kit.solid("box", post, (0.06, 0.06, 0.7), Material.STEEL),
        ]
    )


def _table(kit: Kit, x: float, y: float, t: float) -> Parts:
    """A table, two stools, a cup and a stick-like thing about 6 cm long (canon S108)."""
    legs = points(*np.meshgrid([x - 0.5, x + 0.5], [y - 0.28, y + 0.28], indexing="ij"), t + 0.35)
    stools = points([x - 0.25, x + 0.35], y - 0.62, t + 0.22)
    return join(
        [
            kit.solid("box", (x, y, t + 0.72), (1.1, 0.65, 0.05), Material.STEEL),
            kit.solid("box", legs, (0.05, 0.05, 0.7), Material.DARK_STEEL),
            kit.solid("drum", stools, (0.34, 0.34, 0.44), Material.DARK_STEEL),
            kit.solid("drum", (x - 0.2, y + 0.1, t + 0.79), (0.08, 0.08, 0.09), Material.STEEL),
            kit.solid("box", (x + 0.15, y - 0.05, t + 0.755), (0.06, 0.012, 0.012), Material.DARK_STEEL),
        ]
    )


def _shelves(kit: Kit, x: float, y: float, t: float, high: float) -> Parts:
    """Shelves against the +x wall with boxes on them."""
    z = t + np.arange(0.3, high, 0.45)
    n = 3 * len(z)
    along = np.tile(np.array([-0.4, 0.0, 0.38]), len(z))
    size = points(0.22, kit.stream.between("box long", n, 0.12, 0.34), kit.stream.between("box high", n, 0.1, 0.34))
    at = points(x - 0.2, y + along, np.repeat(z + 0.02, 3) + size[:, 2] / 2)
    there = kit.chance("box there", n, 0.7)
    uprights = kit.solid("box", points(x - 0.2, [y - 0.64, y + 0.64], t + high / 2), (0.36, 0.04, high), Material.DARK_STEEL)
    return join(
        [
            kit.solid("box", points(x - 0.2, y, z), (0.38, 1.3, 0.03), Material.STEEL),
            kit.solid("box", at[there], size[there], Material.OLD_CONCRETE),
            uprights,
        ]
    )


def _dwelling(kit: Kit, size: Size) -> Parts:
    """Bunk, table, shelves, basin, a warm lamp where somebody still lives."""
    x, y, z = size[0] / 2, size[1] / 2, size[2]
    t = _thickness(size)
    lived_in = kit.stream.one("lived in") < 0.25
    lamp = strip_lamps(kit, (-x + t + 0.1, 0.2 * y, 0.62 * z), (0.14, 0.3, 0.16), lived_in, warm=True)
    basin = join(
        [
            kit.solid("box", (0.3 * x, y - t - 0.22, t + 0.8), (0.55, 0.42, 0.12), Material.CONCRETE),
            kit.bar((0.3 * x, y - t - 0.1, t), (0.3 * x, y - t - 0.1, t + 0.8), 0.07, 0.07, Material.STEEL, "pipe"),
            kit.bar((0.3 * x, y - t - 0.02, t + 1.05), (0.3 * x, y - t - 0.22, t + 1.05), 0.03, 0.03, Material.STEEL, "pipe"),
        ]
    )
    bed = _bed(kit, -x + t + 0.5, y - t - 1.05, t) if y > 1.3 else EMPTY
    table = _table(kit, 0.1 * x, -0.1 * y, t) if x > 1.2 and y > 1.7 else EMPTY
    return join([lamp, basin, bed, table, _shelves(kit, x - t, 0.1 * y, t, min(2.0, 0.7 * z))])


def _window(kit: Kit, size: Size) -> Parts:
    """The room with the window: bare, a seat before the sill, wall lamps (canon P77)."""
    x, y, z = size[0] / 2, size[1] / 2, size[2]
    t = _thickness(size)
    sides = points(np.array([-1.0, 1.0]) * (x - t - 0.1), 0.35 * y, 0.6 * z)
    lamps = strip_lamps(kit, sides, (0.14, 0.4, 0.18), [True, kit.stream.one("second lamp") < 0.5], warm=True)
    seat = kit.solid("chamfer", (0.1 * x, y - t - 0.75, t + 0.22), (1.4, 0.5, 0.44), Material.CONCRETE)
    ribs = kit.solid("box", points(np.array([-1.0, 1.0]) * (x - t - 0.04), -0.3 * y, z / 2), (0.1, 0.3, z - 2 * t), Material.OLD_CONCRETE)
    tank = crates(kit, (-x + t + 0.5, -0.5 * y, t), (0.6, 0.9, 1.0), 0.0)
    table = _table(kit, 0.45 * x, -0.15 * y, t) if y > 1.7 else EMPTY
    return join([lamps, seat, ribs, tank, table])


def _machines(kit: Kit, size: Size) -> Parts:
    """Ranks of cabinets with lamps, kettles, pipes down from the ceiling, trays of cable, a console."""
    x, y, z = size[0] / 2, size[1] / 2, size[2]
    t = _thickness(size)
    high = min(2.2, 0.72 * z)
    ranks = spread(-x + t + 0.3, x - t - 0.3, 1.1)
    rows = spread(min(max(-0.35 * y, t + 1.3 - y), y - t - 0.4), y - t - 0.3, 1.9)
    gx, gy = (g.ravel() for g in np.meshgrid(ranks, rows, indexing="ij"))
    there = kit.chance("cabinet", len(gx), 0.75) & (np.abs(gx) > 0.45)
    gx, gy = gx[there][:160], gy[there][:160]
    if not len(gx):
        return EMPTY
    tall = high * kit.stream.between("cabinet height", len(gx), 0.6, 1.0)
    body = kit.solid("box", points(gx, gy, t + tall / 2), points(0.8, 0.7, tall), Material.DARK_STEEL)
    face = kit.solid("louvre", points(gx, gy - 0.37, t + 0.42 * tall), points(0.6, 0.06, 0.6 * tall), Material.STEEL)
    glow = np.where(kit.chance("telltale", len(gx), 0.3), Material.COLD_LIGHT, Material.OLD_CONCRETE)
    tell = kit.solid("box", points(gx + 0.2, gy - 0.36, t + 0.85 * tall), (0.06, 0.03, 0.03), glow)
    pipes = kit.bar(points(gx + 0.2, gy, t + tall), points(gx + 0.2, gy, z - t), 0.09, 0.09, Material.RUST, "pipe")
    kettle = kit.solid("banded_drum", (-x + t + 0.6, -y + t + 0.9, t + 0.4 * z), (1.0, 1.0, 0.8 * z - t), Material.STEEL)
    tray = trays(kit, points(-x + t, rows + 0.5, z - t - 0.3), points(x - t, rows + 0.5, z - t - 0.3), width=0.35)
    console = kit.solid("wedge", (0.5 * x, -y + t + 0.6, t + 0.5), (0.6, 1.1, 1.0), Material.STEEL)
    return join([body, face, tell, pipes, tray, *((kettle, console) if y > 1.7 else ())])
