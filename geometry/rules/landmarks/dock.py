"""The dock: a ship at its berth in the void, which a gulf sets (`gulf.py`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geometry.angle import QUARTER_TURNS
from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, parts
from geometry.place import Place
from geometry.rules.canyon_plan import half_of
from geometry.rules.furnish import points
from geometry.rules.masses import boxes, cables, shade, tints
from geometry.rules.walkway import deck_height
from geometry.spec import CitySpec


class _Berth(NamedTuple):
    """Where a ship lies in a gulf, metres."""

    x: float
    y: float
    z: float
    beam: float
    """How wide the ship is."""
    quay: float
    """x of the quay's edge."""


_SHIP = 2600.0
"""Metres from bow to stern."""


def dock(place: Place, gulf: Place, spec: CitySpec) -> tuple[list[Parts], list[Place]]:
    """A ship at its berth in the void, cranes over it, a quay of lamps."""
    half = half_of(gulf)
    x, y, z, beam = 0.1 * half, 1500.0, 0.46 * gulf.size[2], 0.44 * half
    berth = _Berth(x, y, z, beam, x - 0.62 * beam)
    made, ways = _pier(place, berth)
    stream = place.stream.sub("ship")
    quay, legs, moor, lamps = _quay(place, berth)
    return [*_ship(place, berth, stream), quay, legs, *_cranes(place, berth, stream), moor, lamps, made], ways


def _ship(place: Place, berth: _Berth, stream: Stream) -> list[Parts]:
    """Hull, keel, bridges and lit ports."""
    x, y0, z, beam, _ = berth
    n = 13
    k = (np.arange(n) + 0.5) / n - 0.5
    swell = 1.0 - 2.6 * k * k
    hull = parts(
        "chamfer",
        points(x, y0 + k * _SHIP, z + 40.0 * k),
        np.stack([beam * swell, np.full(n, _SHIP / n * 1.04), 0.8 * beam * swell], axis=-1),
        Material.DARK_STEEL,
        exposure=shade(0.6),
        tint=tints(stream, n),
        year=place.year,
    )
    keel = parts(
        "box",
        [[x, y0, z - 0.36 * beam]],
        (0.16 * beam, 0.92 * _SHIP, 0.2 * beam),
        Material.STEEL,
        exposure=shade(0.4),
        year=place.year,
    )
    bridge = parts(
        "chamfer",
        points(x, y0 + np.array([-900.0, -820.0, 260.0]), z + np.array([0.48, 0.62, 0.46]) * beam),
        np.array([[0.5, 0.6, 0.24], [0.34, 0.4, 0.2], [0.7, 0.9, 0.12]]) * beam,
        Material.CONCRETE,
        exposure=shade(0.7),
        year=place.year,
    )
    m = 70
    up, at = stream.between("up", m, -0.3, 0.3), stream.unit("at", m) - 0.5
    bow = (1.0 - 2.6 * at * at) * 0.5
    ports = parts(
        "box",
        points(x - beam * bow, y0 + at * _SHIP, z + up * beam * 0.7),
        (3.0, 9.0, 5.0),
        Material.COLD_LIGHT,
        exposure=255,
        year=place.year,
    )
    return [hull, keel, bridge, ports]


def _quay(place: Place, berth: _Berth) -> list[Parts]:
    """The quay on its legs, the ropes by which the ship is held, and lamps along the edge."""
    x, y0, z, beam, quay_x = berth
    quay = boxes(
        [[quay_x - 90.0, y0 - 0.62 * _SHIP, z - 0.1 * beam - 60.0]],
        [[quay_x, y0 + 0.62 * _SHIP, z - 0.1 * beam]],
        Material.OLD_CONCRETE,
        exposure=shade(0.6),
        year=place.year,
    )
    legs = parts(
        "box",
        points(quay_x - 45.0, y0 + np.linspace(-0.58, 0.58, 9) * _SHIP, (z - 0.1 * beam - 60.0) / 2),
        (60.0, 46.0, z - 0.1 * beam - 60.0),
        Material.OLD_CONCRETE,
        exposure=shade(0.4),
        year=place.year,
    )
    moor = cables(
        points(quay_x - 4.0, y0 + np.linspace(-0.5, 0.5, 24) * _SHIP, z - 0.08 * beam),
        points(x - 0.4 * beam, y0 + np.linspace(-0.42, 0.42, 24) * _SHIP, z),
        30.0,
        5.0,
        light=0.4,
        year=place.year,
    )
    lamps = parts(
        "box",
        points(quay_x - 6.0, y0 + np.linspace(-0.6, 0.6, 40) * _SHIP, z - 0.1 * beam + 9.0),
        (1.4, 1.4, 2.2),
        Material.WARM_LIGHT,
        exposure=255,
        year=place.year,
    )
    return [quay, legs, moor, lamps]


def _cranes(place: Place, berth: _Berth, stream: Stream) -> list[Parts]:
    """Five cranes along the quay and what hangs from them."""
    x, y0, z, beam, quay_x = berth
    c = 5
    yc = y0 + (np.arange(c) / (c - 1) - 0.5) * 0.9 * _SHIP
    tower = parts(
        "lattice",
        points(quay_x - 60.0, yc, z + 0.75 * beam),
        (1.7 * beam, 34.0, 34.0),
        Material.STEEL,
        rotation=QUARTER_TURNS["y"][1],
        exposure=shade(0.6),
        year=place.year,
    )
    boom = parts(
        "truss",
        points(quay_x + 0.5 * beam, yc, z + 1.45 * beam),
        (1.9 * beam, 26.0, 40.0),
        Material.STEEL,
        exposure=shade(0.7),
        year=place.year,
    )
    ropes = cables(
        points(quay_x + stream.between("reach", 30, 0.2, 1.3) * beam, yc[np.arange(30) % c], z + 1.43 * beam),
        points(
            x + stream.between("hold", 30, -0.3, 0.3) * beam,
            yc[np.arange(30) % c] + stream.between("off", 30, -90.0, 90.0),
            z + 0.42 * beam,
        ),
        4.0,
        1.6,
        light=0.5,
        year=place.year,
    )
    return [tower, boom, ropes]


def _pier(place: Place, berth: _Berth) -> tuple[Parts, list[Place]]:
    """A pier off the stern, and the gangway on it from which one looks along the ship."""
    _, y0, z, beam, quay_x = berth
    size = (130.0, 8.0, 11.0)
    way = place.child("walkway", 0, (quay_x - 120.0, y0 - 0.9 * _SHIP, z + 0.3 * beam - deck_height(size)), size, quarter_turns=1, form=1)
    pier = boxes(
        [[quay_x - 160.0, y0 - 0.9 * _SHIP - 360.0, 0.0]],
        [[quay_x - 80.0, y0 - 0.9 * _SHIP - 62.0, z + 0.3 * beam - 3.0]],
        Material.OLD_CONCRETE,
        exposure=shade(0.5),
        year=place.year,
    )
    return pier, [way]
