"""Bridges: thin spans over chasms (canon P90), miles long and littered (P94). A bridge's place runs along its x axis; its
deck is half-way up the box. Variant 1 is a bridge whose girder the parent has drawn: only the detail is added.
"""

from __future__ import annotations

import numpy as np

from geometry.angle import rotate
from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules.masses import F64, boxes, columns, light_of, shade, spans, tints, variant_of
from geometry.spec import CitySpec

SLAB, GIRDER, TUBE = range(3)
"""Styles: a deck on ribs, a box girder, a closed tube."""


def girders(stream: Stream, start: F64, end: F64, width: F64, deep: F64, *, light: F64, year: float) -> Parts:
    """Bridges from start to end (n, 3), deck edges included: a style is drawn for each. `deep` (n,) is the girder's depth."""
    n = len(start)
    if n == 0:
        return join(())
    style = stream.choice("style", n, (45, 40, 15))
    bays = np.clip(np.abs(end - start).max(axis=1) / (4.0 * deep), 1, 40).astype(np.int64)
    which = np.repeat(np.arange(n), bays)
    step = np.arange(len(which)) - np.repeat(np.cumsum(bays) - bays, bays)
    share = step / bays[which]
    way = end - start
    a = start[which] + way[which] * share[:, None]
    b = start[which] + way[which] * ((step + 1) / bays[which])[:, None]
    centre, length, rotation = spans(a, b)
    kind = style[which]
    deck, long, heading = spans(start, end)
    look = {"exposure": shade(light[which]), "tint": tints(stream, len(which)), "year": year}
    drop = np.where(kind == GIRDER, 0.5, 0.3)
    under = centre - columns([0.0, 0.0, drop * deep[which]])
    beams = np.isin(kind, (GIRDER,))
    trusses = parts(
        "truss",
        under[beams],
        columns([length, 0.8 * width[which], deep[which]])[beams],
        Material.DARK_STEEL,
        rotation=rotation[beams],
        **{key: value[beams] if np.ndim(value) else value for key, value in look.items()},
    ) if beams.any() else join(())  # fmt: skip
    slabs = parts(
        "box",
        deck,
        columns([long, np.where(style == TUBE, 0.5, 1.0) * width, 0.16 * deep]),
        Material.OLD_CONCRETE,
        rotation=heading,
        exposure=shade(light),
        year=year,
    )
    return join((slabs, trusses, _ribs(stream, style, deck, long, heading, width, deep, light, year)))


def _ribs(
    stream: Stream, style: F64, deck: F64, long: F64, heading: F64, width: F64, deep: F64, light: F64, year: float
) -> Parts:
    """What hangs under a slab or wraps a tube: teeth across the deck, and the pipe itself."""
    tubes, slabs = np.flatnonzero(style == TUBE), np.flatnonzero(style == SLAB)
    groups = []
    if len(tubes):
        round_size = columns([long, 0.8 * deep, 0.8 * deep])[tubes]
        down = deck[tubes] - columns([0.0, 0.0, 0.45 * deep[tubes]])
        groups.append(parts("pipe", down, round_size, Material.STEEL, rotation=heading[tubes], exposure=shade(light[tubes] * 0.8), year=year))
    if len(slabs):
        teeth = np.clip(long[slabs] / (0.8 * width[slabs]), 4, 60).astype(np.int64)
        which = np.repeat(slabs, teeth)
        step = np.arange(len(which)) - np.repeat(np.cumsum(teeth) - teeth, teeth)
        share = (step + 0.5) / np.repeat(teeth, teeth) - 0.5
        along = columns([long[which] * share, np.zeros(len(which)), -0.24 * deep[which]])
        size = columns([0.12 * width[which], 1.12 * width[which], 0.34 * deep[which]])
        where = deck[which] + rotate(heading[which], along)
        groups.append(parts("box", where, size, Material.DARK_STEEL, rotation=heading[which], exposure=shade(light[which] * 0.6), year=year))
    return join(groups)


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Deck, rails, lamps, junk, and stairs that lead down to nothing (canon P94)."""
    stream, (length, width, height) = place.stream, place.size
    light, deck = light_of(place.form), height / 2
    groups: list[Parts] = []
    if variant_of(place.form) == 0:
        start, end = np.array([[-length / 2, 0.0, deck]]), np.array([[length / 2, 0.0, deck]])
        groups.append(girders(stream.sub("girder"), start, end, np.array([0.85 * width]), np.array([0.7 * deck]), light=np.array([light]), year=place.year))
    return Growth(join([*groups, _fittings(stream, length, width, deck, light, place.year), *_blind_stairs(stream, place, deck, light)]))


def _fittings(stream: Stream, length: float, width: float, deck: float, light: float, year: float) -> Parts:
    """Rails down both sides, lamp posts, and what was left on the way."""
    tall, edge = min(1.1, 0.2 * deck), 0.38 * width
    pieces = int(min(max(length / 12.0, 2), 160))
    x = (np.arange(pieces) + 0.5) / pieces * length - length / 2
    kept = stream.unit("rail", 2 * pieces) < 0.9
    rails = columns([np.tile(x, 2), np.repeat([-edge, edge], pieces), deck + 0.05 * deck + tall / 2])[kept]
    fence = parts("rail", rails, (length / pieces, 0.12, tall), Material.DARK_STEEL, exposure=shade(light * 0.7), year=year)
    n = int(min(max(length / 90.0, 1), 24))
    at = (np.arange(n) + stream.unit("lamp", n)) / n * length - length / 2
    post = min(5.0, 0.45 * deck)
    foot = columns([at, np.full(n, -0.9 * edge), deck + post / 2])
    posts = parts("lamp_post", foot, (0.3 * post, 0.05 * post, post), Material.DARK_STEEL, exposure=shade(light * 0.7), year=year)
    heads = parts("box", foot + [0.12 * post, 0.0, 0.44 * post], (0.1 * post, 0.06 * post, 0.03 * post), Material.COLD_LIGHT, year=year)
    return join((fence, posts, heads, _junk(stream, length, edge, deck, light, year)))


def _junk(stream: Stream, length: float, edge: float, deck: float, light: float, year: float) -> Parts:
    n = int(min(max(length / 25.0, 3), 90))
    x, y = stream.between("junk x", n, -0.48, 0.48) * length, stream.between("junk y", n, -0.8, 0.8) * edge
    side = np.minimum(0.35 / (1.0 - 0.9 * stream.unit("junk", n)), 0.25 * edge)
    foot = deck * 1.04
    low = columns([x - side, y - side * 0.6, foot])
    high = columns([x + side, y + side * 0.6, foot + side * stream.between("junk tall", n, 0.3, 1.6)])
    high[:, 2] = np.minimum(high[:, 2], deck * 1.8)
    return boxes(low, high, stream.choice("junk of", n, np.bincount([Material.STEEL, Material.RUST, Material.OLD_CONCRETE, Material.CONCRETE])),
                 exposure=shade(light * 0.7), tint=tints(stream, n), year=year)  # fmt: skip


def _blind_stairs(stream: Stream, place: Place, deck: float, light: float) -> list[Parts]:
    """Flights that go down from the deck and stop in the air."""
    n = int(min(place.size[0] / 400.0, 6))
    if n == 0:
        return []
    drop = 0.8 * deck
    x = (np.arange(n) + stream.between("stair", n, 0.3, 0.7)) / n * place.size[0] - place.size[0] / 2
    x = np.clip(x, drop - place.size[0] / 2, place.size[0] / 2 - drop)
    y = np.where(stream.unit("stair side", n) < 0.5, -0.44, 0.44) * place.size[1]
    where = columns([x, y, np.full(n, deck - drop / 2)])
    return [parts("stairs", where, (1.4 * drop, 0.08 * place.size[1], drop), Material.CONCRETE, exposure=shade(light * 0.6), year=place.year)]
