"""Cables: the wall of cables one climbs through (canon P94), and the block moored by anchor cables (P95).

Variant 0 is a curtain in the xz plane, variant 1 a moored block.
"""

from __future__ import annotations

import numpy as np

from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.place import Growth, Place
from geometry.rules.masses import (
    F64,
    box_about,
    boxes,
    cables,
    columns,
    form_of,
    light_of,
    partition,
    power,
    shade,
    spans,
    tints,
    variant_of,
)
from geometry.spec import CitySpec


def unfold(place: Place, spec: CitySpec) -> Growth:
    """A curtain, or a block held in the air by its moorings."""
    return _moored(place) if variant_of(place.form) == 1 else _curtain(place)


def _curtain(place: Place) -> Growth:
    """Two beams, ropes hanging between them in layers, and slack ones slung across."""
    stream, light, (wide, deep, tall) = place.stream, light_of(place.form), place.size
    n = 260
    thick = power(stream.unit("thick", n), 0.0012, 0.014) * wide
    home = stream.between("strand", 26, -0.46, 0.46)[np.arange(n) % 26]
    x = np.clip(home + stream.between("x", n, -0.02, 0.02), -0.48, 0.48) * wide
    lean = np.clip(x + stream.between("lean", n, -0.03, 0.03) * wide, -0.48 * wide, 0.48 * wide)
    y = stream.between("y", n, -0.42, 0.42) * deep
    torn = np.where(stream.unit("torn", n) < 0.12, stream.between("hangs to", n, 0.2, 0.8), 0.03)
    centre, length, rotation = spans(columns([x, y, torn * tall]), columns([lean, y, 0.96 * tall]))
    material = np.where(stream.unit("sheathed", n) < 0.2, Material.DARK_STEEL, Material.CABLE)
    ropes = parts(
        "pipe",
        centre,
        columns([length, thick, thick]),
        material,
        rotation=rotation,
        exposure=shade(light * (0.3 + 0.5 * (y / deep + 0.5))),
        tint=tints(stream, n),
        year=place.year,
    )
    edge = np.array([[-wide / 2, -0.45 * deep]])
    beams = boxes(
        np.c_[np.repeat(edge, 2, axis=0), [0.0, 0.94 * tall]],
        np.c_[np.repeat(-edge, 2, axis=0), [0.05 * tall, tall]],
        Material.OLD_CONCRETE,
        exposure=shade(light * 0.7),
        year=place.year,
    )
    return Growth(join((ropes, beams, _slack(place, light))))


def _slack(place: Place, light: float) -> Parts:
    """Slack ropes slung across the curtain."""
    stream, (wide, deep, tall), n = place.stream.sub("slack"), place.size, 40
    x0, x1 = stream.between("x0", n, -0.48, 0.0) * wide, stream.between("x1", n, 0.02, 0.48) * wide
    y, z = stream.between("y", n, -0.4, 0.4) * deep, stream.between("z", n, 0.5, 0.93) * tall
    sag = np.minimum((x1 - x0) * stream.between("sag", n, 0.1, 0.7), z - 0.05 * tall)
    return cables(
        columns([x0, y, z]), columns([x1, y, z]), sag, np.minimum(0.004 * wide, 0.02 * sag + 0.02), light=light * 0.4, year=place.year
    )


def _moored(place: Place) -> Growth:
    """A block hung in the void; sheaves of straight cables pull it to the corners of the box."""
    stream, light, (wide, deep, tall) = place.stream, light_of(place.form), place.size
    half = np.array([wide, deep, tall]) * stream.between("half", 3, 0.10, 0.2)
    middle = np.array([0.0, 0.0, 0.5 * tall])
    low, high = middle - half, middle + half
    tiers = partition(stream, "tiers", 4, spread=4)
    inset = stream.between("inset", 4, 0.0, 0.3)[:, None]
    bodies = boxes(
        np.c_[low[:2] + inset * half[:2], low[2] + tiers[:-1] * 2 * half[2]],
        np.c_[high[:2] - inset * half[:2], low[2] + tiers[1:] * 2 * half[2]],
        Material.MEGASTRUCTURE, exposure=shade(light), tint=tints(stream, 4), year=place.year,
    )  # fmt: skip
    ropes, length, rotation = spans(*_moorings(place, low, high))
    thick = np.tile(power(stream.unit("thick", 8), 0.001, 0.004), 6) * wide
    lines = parts(
        "pipe", ropes, columns([length, thick, thick]), Material.CABLE, rotation=rotation, exposure=shade(light * 0.5), year=place.year
    )
    core_low, core_high = low + np.array([0.31, 0.31, 0.0]) * half * [1, 1, 1], high - np.array([0.31, 0.31, 0.1]) * half
    offset, size = box_about(core_low, core_high)
    return Growth(join((bodies, lines)), (place.child("block", 0, offset, size, form=form_of(0, light)),))


def _moorings(place: Place, low: F64, high: F64) -> tuple[F64, F64]:
    """48 lines: six from each corner of the block to near the same corner of the box."""
    corner = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)], dtype=np.float64)
    corners = np.tile(corner, (6, 1))
    n = len(corners)
    # let into the block, past what its tiers stand back
    start = (low + high) / 2 + (corners - 0.5) * 0.68 * (high - low)
    jitter = columns([place.stream.unit(axis, n) for axis in ("jx", "jy", "jz")])
    reach = 0.93 - 0.22 * jitter
    size = np.array(place.size)
    end = (corners - 0.5) * reach * size + [0.0, 0.0, size[2] / 2]
    return start, end
