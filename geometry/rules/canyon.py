"""Canyons: the chasms one walks along for weeks (canon P90). Two walls of stacked, misaligned masses, round towers standing in
the void, bridges, cables, and a ledge to stand on. The void runs along y; the walls stand at -x and +x.
"""

from __future__ import annotations

import numpy as np

from geometry.key import Stream
from geometry.parts import join
from geometry.place import Growth, Place
from geometry.rules.canyon_passage import corridors, passage
from geometry.rules.canyon_plan import DECK_LENGTH, DECK_WIDTH, bank_of, half_of, ledge_of, light_at, masses, tower_plan, viewpoint
from geometry.rules.canyon_spans import bridges, crossings, detailed, ropes
from geometry.rules.canyon_works import back, clung, floor, gangway, outside, outworks, overhangs, piers
from geometry.rules.drums import drum_towers
from geometry.rules.hangings import crowd, hung
from geometry.rules.keepout import clear
from geometry.rules.lots import Planted, lots
from geometry.rules.masses import BACK, F64, FRONT, LEFT, RIGHT, boxes, concretes, form_of, forms_of, perches, shade, tints
from geometry.rules.stair import HEAD
from geometry.rules.walkway import deck_height
from geometry.spec import CitySpec

__all__ = ["crossings", "masses", "tenants", "unfold", "viewpoint"]


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Walls, towers, bridges, cables and the ledge; each stacked mass is a `block` for the eye that comes near."""
    stream, tall, pad = place.stream, place.size[2], 0.04 * min(place.size)
    low, high, side = masses(place)
    light = light_at((low[:, 2] + high[:, 2]) / 2, place)
    n = len(low)
    material = concretes(stream, n)
    stacked = boxes(
        low, high, material, exposure=shade(light * stream.between("grime", n, 0.7, 1.0)), tint=tints(stream, n), year=place.year
    )
    way = passage(place, low, high)
    grown = join([overhangs(place, low, high, side), piers(place, low, high, side), clung(place, low, high, side)])
    groups = [stacked, back(place, pad), *floor(place, pad), clear(grown, *way.rooms()) if way else grown]
    towers, _ = drum_towers(
        stream.sub("towers"), tower_plan(place), tall - 2 * pad, lambda z: light_at(z, place), place.year, slender=0.8, solid="drum"
    )
    crossed = crossings(place, low, high, side)
    groups += [towers, bridges(place, crossed), ropes(place, low, high, side), *gangway(place, way)]
    stacks = lots(place, np.arange(n), low, high), np.array(forms_of(FRONT | BACK | np.where(side == 1, LEFT, RIGHT), light))
    far_low, far_high, far_side = outworks(place)
    groups.append(outside(place, far_low, far_high, far_side))
    forms = np.array(forms_of(FRONT | BACK | np.where(far_side == 1, RIGHT, LEFT), np.full(len(far_side), 0.8)))
    banks = lots(place, n + np.arange(len(far_low)), far_low, far_high), forms
    others = [*_walkways(place), *(corridors(place, way) if way else ()), *detailed(place, crossed), *tenants(place, low, high)]
    made = join(groups)
    settle = lambda plots, forms: hung(plots, forms, crowd(place, made, others, bank_of(place.size)))
    return Growth(made, Planted(place, (stacks, banks), others, settle))


def tenants(place: Place, low: F64, high: F64) -> list[Place]:
    """Builders of 50 m (canon P71, P72) and bundles of pipes on the free tops of the masses, a stair beside the gangway."""
    stream, (wide, long, tall) = place.stream.sub("tenants"), place.size
    free = perches(low, high, 50.0, np.array([wide / 2, long / 2, tall]))
    free = free[np.argsort(stream.bits("which", len(free)), kind="stable")][:5]
    found = []
    for number, row in enumerate(free.tolist()):
        x, y, z = float(low[row, 0] + high[row, 0]) / 2, float(low[row, 1] + high[row, 1]) / 2, float(high[row, 2])
        light = float(light_at(np.array([z]), place)[0])
        if number < 3:
            turns = int(stream.whole("faces", 3, 0, 4)[number])
            found.append(place.child("builder", number, (x, y, z), (50.0, 50.0, 50.0), quarter_turns=turns))
        else:
            size = (min(0.9 * float(high[row, 1] - low[row, 1]), 600.0), 16.0, 11.0)
            found.append(place.child("pipes", number, (x, y, z), size, quarter_turns=1, form=form_of(0, light)))
    x, y, z = ledge_of(place)
    tall = min(150.0, 0.5 * z)
    found.append(place.child("stair", 0, (x - 24.0, y + 4.0, z - 3.0 - tall + HEAD), (8.0, 8.0, tall), quarter_turns=1))
    return [*found, *_on_the_ground(place, stream)]


def _on_the_ground(place: Place, stream: Stream) -> list[Place]:
    """Pipes along the bottom of the void, in lengths, among what fell."""
    half, (_, long, tall) = half_of(place), place.size
    run, bore = 0.26 * long, min(0.12 * half, 40.0)
    x = stream.between("x", 3, -0.6, 0.6) * half
    size = (run, bore, min(0.7 * bore, 0.1 * tall))
    return [
        place.child("pipes", 10 + i, (float(x[i]), (i - 1) * 0.3 * long, 0.004 * tall), size, quarter_turns=1, form=form_of(0, 0.2))
        for i in range(3)
    ]


def _walkways(place: Place) -> list[Place]:
    """The gangway of the view, somebody standing at its end."""
    x, y, z = ledge_of(place)
    size = DECK_LENGTH, DECK_WIDTH, 12.0
    return [place.child("walkway", 0, (x, y + DECK_LENGTH / 2, z - deck_height(size)), size, quarter_turns=1, form=1)]
