"""What stands, hangs and lies between the walls of a canyon: plates behind them, heaps below, slabs above, pipes, the pier of the ledge."""

from __future__ import annotations

import numpy as np

from geometry.builders.batch import spread
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Place
from geometry.rules.canyon_passage import Passage, crown
from geometry.rules.canyon_plan import back_face, half_of, ledge_of, light_at, reach
from geometry.rules.furnish import kit_of, steps
from geometry.rules.masses import F64, I64, LEFT, RIGHT, boxes, columns, concretes, partition, power, shade, sides, tints
from geometry.rules.wallwork import clusters, conduits, shelves
from geometry.solids import PROTOTYPE_IDS


def back(place: Place, pad: float) -> Parts:
    """The dark plates behind everything, seen where a mass is missing."""
    wide, long, tall = place.size
    n = 6
    cuts = (partition(place.stream, "back", n, spread=4) - 0.5) * long
    face, edge = back_face(place), wide / 2 - 0.05 * (wide / 2 - back_face(place))
    top = tall * place.stream.between("back top", 2 * n, 0.55, 0.8)
    low = columns([np.repeat([-edge, face], n), np.tile(cuts[:-1], 2), 0.0])
    high = columns([np.repeat([-face, edge], n), np.tile(cuts[1:], 2), top])
    return boxes(low, high, Material.OLD_CONCRETE, exposure=shade(0.45), tint=tints(place.stream.sub("back"), 2 * n), year=place.year)


def floor(place: Place, pad: float) -> list[Parts]:
    """What fell: heaps, slabs and low masses on the ground, in the dark."""
    wide, long, tall = place.size
    stream, half, n = place.stream.sub("floor"), half_of(place), 60
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


def overhangs(place: Place, low: F64, high: F64, side: I64) -> Parts:
    """Great slabs let into a wall, ribbed below; one hangs over the ledge."""
    stream, (_wide, long, tall), n = place.stream.sub("overhangs"), place.size, 6
    home = np.flatnonzero(high[:, 2] > 0.3 * tall)
    home = home[stream.whole("home", n, 0, len(home))]
    at = side[home]
    y = np.clip(((1.0 - stream.unit("y", n)) * low[home, 1] + stream.unit("y", n) * high[home, 1]), -0.46 * long, 0.46 * long)
    z = low[home, 2] + stream.between("z", n, 0.1, 0.9) * (high - low)[home, 2]
    out = power(stream.unit("out", n), 0.5, 1.1) * half_of(place) * 0.6
    long_half = np.minimum(power(stream.unit("long", n), 0.02, 0.07) * long, 0.96 * (long / 2 - np.abs(y)))
    thick = stream.between("thick", n, 0.006, 0.02) * tall
    face = np.where(at == 0, high[home, 0], low[home, 0])
    a = np.where(at == 0, face - 0.4 * out, face - out)
    b = np.where(at == 0, face + out, face + 0.4 * out)
    x, y0, z0 = ledge_of(place)
    first = (np.array([[-back_face(place), y0 - 30.0, z0 + 44.0]]), np.array([[x - 4.0, y0 + 112.0, z0 + 64.0]]))
    lows = np.concatenate([first[0], columns([a, y - long_half, z])])
    highs = np.concatenate([first[1], columns([b, y + long_half, z + thick])])
    light = light_at(lows[:, 2], place)
    slabs = boxes(lows, highs, Material.CONCRETE, exposure=shade(light), tint=tints(stream, n + 1), year=place.year)
    return join((slabs, _coffers(lows, highs, light, place.year)))


def _coffers(low: F64, high: F64, light: F64, year: float) -> Parts:
    """Ribs both ways under slabs (n, 3), and edges about them."""
    (x0, y0, z), (x1, y1, _) = low.T, high.T
    pitch = np.maximum(np.minimum(x1 - x0, y1 - y0) / 18.0, 4.0)
    deep, wide = 0.3 * (high - low)[:, 2], 0.14 * pitch
    ribs = []
    for begin, end in ((x0, x1), (y0, y1)):
        slab, number = spread(np.maximum(np.ceil((end - wide - begin) / pitch - 0.5), 0.0).astype(np.int64))
        ribs.append((slab, begin[slab] + (number + 0.5) * pitch[slab]))
    (a, x), (b, y) = ribs
    lows = [columns([x0[b], y - wide[b], (z - deep)[b]]), columns([x - wide[a], y0[a], (z - 0.7 * deep)[a]])]
    highs = [columns([(x1 - wide)[b], y + wide[b], z[b] + 1.0]), columns([x + wide[a], (y1 - wide)[a], z[a] + 1.0])]
    foot = z - 1.2 * deep
    lows += [columns([x1 - wide, y0, foot]), columns([x0, y0, foot]), columns([x0, y1 - wide, foot])]
    highs += [columns([x1 + 0.4, y1, z + 1.0]), columns([x1, y0 + wide, z + 1.0]), columns([x1, y1 + 0.4, z + 1.0])]
    count = len(a) + len(b)
    stuff = np.where(np.arange(count + 3 * len(z)) < count, Material.OLD_CONCRETE, Material.CONCRETE)
    lit = np.concatenate([0.45 * light[b], 0.45 * light[a], np.tile(0.8 * light, 3)])
    return boxes(np.concatenate(lows), np.concatenate(highs), stuff, exposure=shade(lit), year=year)


def piers(place: Place, low: F64, high: F64, side: I64) -> Parts:
    """Pipes and fins that run the whole height of a wall, past every storey."""
    stream, (wide, long, tall), n = place.stream.sub("piers"), place.size, 44
    at = stream.whole("side", n, 0, 2)
    home = stream.between("bundle", n // 4, -0.46, 0.46)[np.arange(n) // 4]
    y = np.clip(home * long + stream.between("y", n, -0.02, 0.02) * long, -0.48 * long, 0.48 * long)
    radius = power(stream.unit("radius", n), 0.0014, 0.014) * wide
    foot = tall * 0.5 * stream.unit("foot", n) * (stream.unit("hangs", n) < 0.5)
    head = np.minimum(foot + tall * stream.between("head", n, 0.2, 0.9), 0.93 * tall)
    left, right = reach(low, high, side, y, (foot + head) / 2, back_face(place))
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
        exposure=shade(light_at((foot + head) / 2, place)),
        tint=tints(stream, n),
        year=place.year,
    )


def gangway(place: Place, way: Passage | None) -> list[Parts]:
    """The pier on which one stands, the mass on it that one may walk through, and the corbel under the gangway that juts out from it, with
    steps up to its deck."""
    wide, long, _ = place.size
    x, y, z = ledge_of(place)
    light = float(light_at(np.array([z]), place)[0])
    pier = boxes([[-wide / 2, -long / 2, 0.0]], [[x + 30.0, y, z - 3.0]], Material.CONCRETE, exposure=shade(light), year=place.year)
    corbel = boxes(
        [[x - 3.5, y - 4.0, z - 16.0]], [[x + 3.5, y + 14.0, z - 2.0]], Material.OLD_CONCRETE, exposure=shade(light * 0.5), year=place.year
    )
    kit = kit_of(place, int(255 * light))
    flight = steps(kit, (x, y - 5.6, z - 3.0), (0.0, 1.0, 0.0), 3.0, 18, rise=3.0 / 18)
    sill = kit.box((x - 1.5, y - 0.7, z - 0.25), (x + 1.5, y + 0.1, z), Material.CONCRETE)
    return [pier, crown(place, kit, way), corbel, flight, sill]


def clung(place: Place, low: F64, high: F64, side: I64) -> Parts:
    """What hangs on the faces towards the void: shelves, clusters of boxes, conduits; a third of it about the ledge of the view."""
    stream, half = place.stream.sub("hung"), half_of(place)
    light = light_at((low[:, 2] + high[:, 2]) / 2, place)
    on = sides(low, high, np.where(side == 0, RIGHT, LEFT), 0.75 * light, light)
    _, y0, z0 = ledge_of(place)
    # walls that pass the eye's height, at the distance where one reads them
    along = np.maximum(np.abs(on.centre[:, 1] - (y0 + 1.2 * half)) - on.width / 2, 0.0)
    up = np.maximum(np.abs(on.centre[:, 2] - z0) - on.height / 2, 0.0)
    near = np.argsort(along + 1.5 * up, kind="stable")[:48]
    area = (on.width * on.height * (1024.0 / (on.width * on.height).max())).astype(np.int64) + 1

    def some(name: str, n: int) -> I64:
        drawn = stream.choice(name, n, area)
        close = near[stream.choice(name + " near", n, area[near])]
        return np.where(np.arange(n) % 3 == 0, drawn, close)

    at = some("shelves", 60)
    spot = stream.between("up", len(at), -0.48, 0.48) * on.height[at]
    eye = np.clip(z0 + stream.between("about", len(at), -0.7, 0.8) * half - on.centre[at, 2], -0.48 * on.height[at], 0.48 * on.height[at])
    spot = np.where(np.arange(len(at)) % 3 == 0, spot, eye)
    out = power(stream.unit("out", len(at)), 0.03, 0.16) * half
    return join(
        (
            shelves(stream.sub("shelves"), on, at, spot, out, year=place.year),
            clusters(stream.sub("boxes"), on, some("boxes", 40), 0.42 * half, each=10, year=place.year),
            clusters(stream.sub("clusters"), on, some("clusters", 70), 0.13 * half, each=14, year=place.year),
            clusters(stream.sub("vents"), on, near[stream.whole("vents", 54, 0, 16)], 0.035 * half, each=11, year=place.year),
            conduits(stream.sub("conduits"), on, some("conduits", 48), 0.016 * half, year=place.year),
            conduits(stream.sub("leads"), on, near[stream.whole("leads", 26, 0, 20)], 0.005 * half, year=place.year),
        )
    )


def outworks(place: Place) -> tuple[F64, F64, I64]:
    """(low, high, side) of the masses that face away from the void: what a canyon is to those who live outside it."""
    stream, (wide, long, tall), pad = place.stream.sub("outworks"), place.size, 0.04 * min(place.size)
    each, storeys = 9, 3
    lows, highs = [], []
    for side in (0, 1):
        own = stream.sub("side", side)
        cuts = (partition(own, "columns", each, spread=4) - 0.5) * (long - 2 * pad)
        n = each * storeys
        column, storey = np.repeat(np.arange(each), storeys), np.tile(np.arange(storeys), each)
        top = tall * own.between("top", each, 0.62, 0.93)[column]
        share = np.sort(own.unit("share", 2 * each).reshape(each, 2), axis=1) * 0.6 + 0.2
        steps = np.c_[np.zeros(each), share, np.ones(each)]
        slack = 0.06 * (cuts[column + 1] - cuts[column])
        edge = long / 2 - 0.02 * wide
        y0 = np.maximum(cuts[column] - slack * own.between("y0", n, -1.0, 1.0), -edge)
        y1 = np.minimum(cuts[column + 1] + slack * own.between("y1", n, -1.0, 1.0), edge)
        # what a block grows on its sides takes a twelfth of its breadth: room is left for it within the box
        x0 = wide * own.between("out", n, 0.018, 0.06)
        x1 = x0 + wide * own.between("deep", n, 0.05, 0.18)
        low, high = (columns([x, y, top * steps[column, storey + end]]) for x, y, end in ((x0, y0, 0), (x1, y1, 1)))
        if side == 1:
            low[:, 0], high[:, 0] = wide - x1, wide - x0
        lows.append(low - [wide / 2, 0.0, 0.0])
        highs.append(high - [wide / 2, 0.0, 0.0])
    return np.concatenate(lows), np.concatenate(highs), np.repeat([0, 1], each * storeys)


def outside(place: Place, low: F64, high: F64, side: I64) -> Parts:
    """The outworks themselves, and boxes in clusters on their faces."""
    stream = place.stream.sub("outside")
    n, light = len(low), 0.4 + 0.5 * high[:, 2] / place.size[2]
    drawn = boxes(low, high, concretes(stream, n), exposure=shade(light), tint=tints(stream, n), year=place.year)
    on = sides(low, high, np.where(side == 0, LEFT, RIGHT), 0.8 * light, light)
    room = 0.02 * min(place.size)
    grown = clusters(stream, on, stream.whole("walls", 44, 0, len(on)), 2.2 * room, each=8, year=place.year)
    reach = np.abs(grown.position[:, 0]) + grown.scale[:, 1] / 2
    return join((drawn, grown[np.flatnonzero(reach <= place.size[0] / 2)]))
