"""Pipes: bundles that run for miles, and forests of standing ones (canon P93, P94). Variant 0 is a bundle along x, variant 1 a forest."""

from __future__ import annotations

import numpy as np

from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules.masses import F64, I64, boxes, columns, light_of, partition, power, shade, tints, variant_of
from geometry.spec import CitySpec

_MATERIALS = np.array([Material.STEEL, Material.DARK_STEEL, Material.RUST, Material.OLD_CONCRETE])


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Pipes of power-law bore, their collars and valves, and what carries them."""
    forest = variant_of(place.form) == 1
    wide, deep, tall = place.size
    # a forest is a bundle seen along z: work in (along, across, across)
    along, section = (tall, (wide, deep)) if forest else (wide, (deep, tall))
    stream, light = place.stream, light_of(place.form)
    at, bore, begin, end = _laid(stream, along, section, 70 if forest else 26, forest)
    groups = [_runs(stream, at, bore, begin, end, along, place, light), _collars(stream, at, bore, begin, end, along, place, light)]
    if not forest:
        groups.append(_trestles(stream, at, place, light))
    return Growth(join(groups))


def _laid(stream: Stream, along: float, section: tuple[float, float], n: int, forest: bool) -> tuple[F64, F64, F64, F64]:
    """Where each pipe lies in the section (n, 2) about its middle, its bore, and from where to where it runs (0 to 1)."""
    short = min(section)
    bore = power(stream.unit("bore", n), 0.03 if not forest else 0.012, 0.22 if not forest else 0.12) * short
    room = columns([np.full(n, section[0]), np.full(n, section[1])]) - bore[:, None] * 1.5
    at = (columns([stream.unit("a", n), stream.unit("b", n)]) - 0.5) * room
    broken = stream.unit("broken", n) < 0.3
    begin = np.where(broken, stream.unit("from", n) * 0.5, 0.0)
    end = np.where(broken & (stream.unit("ends", n) < 0.6), stream.between("to", n, 0.55, 0.95), 1.0)
    return at, bore, begin, end


def _runs(stream: Stream, at: F64, bore: F64, begin: F64, end: F64, along: float, place: Place, light: float) -> Parts:
    n = len(bore)
    return _pieces(stream, at, bore, begin, end, along, place, _MATERIALS[stream.whole("of", n, 0, 4)], light)


def _pieces(stream: Stream, at: F64, bore: F64, begin: F64, end: F64, along: float, place: Place, material: I64, light: float) -> Parts:
    """Lengths of pipe along the place's run, from `begin` to `end` of it."""
    forest = variant_of(place.form) == 1
    middle, length = ((begin + end) / 2) * along, (end - begin) * along
    if forest:
        where, size = columns([at[:, 0], at[:, 1], middle]), columns([bore, bore, length])
        lit = light * (0.35 + 0.65 * (begin + end) / 2)
    else:
        where, size = columns([middle - along / 2, at[:, 0], at[:, 1] + place.size[2] / 2]), columns([length, bore, bore])
        lit = light * (0.45 + 0.55 * (at[:, 1] / place.size[2] + 0.5))
    return parts("drum" if forest else "pipe", where, size, material, exposure=shade(lit), tint=tints(stream, len(bore)), year=place.year)


def _collars(stream: Stream, at: F64, bore: F64, begin: F64, end: F64, along: float, place: Place, light: float) -> Parts:
    """Flanges where lengths were bolted together, and a few tanks."""
    each, n = 5, len(bore)
    which = np.repeat(np.arange(n), each)
    share = begin[which] + (end - begin)[which] * stream.unit("collar", n * each)
    wide = bore[which] * np.where(stream.unit("tank", n * each) < 0.08, 1.5, 1.2)
    half = np.minimum(wide * stream.between("collar long", n * each, 0.1, 0.6), 0.02 * along) / along
    a, b = np.maximum(share - half, 0.0), np.minimum(share + half, 1.0)
    return _pieces(stream.sub("collars"), at[which], wide, a, b, along, place, np.full(n * each, Material.DARK_STEEL), light)


def _trestles(stream: Stream, at: F64, place: Place, light: float) -> Parts:
    """Frames on which a bundle lies, at unequal distances."""
    long, deep, tall = place.size
    x = (partition(stream, "trestles", 9, spread=4)[:-1] * 0.94 + 0.03) * long - long / 2
    wide = 0.03 * deep
    posts = columns([np.tile(x, 2), np.repeat([-0.47 * deep, 0.47 * deep], len(x)), 0.0])
    legs = boxes(
        posts - [wide, wide, 0.0], posts + np.array([wide, wide, tall]), Material.DARK_STEEL, exposure=shade(light * 0.6), year=place.year
    )
    z = np.tile([0.05 * tall, 0.5 * tall, 0.93 * tall], len(x))
    beam = columns([np.repeat(x, 3), 0.0, z])
    half = np.array([wide, 0.48 * deep, wide])
    return join((legs, boxes(beam - half, beam + half, Material.DARK_STEEL, exposure=shade(light * 0.6), year=place.year)))
