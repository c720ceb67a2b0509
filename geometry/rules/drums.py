"""Round towers: drums stacked with collars, as they stand in canyons and wells."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.rules.masses import F64, columns, partition, shade, tints, twentieths


def drum_towers(
    stream: Stream,
    plan: F64,
    tall: float,
    light: Callable[[F64], F64],
    year: float,
    *,
    base: float = 0.0,
    slender: float = 2.6,
    solid: str = "banded_drum",
) -> tuple[Parts, F64]:
    """Towers at plan (n, 3) = x, y, radius, from `base` to `base + tall`: (parts, columns x, y, radius, z0, z1 of every drum)."""
    rows = [_drums(stream.sub("tower", i), plan[i], tall, base, slender) for i in range(len(plan))]
    if not rows:
        return join(()), np.zeros((0, 5))
    drums = np.concatenate(rows)
    x, y, radius, z0, z1 = drums.T
    middle = (z0 + z1) / 2
    n = len(drums)
    look: dict[str, ArrayLike] = {"exposure": shade(light(middle)), "tint": tints(stream, n), "year": year}
    size = columns([2 * radius, 2 * radius, z1 - z0])
    bodies = parts(solid, columns([x, y, middle]), size, Material.CONCRETE, **look)
    return join((bodies, _collars(stream, drums, light, year), _fins(stream, drums, light, year))), drums


def _drums(stream: Stream, tower: F64, tall: float, base: float, slender: float) -> F64:
    n = int(min(max(tall / (slender * 2.0 * tower[2]), 3), 48))
    cuts = base + partition(stream, "drums", n, spread=3) * tall
    radius = tower[2] * stream.between("radius", n, 0.86, 0.98)
    return columns([tower[0], tower[1], radius, cuts[:-1], cuts[1:]])


def _collars(stream: Stream, drums: F64, light: Callable[[F64], F64], year: float) -> Parts:
    """Hoops at the joints, a few of them galleries."""
    x, y, radius, z0, _ = drums.T
    n = len(drums)
    out = radius * np.where(stream.unit("gallery", n) < 0.15, 1.16, 1.04)
    high = radius * stream.between("collar", n, 0.08, 0.5)
    z = np.maximum(z0, 0.0) + high / 2
    lit = shade(light(z) * 0.85)
    return parts(
        "drum", columns([x, y, z]), columns([2 * out, 2 * out, high]), Material.OLD_CONCRETE, exposure=lit, tint=tints(stream, n), year=year
    )


def _fins(stream: Stream, drums: F64, light: Callable[[F64], F64], year: float) -> Parts:
    """Pilasters round a drum, cruciform piers seen from outside."""
    chosen = np.flatnonzero(stream.unit("finned", len(drums)) < 0.8)
    if len(chosen) == 0:
        return join(())
    rows = np.repeat(chosen, 5)
    x, y, radius, z0, z1 = drums[rows].T
    wide = 2.03 * radius
    size = columns([wide, 0.09 * radius, z1 - z0])
    middle = (z0 + z1) / 2
    turns = twentieths(np.tile(np.arange(5) * 2, len(chosen)))
    return parts("box", columns([x, y, middle]), size, Material.CONCRETE, rotation=turns, exposure=shade(light(middle) * 0.8), year=year)
