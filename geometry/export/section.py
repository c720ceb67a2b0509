"""Section drawings: where a plane cuts a place, what stands just beyond it, laid out on a sheet in millimetres."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from geometry.angle import rotate
from geometry.export.atomic import LimitError
from geometry.export.piece import Piece
from geometry.export.slice import Flat, Region, joined_soup
from geometry.export.split import Soup, divide
from geometry.material import Material
from geometry.mesh import F64
from geometry.parts import Parts
from geometry.place import Frame

Polygon = F64
"""(k, 2)."""
BEYOND, ROUND = 0.4, 0.06
"""How far beyond the plane things are drawn, in parts of the section's longest side: of a place, and of what goes round the City, where
plates would stand before most of it."""
_MOST_BEYOND = 30_000
_MARGIN, _BLOCK = 12.0, 24.0
"""Millimetres: about the drawing, and of the strip with the title."""
PAPERS = {"A4": (297.0, 210.0), "A3": (420.0, 297.0), "A2": (594.0, 420.0), "A1": (841.0, 594.0), "A0": (1189.0, 841.0)}
"""Millimetres, lying."""
_CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])


@dataclass(slots=True)
class Section:
    """What a plane cuts, in metres along the sheet's right and up."""

    plates: list[Polygon] = field(default_factory=list)
    """Cut through the Megastructure."""
    solids: list[Polygon] = field(default_factory=list)
    """Cut through anything else."""
    beyond: list[tuple[float, Polygon]] = field(default_factory=list)
    """(metres beyond the plane, outline) of what is seen there."""

    @property
    def bounds(self) -> tuple[F64, F64]:
        """(low, high) of all that is cut. Raises LimitError where nothing is."""
        if not self.plates and not self.solids:
            raise LimitError("the plane cuts nothing here: move it with --slice, or choose another place")
        points = np.concatenate([*self.plates, *self.solids])
        return points.min(axis=0), points.max(axis=0)


@dataclass(frozen=True, slots=True)
class Cutting:
    """A plane and how it lies on the sheet."""

    plane: Flat
    """What lies above it is taken away; one looks against its normal."""
    right: F64
    """(3,) unit."""
    up: F64
    """(3,) unit."""


def cutting(plane: Flat, up: F64, ahead: F64 | None = None) -> Cutting:
    """The sheet's directions for a plane: `up` as far as it lies in the plane, else `ahead`: a place's own y, or the world's."""
    normal = np.asarray(plane.normal)
    ahead = np.array([0.0, 1.0, 0.0]) if ahead is None else ahead
    for wanted in (np.asarray(up, dtype=np.float64), ahead, np.array([1.0, 0.0, 0.0])):
        along = wanted - (wanted @ normal) * normal
        length = math.sqrt(float(along @ along))
        if length > 0.2:
            along = along / length
            return Cutting(plane, np.cross(along, normal), along)
    raise AssertionError("three directions cannot all be the normal's")


def section_of(
    pieces: Iterable[Piece],
    cut: Cutting,
    regions: Sequence[Region] = (),
    heard: Callable[[], None] = lambda: None,
    depth: float = BEYOND,
) -> Section:
    """Where the plane goes through the pieces. `regions` are taken away first; `depth`: how far beyond it one sees, as BEYOND."""
    result, held = Section(), list[Piece]()
    for piece, some in joined_soup((_near(piece, cut) for piece in _heard(pieces, held, heard)), regions):
        _cut(result, some, piece.frame, cut)
    low, high = result.bounds
    longest = float((high - low).max())
    for piece in held:
        result.beyond += _beyond(piece.parts, piece.frame, cut, depth * longest, 0.0006 * longest)
    result.beyond.sort(key=lambda row: -row[0])
    del result.beyond[:-_MOST_BEYOND]
    return result


def _near(piece: Piece, cut: Cutting) -> Piece:
    """A piece without the parts that the plane does not reach."""
    heights = cut.plane.heights(piece.frame)
    parts = piece.parts
    if len(parts):
        reach = 0.5 * np.sqrt((parts.scale.astype(np.float64) ** 2).sum(axis=1))
        parts = parts[np.abs(heights(parts.position.astype(np.float64))) <= reach * 1.000001]
    points = [heights(mesh.points.astype(np.float64)) for mesh in piece.skin if len(mesh)]
    met = bool(points) and min(float(one.min()) for one in points) <= 0.0 <= max(float(one.max()) for one in points)
    return replace(piece, parts=parts, skin=piece.skin if met else (), cell=piece.cell if met else None)


def _heard(pieces: Iterable[Piece], held: list[Piece], heard: Callable[[], None]) -> Iterable[Piece]:
    for piece in pieces:
        heard()
        held.append(piece)
        yield piece


def _on_sheet(points: F64, frame: Frame, cut: Cutting) -> F64:
    """Local points (..., 3) to metres (..., 2) on the sheet."""
    world = frame.to_world(points) - np.asarray(cut.plane.point)
    return np.stack([world @ cut.right, world @ cut.up], axis=-1)


def _cut(result: Section, some: Soup, frame: Frame, cut: Cutting) -> None:
    heights = cut.plane.heights(frame)
    levels = heights(some.corners)
    near = np.logical_and((levels > 0).any(axis=1), (levels <= 0).any(axis=1))
    if not near.any():
        return
    touched = some[np.isin(some.cell, np.unique(some.cell[near]))]
    below = divide(touched, heights).below
    lids = below[_lies(below, heights, float(np.abs(some.corners).max()) * 1e-9)]
    if not len(lids):
        return
    flat = _on_sheet(lids.corners, frame, cut)
    order = np.argsort(lids.cell, kind="stable")
    cells = lids.cell[order]
    for rows in np.split(order, np.flatnonzero(np.diff(cells)) + 1):
        ring = flat[rows][:, :2].reshape(-1, 2)
        polygon = _ring(ring)
        (result.plates if lids.tag[rows[0]] in (Material.MEGASTRUCTURE, Material.GROUND) else result.solids).append(polygon)


def _lies(some: Soup, heights: Callable[[F64], F64], near: float) -> NDArray[np.bool_]:
    """(n,) triangles that lie in the plane."""
    on: NDArray[np.bool_] = np.all(np.abs(heights(some.corners)) <= max(near, 1e-9), axis=1)
    return on


def _ring(points: F64) -> Polygon:
    """The corners of a convex polygon in order."""
    points = np.unique(points, axis=0)
    middle = points.mean(axis=0)
    ring: Polygon = points[np.argsort(np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0]))]
    return ring


def _beyond(parts: Parts, frame: Frame, cut: Cutting, depth: float, least: float) -> list[tuple[float, Polygon]]:
    """Outlines of the boxes of parts that stand a little way beyond the plane and are not too small to be seen."""
    parts = parts[parts.scale.max(axis=1) > least] if len(parts) else parts
    if not len(parts):
        return []
    boxes = rotate(parts.rotation.astype(np.float64)[:, None], _CORNERS * parts.scale[:, None]) + parts.position[:, None]
    levels = cut.plane.heights(frame)(boxes)
    far = -levels.max(axis=1)
    kept = (far < depth) & (levels.max(axis=1) <= 0.0)
    flat = _on_sheet(boxes[kept], frame, cut)
    return [(distance, _hull(points)) for distance, points in zip(far[kept].tolist(), flat, strict=True)]


def _hull(points: F64) -> Polygon:
    """The convex hull of a few points (Andrew's monotone chain)."""
    rows = sorted(map(tuple, points.tolist()))

    def chain(given: Iterable[tuple[float, ...]]) -> list[tuple[float, ...]]:
        found: list[tuple[float, ...]] = []
        for x, y in given:
            while len(found) > 1 and _turns_right(found[-2], found[-1], (x, y)):
                found.pop()
            found.append((x, y))
        return found[:-1]

    return np.array(chain(rows) + chain(reversed(rows)))


def _turns_right(a: tuple[float, ...], b: tuple[float, ...], c: tuple[float, ...]) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) <= 0.0


def nice(value: float) -> float:
    """The largest of 1, 2 or 5 times a power of ten that is not larger."""
    power = float(10.0 ** math.floor(math.log10(value)))
    return next((step * power for step in (5.0, 2.0) if step * power <= value * (1 + 1e-9)), power)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A section on paper."""

    section: Section
    size: tuple[float, float]
    """Millimetres."""
    scale: float
    """Millimetres a metre."""
    origin: F64
    """(2,) metres that come to the middle of the drawing."""
    bar: float
    """Length of the scale bar, metres."""
    title: str
    lines: tuple[str, ...]
    """What is said below the title."""
    bar_text: str
    up_text: str
    """What the arrow points to."""
    link: str
    """To the view it is of."""
    paper: str
    """A4 to A0."""

    @property
    def middle(self) -> tuple[float, float]:
        """Of the drawing, millimetres from the lower left corner."""
        return self.size[0] / 2, (self.size[1] + _BLOCK) / 2

    def placed(self, polygon: F64) -> F64:
        """Metres to millimetres from the lower left corner of the paper."""
        placed: Polygon = (polygon - self.origin) * self.scale + np.array(self.middle)
        return placed


_ROUND_NUMBERS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 10.0)
"""Of scales, times a power of ten."""


def laid_on(
    section: Section, paper: str, title: str, lines: Sequence[str], length: Callable[[float], str], up_text: str, link: str
) -> Sheet:
    """A section as large as a round scale lets it be on a paper, lying or standing. `length` says metres in words."""
    low, high = section.bounds
    seen = [polygon for _, polygon in section.beyond]
    if seen:
        points = np.concatenate(seen)
        low, high = np.minimum(low, points.min(axis=0)), np.maximum(high, points.max(axis=0))
    wide, tall = np.maximum(high - low, 1e-9).tolist()
    long, short = PAPERS[paper]

    def most(size: tuple[float, float]) -> float:
        return float(min((size[0] - 2 * _MARGIN - 6) / wide, (size[1] - 2 * _MARGIN - _BLOCK - 6) / tall))

    size = max(((long, short), (short, long)), key=most)
    ratio = 1000.0 / most(size)
    power = 10.0 ** math.floor(math.log10(ratio))
    ratio = next(step * power for step in _ROUND_NUMBERS if step * power >= ratio * (1 - 1e-9))
    scale = 1000.0 / ratio
    bar = nice(0.22 * size[0] / scale)
    return Sheet(section, size, scale, (low + high) / 2, bar, title, tuple(lines), length(bar), up_text, link, paper)
