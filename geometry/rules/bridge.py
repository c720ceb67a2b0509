"""Bridges: thin spans over chasms (canon P90), miles long and littered (P94). A bridge's place runs along its x axis; its
deck is half-way up the box. Variant 1 is a bridge whose girder the parent has drawn: only the detail is added.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.angle import rotate
from geometry.key import Stream
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules.masses import F64, I64, boxes, columns, light_of, shade, spans, tints, variant_of
from geometry.spec import CitySpec

SLAB, GIRDER, TUBE = range(3)
"""Styles: a deck on ribs, a box girder, a closed tube."""


def girders(stream: Stream, start: F64, end: F64, width: F64, deep: F64, *, light: F64, year: float) -> Parts:
    """Bridges whose decks run from start to end (n, 3), `width` across, on girders `deep` metres down; each draws its style."""
    if len(start) == 0:
        return EMPTY
    style = stream.choice("style", len(start), (34, 54, 12))
    deck, length, heading = spans(start, end)
    across = np.where(style == TUBE, 0.5, 1.0) * width
    slabs = parts(
        "box", deck, columns([length, across, 0.16 * deep]), Material.OLD_CONCRETE, rotation=heading, exposure=shade(light), year=year
    )
    spread = _Spans(deck, length, heading, width, deep, light)
    groups = (
        _trusses(stream, spread[style == GIRDER], year),
        _tubes(spread[style == TUBE], year),
        _teeth(spread[style == SLAB], year),
    )
    return join((slabs, *groups))


@dataclass(frozen=True, slots=True)
class _Spans:
    deck: F64
    length: F64
    heading: F64
    width: F64
    deep: F64
    light: F64

    def __getitem__(self, rows: NDArray[np.bool_] | I64) -> _Spans:
        return _Spans(*(getattr(self, field.name)[rows] for field in fields(self)))

    def each(self, count: I64) -> tuple[_Spans, F64]:
        """The spans repeated `count` times, and how far along its span each copy's middle lies, from its centre, metres."""
        step = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        copies = self[np.repeat(np.arange(len(count)), count)]
        return copies, ((step + 0.5) / np.repeat(count, count) - 0.5) * copies.length

    def laid(self, along: F64 | float, down: F64) -> F64:
        """Points `along` metres from the middle and `down` metres under the deck."""
        return self.deck + rotate(self.heading, columns([along, np.zeros(len(self.deck)), -down]))


def _trusses(stream: Stream, on: _Spans, year: float) -> Parts:
    """Box girders below the deck, four times as long as deep."""
    if len(on.deck) == 0:
        return EMPTY
    bays = np.clip(on.length / (5.0 * on.deep), 1, 14).astype(np.int64)
    copies, along = on.each(bays)
    size = columns([copies.length / np.repeat(bays, bays), 0.8 * copies.width, copies.deep])
    look: dict[str, ArrayLike] = {"exposure": shade(copies.light), "tint": tints(stream, len(along)), "year": year}
    return parts("truss", copies.laid(along, 0.5 * copies.deep), size, Material.DARK_STEEL, rotation=copies.heading, **look)


def _tubes(on: _Spans, year: float) -> Parts:
    """A pipe one could drive a train through."""
    if len(on.deck) == 0:
        return EMPTY
    size = columns([on.length, 0.8 * on.deep, 0.8 * on.deep])
    return parts("pipe", on.laid(0.0, 0.45 * on.deep), size, Material.STEEL, rotation=on.heading, exposure=shade(0.8 * on.light), year=year)


def _teeth(on: _Spans, year: float) -> Parts:
    """Ribs across the underside of a slab."""
    if len(on.deck) == 0:
        return EMPTY
    copies, along = on.each(np.clip(on.length / (0.8 * on.width), 4, 40).astype(np.int64))
    size = columns([0.12 * copies.width, 1.12 * copies.width, 0.34 * copies.deep])
    look: dict[str, ArrayLike] = {"exposure": shade(0.6 * copies.light), "year": year}
    return parts("box", copies.laid(along, 0.24 * copies.deep), size, Material.DARK_STEEL, rotation=copies.heading, **look)


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Deck, rails, lamps, junk, and stairs that lead down to nothing (canon P94)."""
    stream, (length, width, height) = place.stream, place.size
    light, deck = light_of(place.form), height / 2
    groups: list[Parts] = []
    if variant_of(place.form) == 0:
        start, end = np.array([[-length / 2, 0.0, deck]]), np.array([[length / 2, 0.0, deck]])
        groups.append(
            girders(
                stream.sub("girder"), start, end, np.array([0.85 * width]), np.array([0.7 * deck]), light=np.array([light]), year=place.year
            )
        )
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
    heads = parts(
        "box", foot + np.array([0.12 * post, 0.0, 0.44 * post]), (0.1 * post, 0.06 * post, 0.03 * post), Material.COLD_LIGHT, year=year
    )
    return join((fence, posts, heads, _junk(stream, length, edge, deck, light, year)))


def _junk(stream: Stream, length: float, edge: float, deck: float, light: float, year: float) -> Parts:
    n = int(min(max(length / 25.0, 3), 90))
    x, y = stream.between("junk x", n, -0.48, 0.48) * length, stream.between("junk y", n, -0.8, 0.8) * edge
    side = np.minimum(0.35 / (1.0 - 0.9 * stream.unit("junk", n)), 0.25 * edge)
    foot = deck * 1.04
    low = columns([x - side, y - side * 0.6, foot])
    high = columns([x + side, y + side * 0.6, foot + side * stream.between("junk tall", n, 0.3, 1.6)])
    high[:, 2] = np.minimum(high[:, 2], deck * 1.8)
    stuff = np.array([Material.STEEL, Material.RUST, Material.OLD_CONCRETE, Material.CONCRETE])[stream.whole("junk of", n, 0, 4)]
    return boxes(low, high, stuff, exposure=shade(light * 0.7), tint=tints(stream, n), year=year)


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
    return [
        parts("stairs", where, (1.4 * drop, 0.08 * place.size[1], drop), Material.CONCRETE, exposure=shade(light * 0.6), year=place.year)
    ]
