"""Slices of files: pieces without what a cut takes away, cut surfaces closed. What no cut touches stays as it is, to the bit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geometry.bore import away_from
from geometry.export.convex import soup_of_parts, soup_of_slab
from geometry.export.facets import collapsed
from geometry.export.piece import Piece
from geometry.export.split import Heights, Soup, carved, joined, pierced, surface
from geometry.export.weld import Slab, slab_of
from geometry.key import mix
from geometry.mesh import F64, Mesh
from geometry.parts import EMPTY, Parts
from geometry.place import Frame

_BATCH = 4096
"""Parts cut at once: what their cells take in memory stays small."""
_SKIN_EXPOSURE = 160


@dataclass(frozen=True, slots=True)
class Flat:
    """Above it: what lies on the side of a plane that its normal points to."""

    normal: tuple[float, float, float]
    """Unit, in world directions."""
    point: tuple[float, float, float]
    """World metres."""

    def heights(self, frame: Frame) -> Heights:
        """In a place's frame."""
        a, b, c = (float(axis @ np.asarray(self.normal)) for axis in frame.axes)
        height = float((np.asarray(self.point) - frame.origin) @ np.asarray(self.normal))
        return lambda p: p[..., 0] * a + p[..., 1] * b + p[..., 2] * c - height


@dataclass(frozen=True, slots=True)
class Round:
    """Above it: what lies outside a sphere about the City's centre, or inside it."""

    radius: float
    """Metres."""
    outside: bool = True

    def heights(self, frame: Frame) -> Heights:
        """In a place's frame; small places far out lose no digits."""
        x, y, z = (float(axis @ frame.origin) for axis in frame.axes)
        far = float(np.sqrt((frame.origin * frame.origin).sum()))
        sign = 1.0 if self.outside else -1.0

        def height(p: F64) -> F64:
            grown = p[..., 0] * (p[..., 0] + 2 * x) + p[..., 1] * (p[..., 1] + 2 * y) + p[..., 2] * (p[..., 2] + 2 * z)
            here = np.sqrt(np.maximum(grown + far * far, 0.0))
            rise: F64 = sign * ((far - self.radius) + grown / np.maximum(here + far, 1e-300))
            return rise

        return height


@dataclass(frozen=True, slots=True)
class Hole:
    """A small round hole, in facets: all that lies above every one of them goes, about a line from `start` to `end`."""

    start: tuple[float, float, float]
    """World metres."""
    end: tuple[float, float, float]
    radius: float
    """Metres: no facet is nearer to the line, no corner farther than a third more."""
    facets: tuple[Flat, ...]

    def __iter__(self) -> Iterator[Flat]:
        return iter(self.facets)

    def __len__(self) -> int:
        return len(self.facets)

    def near(self, centre: F64, reach: float) -> bool:
        """Whether it comes into a ball, world metres."""
        start, end = np.array(self.start), np.array(self.end)
        return bool(away_from(centre[None], start, end)[0] < reach + 1.35 * self.radius)


Region = tuple[Flat | Round, ...] | Hole
"""What goes: all that lies above every surface."""


def sliced(pieces: Iterable[Piece], regions: Sequence[Region], hair: float = 0.0) -> Iterator[Piece]:
    """The pieces without what lies in the regions. A piece of which nothing is left is left out.

    Parts that are cut are grown by 1 to 16 `hair` (metres) first, so that solids that touch overlap, as printers want; what a cut
    leaves thinner than two of them goes."""
    for piece in pieces:
        left = one_sliced(piece, regions, hair) if regions else piece
        if len(left.parts) or any(len(mesh) for mesh in left.skin):
            yield left


def one_sliced(piece: Piece, regions: Sequence[Region], hair: float = 0.0) -> Piece:
    """A piece without what lies in the regions."""
    regions = _about(piece, regions)
    surfaces = [[one.heights(piece.frame) for one in region] for region in regions]
    parts, cut = _sorted_out(piece.parts, surfaces)
    cut = _grown(cut, hair)
    meshes = [
        mesh
        for start in range(0, len(cut), _BATCH)
        for mesh in _cut(soup_of_parts(cut[start : start + _BATCH]), regions, surfaces, piece.frame, 2 * hair)
    ]
    skin, cell = piece.skin, piece.cell
    if any(len(mesh) for mesh in skin):
        slab = slab_of(piece)
        skin, whole = _sliced_skin(piece, slab, surfaces, regions, 2 * hair)
        cell = cell if whole else None
    return replace(piece, parts=parts, skin=(*skin, *meshes), cell=cell if not meshes else None)


def _about(piece: Piece, regions: Sequence[Region]) -> Sequence[Region]:
    """Without the holes that come nowhere near: there may be hundreds."""
    if not any(isinstance(region, Hole) for region in regions):
        return regions
    ends = [piece.parts.position - piece.parts.scale.max(axis=1)[:, None], piece.parts.position + piece.parts.scale.max(axis=1)[:, None]]
    points = np.concatenate([*ends, *(mesh.points for mesh in piece.skin)]).astype(np.float64)
    if not len(points):
        return [region for region in regions if not isinstance(region, Hole)]
    low, high = points.min(axis=0), points.max(axis=0)
    centre, reach = piece.frame.to_world((low + high) / 2), float(np.sqrt(((high - low) ** 2).sum())) / 2
    return [region for region in regions if not isinstance(region, Hole) or region.near(centre, reach)]


def _sorted_out(parts: Parts, surfaces: Sequence[Sequence[Heights]]) -> tuple[Parts, Parts]:
    """(parts that no region touches, parts that are cut); those within one are gone."""
    if not len(parts):
        return EMPTY, EMPTY
    centre = parts.position.astype(np.float64)
    reach = 0.5 * np.sqrt((parts.scale.astype(np.float64) ** 2).sum(axis=1)) * (1 + 1e-6)
    whole, gone = np.ones(len(parts), bool), np.zeros(len(parts), bool)
    for region in surfaces:
        heights = np.stack([surface(centre) for surface in region])
        whole &= (heights + reach <= 0.0).any(axis=0)
        gone |= (heights - reach > 0.0).all(axis=0)
    return parts[whole], parts[~whole & ~gone]


def _grown(parts: Parts, hair: float) -> Parts:
    """Parts larger by a few hairs, each by its own."""
    if not hair or not len(parts):
        return parts
    where = np.ascontiguousarray(parts.position).view(np.uint32).astype(np.uint64)
    steps = mix(mix(mix(where[:, 0]) + where[:, 1]) + where[:, 2]) >> np.uint64(60)
    return replace(parts, scale=(parts.scale + ((1.0 + steps.astype(np.float64)) * hair)[:, None]).astype(np.float32))


def _sliced_skin(
    piece: Piece, slab: Slab | None, surfaces: Sequence[Sequence[Heights]], regions: Sequence[Region], snap: float
) -> tuple[tuple[Mesh, ...], bool]:
    """(skin, whether it is as it was)."""
    corners = np.concatenate([mesh.points for mesh in piece.skin]).astype(np.float64)
    if all(any((surface(corners) <= 0.0).all() for surface in region) for region in surfaces):
        return piece.skin, True
    if any(all((surface(corners) > 0.0).all() for surface in region) for region in surfaces):
        return (), False
    if slab is None:
        return piece.skin, True
    low, high = slab.cell.plate, slab.cell.outer
    rest: list[tuple[Region, Sequence[Heights]]] = []
    for region, heights in zip(regions, surfaces, strict=True):
        if not isinstance(region, Hole) and len(region) == 1 and isinstance(region[0], Round):  # a plate between two radii is still a plate
            low, high = (low, min(high, region[0].radius)) if region[0].outside else (max(low, region[0].radius), high)
        else:
            rest.append((region, heights))
    if not low < high:
        return (), False
    kept, levels = [region for region, _ in rest], [heights for _, heights in rest]
    return _cut(soup_of_slab(slab, piece.frame, low, high), kept, levels, piece.frame, snap), False


def _cut(some: Soup, regions: Sequence[Region], surfaces: Sequence[Sequence[Heights]], frame: Frame, snap: float) -> tuple[Mesh, ...]:
    for region, heights in zip(regions, surfaces, strict=True):
        some = (pierced if isinstance(region, Hole) else carved)(some, heights, snap)
    return meshes_of(surface(some), frame)


def meshes_of(some: Soup, frame: Frame) -> tuple[Mesh, ...]:
    """Triangles as one mesh a material, in the frame of their place. Corners stay apart: normals are a face's, or the sphere's.

    A triangle of which two corners become one when they are rounded is left out: its edges cancel, and others could not be paired."""
    some = some[~collapsed(some.corners.astype(np.float32))]
    result = []
    for material in np.unique(some.tag).tolist():
        chosen = some[some.tag == material]
        corners = chosen.corners
        normals = _normals(corners, chosen.bend, frame)
        n = 3 * len(chosen)
        points = corners.reshape(n, 3).astype(np.float32)
        numbers = np.arange(n, dtype=np.int32).reshape(-1, 3)
        result.append(Mesh(points, normals, numbers, int(material), _SKIN_EXPOSURE))
    return tuple(result)


def _normals(corners: F64, bend: NDArray[np.int8], frame: Frame) -> NDArray[np.float32]:
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    flat = first[:, [1, 2, 0]] * second[:, [2, 0, 1]] - first[:, [2, 0, 1]] * second[:, [1, 2, 0]]
    every = np.repeat(flat[:, None], 3, axis=1)
    bent = bend != 0
    if bent.any():
        centre = frame.to_local(np.zeros(3))
        every[bent] = (corners[bent] - centre) * bend[bent][:, None, None]
    lengths = np.sqrt((every * every).sum(axis=-1, keepdims=True))
    result: NDArray[np.float32] = (every / np.where(lengths > 0, lengths, 1.0)).reshape(-1, 3).astype(np.float32)
    return result


def joined_soup(pieces: Iterable[Piece], regions: Sequence[Region]) -> Iterator[tuple[Piece, Soup]]:
    """Each piece and all of it as convex cells in its frame, cut: for drawings of sections. Skins that are no plates are left out."""
    for piece in pieces:
        slab = slab_of(piece)
        whole = [soup_of_parts(piece.parts)] if len(piece.parts) else []
        if slab is not None:
            plate = soup_of_slab(slab, piece.frame, slab.cell.plate, slab.cell.outer)
            base = int(whole[0].cell.max()) + 1 if whole else 0
            whole.append(replace(plate, cell=plate.cell + base))
        some = joined(whole)
        for region in _about(piece, regions):
            heights = [one.heights(piece.frame) for one in region]
            some = (pierced if isinstance(region, Hole) else carved)(some, heights)
        if len(some):
            yield piece, some
