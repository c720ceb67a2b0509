"""Voids: spheres that landmarks keep free of layers, and how plates, parts and places end at them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.landmarks import landmarks
from geometry.parts import Parts
from geometry.place import Place
from geometry.spec import CitySpec

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Void(NamedTuple):
    """A sphere that layers give way to."""

    centre: F64
    radius: float
    lined: bool
    line: frozenset[int]


@lru_cache(maxsize=16)
def voids(spec: CitySpec) -> tuple[Void, ...]:
    """The spheres of a City's landmarks."""
    return tuple(Void(own.centre, own.seat.void, own.seat.lined, own.line) for own in landmarks(spec) if own.seat.void > 0.0)


def voids_near(spec: CitySpec, place: Place) -> tuple[Void, ...]:
    """Those whose sphere touches the sphere about a place."""
    return tuple(void for void in voids(spec) if _length(place.centre - void.centre) < void.radius + place.radius)


def void_about(spec: CitySpec, point: F64) -> Void | None:
    """The one in which a point (3,) lies."""
    return next((void for void in voids(spec) if _length(point - void.centre) < void.radius), None)


def carved(near: tuple[Void, ...], place: Place, n: int) -> Mask:
    """Which of the n x n squares of a cell's plate end at a void: (n, n), column first. A single layer's plate ends where it meets it; a
    bundle of layers only where the void goes all through."""
    cell = place.cell
    assert cell is not None
    up = cells.lattice(cell, 2 * n)
    met: Mask = np.zeros(up.shape[:2], dtype=bool)
    for void in near:
        if cell.high - cell.low == 1:
            along = up[..., 0] * void.centre[0] + up[..., 1] * void.centre[1] + up[..., 2] * void.centre[2]
            met |= _within(up * np.clip(along, cell.plate, cell.outer)[..., None], void)
        else:
            met |= _within(up * cell.plate, void) & _within(up * cell.outer, void)
    return np.asarray(np.logical_or.reduce([met[i : i + 2 * n : 2, j : j + 2 * n : 2] for i in range(3) for j in range(3)]))


def _within(points: F64, void: Void) -> Mask:
    away = points - void.centre
    return np.asarray((away * away).sum(axis=-1) < void.radius * void.radius)


def swallowed(near: tuple[Void, ...], child: Place) -> bool:
    """Whether nothing of a child is left: a cell that lies in a void, or a plot that one touches."""
    if child.cell is None:
        return any(_length(child.centre - void.centre) < void.radius + child.radius for void in near)
    up = cells.lattice(child.cell, 2)
    return any(bool(_within(up * child.cell.inner, void).all() and _within(up * child.cell.outer, void).all()) for void in near)


def clear_of_voids(near: tuple[Void, ...], place: Place, made: Parts) -> Parts:
    """Only the parts that reach into no void."""
    for void in near:
        away = made.position.astype(np.float64) - place.frame.to_local(void.centre)
        half = np.sqrt((made.scale.astype(np.float64) ** 2).sum(axis=1)) / 2.0
        made = made[np.asarray(np.sqrt((away * away).sum(axis=1)) - half > void.radius)]
    return made


def _length(vector: F64) -> float:
    return float(np.sqrt((vector * vector).sum()))
