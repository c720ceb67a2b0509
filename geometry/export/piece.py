"""Pieces: what one place contributes to a file, and what must be known of all of them before the first byte is written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import IO, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from geometry.bake import corner_counts
from geometry.corners import BATCH, Scratch, stand, world_columns
from geometry.export.atomic import LimitError, OutputError
from geometry.export.report import Watch
from geometry.mesh import F64, Mesh
from geometry.parts import EMPTY, Parts
from geometry.place import Cell, Frame, Place
from geometry.solids import triangle_counts

_MANY = 8192  # points from which reading them in rows pays
_Real = TypeVar("_Real", np.float32, np.float64)


@dataclass(frozen=True, slots=True)
class Piece:
    """One place's share of a file."""

    name: str
    path: tuple[str, ...]
    """Names of the nodes above it, outermost first. A piece may stand below another piece."""
    frame: Frame
    parts: Parts = EMPTY
    skin: tuple[Mesh, ...] = ()
    cell: Cell | None = None
    """Of the spheres, where it is one: its plate can then be welded to its neighbours'."""


def piece_of(place: Place, parts: Parts, skin: tuple[Mesh, ...] = ()) -> Piece:
    """A place's piece, named and nested by its address: every stratum and tile above it is a node."""
    address = place.address
    names = [f"seed {address.seed}"]
    names += ["band " + ".".join(map(str, address.bands[: i + 1])) for i in range(len(address.bands))]
    names += [f"layer {address.layer}"] if address.layer is not None else []
    face, *quadrants = map(str, address.tile or (0,))
    names += [f"tile {face}" + ("-" + "".join(quadrants[:i]) if i else "") for i in range(len(address.tile))]
    names += [f"{kind} {number}" for kind, number in address.steps]
    return Piece(names[-1], tuple(names[:-1]), place.frame, parts, skin, place.cell)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of a piece before it is baked."""

    name: str
    path: tuple[str, ...]
    frame: Frame
    triangles: dict[int, int]
    """By material."""
    points: dict[int, int]
    """By material."""
    instances: dict[tuple[int, int], int]
    """Parts by (material, prototype)."""
    skins: dict[int, tuple[int, int]]
    """(points, triangles) of the skin by material."""


@dataclass(frozen=True, slots=True)
class Survey:
    """All pieces, counted and measured."""

    sheets: tuple[Sheet, ...]
    low: F64
    """(3,) metres along `base`."""
    high: F64
    """(3,) metres along `base`."""
    base: Frame
    """Stands at the City's centre; its axes are the file's x, y and z."""

    def stand(self, frame: Frame) -> Frame:
        """A world frame in the file's axes."""
        return turned(frame, self.base)

    @property
    def triangles(self) -> int:
        """In all."""
        return sum(sum(sheet.triangles.values()) for sheet in self.sheets)

    @property
    def longest(self) -> float:
        """The longest side, metres."""
        return float((self.high - self.low).max())

    @property
    def size(self) -> tuple[float, float, float]:
        """Metres along x, y, z."""
        x, y, z = (self.high - self.low).tolist()
        return x, y, z


class Store:
    """Pieces that can be walked twice: a sequence as it stands; anything else is kept on disk as it comes, unbaked.

    Parts are a fifteenth of their triangles, so this costs little and each place unfolds only once."""

    def __init__(self, pieces: Iterable[Piece], directory: str) -> None:
        self._source = pieces
        self._held = pieces if isinstance(pieces, Sequence) else None
        self._directory = directory
        self._shapes: list[tuple[str, tuple[str, ...], Frame, Cell | None, int, list[tuple[int, int, int, int]]]] = []
        self._spool: IO[bytes] | None = None

    def first(self) -> Iterator[Piece]:
        """The pieces, once, as they come."""
        if self._held is not None:
            yield from self._held
            return
        self._spool = tempfile.TemporaryFile(dir=self._directory)  # noqa: SIM115  closed by close()
        for piece in self._source:
            self._keep(piece)
            yield piece

    def again(self) -> Iterator[Piece]:
        """The same pieces once more."""
        if self._held is not None:
            yield from self._held
            return
        assert self._spool is not None
        self._spool.seek(0)
        for name, path, frame, cell, count, skins in self._shapes:
            yield Piece(name, path, frame, self._read_parts(count), tuple(self._read_mesh(*skin) for skin in skins), cell)

    def close(self) -> None:
        """Give the disk back."""
        if self._spool is not None:
            with suppress(OSError):  # on a full disk what still waits to be written fails once more
                self._spool.close()

    def _keep(self, piece: Piece) -> None:
        skins = [(len(m.points), len(m.triangles), int(m.material), int(m.exposure)) for m in piece.skin]
        self._shapes.append((piece.name, piece.path, piece.frame, piece.cell, len(piece.parts), skins))
        arrays = [getattr(piece.parts, field.name) for field in fields(Parts)]
        arrays += [array for mesh in piece.skin for array in (mesh.points, mesh.normals, mesh.triangles)]
        assert self._spool is not None
        try:
            for array in arrays:
                self._spool.write(np.ascontiguousarray(array).tobytes())
        except OSError as error:
            raise OutputError(f"cannot keep the places to export in '{self._directory}': {error.strerror}; free some space") from error

    def _read(self, dtype: Any, shape: tuple[int, ...]) -> NDArray[Any]:
        assert self._spool is not None
        array = np.empty(shape, dtype)
        array.reshape(-1).view(np.uint8)[:] = np.frombuffer(self._spool.read(array.nbytes), np.uint8)
        return array

    def _read_parts(self, count: int) -> Parts:
        columns = (getattr(EMPTY, field.name) for field in fields(Parts))
        return Parts(*(self._read(column.dtype, (count, *column.shape[1:])) for column in columns))

    def _read_mesh(self, points: int, triangles: int, material: int, exposure: int) -> Mesh:
        corners, normals = self._read(np.float32, (points, 3)), self._read(np.float32, (points, 3))
        return Mesh(corners, normals, self._read(np.int32, (triangles, 3)), material, exposure)


def bounds(points: NDArray[_Real]) -> tuple[NDArray[_Real], NDArray[_Real]]:
    """Exact (low, high) of (n, 3) points, in long rows: a hundredth of the time of rows of three."""
    if len(points) < _MANY:
        columns = np.ascontiguousarray(points.T)
        return columns.min(axis=1), columns.max(axis=1)
    n = len(points) // 1024 * 1024
    rows, rest = points[:n].reshape(-1, 3072), points[n:]
    low, high = rows.min(axis=0).reshape(-1, 3).min(axis=0), rows.max(axis=0).reshape(-1, 3).max(axis=0)
    return (np.minimum(low, rest.min(axis=0)), np.maximum(high, rest.max(axis=0))) if len(rest) else (low, high)


def _part_bounds(parts: Parts, frame: Frame, scratch: Scratch) -> tuple[F64, F64]:
    """World box of at most BATCH parts: (low, high), from their oriented boxes."""
    matrices = stand(parts, frame, 1.0, scratch).linear
    np.abs(matrices, out=matrices)
    half, centre = (matrices[:, 0] + matrices[:, 1] + matrices[:, 2]) * np.float32(0.5), world_columns(frame, parts.position)
    return (centre - half).min(axis=1), (centre + half).max(axis=1)


def _bounds(piece: Piece, scratch: Scratch) -> tuple[F64, F64]:
    boxes = [_part_bounds(piece.parts[i : i + BATCH], piece.frame, scratch) for i in range(0, len(piece.parts), BATCH)]
    worlds = [piece.frame.to_world(mesh.points) for mesh in piece.skin if len(mesh.points)]
    boxes += [bounds(world) for world in worlds]
    if not boxes:
        return np.full(3, np.inf), np.full(3, -np.inf)
    return np.min([low for low, _ in boxes], axis=0), np.max([high for _, high in boxes], axis=0)


def _instances(parts: Parts) -> dict[tuple[int, int], int]:
    kinds, counts = np.unique(parts.material.astype(np.uint16) << 8 | parts.prototype, return_counts=True)
    return {(kind >> 8, kind & 255): count for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True)}


def sheet_of(piece: Piece) -> Sheet:
    """Counts of a piece."""
    instances = _instances(piece.parts)
    skins: dict[int, tuple[int, int]] = {}
    for mesh in piece.skin:
        if len(mesh):
            points, triangles = skins.get(int(mesh.material), (0, 0))
            skins[int(mesh.material)] = (points + len(mesh.points), triangles + len(mesh))
    shares = [(material, n * int(triangle_counts()[p]), n * int(corner_counts()[p])) for (material, p), n in instances.items()]
    shares += [(material, faces, corners) for material, (corners, faces) in skins.items()]
    all_triangles: dict[int, int] = {}
    all_points: dict[int, int] = {}
    for material, faces, corners in sorted(shares):
        all_triangles[material] = all_triangles.get(material, 0) + faces
        all_points[material] = all_points.get(material, 0) + corners
    return Sheet(piece.name, piece.path, piece.frame, all_triangles, all_points, instances, skins)


def turned(frame: Frame, base: Frame) -> Frame:
    """A world frame in the axes of `base`; itself where those are the world's."""
    if np.array_equal(base.axes, np.eye(3)):
        return frame
    return Frame(base.to_local(frame.origin), Frame(np.zeros(3), base.axes).to_local(frame.axes))


def survey(pieces: Iterator[Piece], watch: Watch, axes: F64 | None = None) -> Survey:
    """Count and measure all pieces, along world `axes` (3, 3; the City's own by default).

    Raises LimitError when there is nothing to write or a number is not finite."""
    base = Frame(np.zeros(3), np.eye(3) if axes is None else np.asarray(axes, dtype=np.float64))
    sheets, low, high, scratch = [], np.full(3, np.inf), np.full(3, -np.inf), Scratch()
    for piece in pieces:
        watch.check()
        sheets.append(sheet_of(piece))
        inner, outer = _bounds(replace(piece, frame=turned(piece.frame, base)), scratch)
        if np.isnan(inner).any() or np.isnan(outer).any() or np.isposinf(outer).any():
            raise LimitError(f"'{piece.name}' has a part that is nowhere (not a number): leave it out")
        low, high = np.minimum(low, inner), np.maximum(high, outer)
    result = Survey(tuple(sheets), low, high, base)
    if not result.triangles or not result.longest > 0:
        raise LimitError("there is nothing to export here: choose another place or more detail")
    return result
