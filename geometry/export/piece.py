"""Pieces: what one place contributes to a file, and what must be known of all of them before the first byte is written."""

from __future__ import annotations

import json
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, fields, replace
from itertools import pairwise
from typing import IO, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from geometry.corners import BATCH, Scratch, stand, world_columns
from geometry.export.atomic import LimitError, OutputError
from geometry.export.report import Watch
from geometry.export.sheet import Sheets, sheet_of
from geometry.mesh import F64, Mesh
from geometry.parts import EMPTY, Parts
from geometry.place import Cell, Frame, Place

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
class Survey:
    """All pieces, counted and measured."""

    sheets: Sheets
    low: F64
    """(3,) metres along `base`."""
    high: F64
    """(3,) metres along `base`."""
    base: Frame
    """Stands at the City's centre; its axes are the file's x, y and z."""
    triangles: int
    """In all."""
    points: int
    """Corners in all, as they are baked."""

    def stand(self, frame: Frame) -> Frame:
        """A world frame in the file's axes."""
        return turned(frame, self.base)

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
    """Pieces that can be walked twice: a sequence or a share as it stands; anything else is kept on disk as it comes, unbaked.

    Parts are a fifteenth of their triangles, so this costs little and each place unfolds only once. In memory a piece is a number."""

    def __init__(self, pieces: Iterable[Piece], directory: str) -> None:
        self._source = pieces
        self._held = pieces if isinstance(pieces, (Sequence, Share)) else None
        self._directory = directory
        self._starts = array("q")
        self._spool: IO[bytes] | None = None

    def first(self) -> Iterator[Piece]:
        """The pieces, once, as they come."""
        if self._held is not None:
            yield from self._held
            return
        try:
            self._spool = tempfile.TemporaryFile(dir=self._directory)  # noqa: SIM115  closed by close()
        except OSError as error:
            raise self._refusal(error) from error
        for piece in self._source:
            self._keep(piece)
            yield piece

    def again(self) -> Iterator[Piece]:
        """The same pieces once more."""
        if self._held is not None:
            yield from self._held
        else:
            yield from self.share

    @property
    def share(self) -> Share:
        """All that came, from disk."""
        return Share(self, range(len(self._starts)))

    def close(self) -> None:
        """Give the disk back."""
        if self._spool is not None:
            with suppress(OSError):  # on a full disk what still waits to be written fails once more
                self._spool.close()

    def _refusal(self, error: OSError) -> OutputError:
        return OutputError(f"cannot keep the places to export in '{self._directory}': {error.strerror}; free some space")

    def _keep(self, piece: Piece) -> None:
        skins = [(len(m.points), len(m.triangles), int(m.material), int(m.exposure)) for m in piece.skin]
        cell = None if piece.cell is None else astuple(piece.cell)
        row = (piece.name, piece.path, piece.frame.origin.tolist(), piece.frame.axes.tolist(), cell, len(piece.parts), skins)
        head = json.dumps(row).encode()
        arrays = [getattr(piece.parts, field.name) for field in fields(Parts)]
        arrays += [each for mesh in piece.skin for each in (mesh.points, mesh.normals, mesh.triangles)]
        assert self._spool is not None
        try:
            self._starts.append(self._spool.tell())
            self._spool.write(len(head).to_bytes(4, "little") + head)
            for each in arrays:
                self._spool.write(np.ascontiguousarray(each).tobytes())
        except OSError as error:
            raise self._refusal(error) from error

    def __getitem__(self, number: int) -> Piece:
        """One of those kept on disk."""
        assert self._spool is not None
        self._spool.seek(self._starts[number])
        head = self._spool.read(int.from_bytes(self._spool.read(4), "little"))
        name, path, origin, axes, cell, count, skins = json.loads(head)
        parts, meshes = self._read_parts(count), tuple(self._read_mesh(*skin) for skin in skins)
        return Piece(name, tuple(path), Frame(np.array(origin), np.array(axes)), parts, meshes, None if cell is None else Cell(*cell))

    def _read(self, dtype: Any, shape: tuple[int, ...]) -> NDArray[Any]:
        assert self._spool is not None
        result = np.empty(shape, dtype)
        result.reshape(-1).view(np.uint8)[:] = np.frombuffer(self._spool.read(result.nbytes), np.uint8)
        return result

    def _read_parts(self, count: int) -> Parts:
        columns = (getattr(EMPTY, field.name) for field in fields(Parts))
        return Parts(*(self._read(column.dtype, (count, *column.shape[1:])) for column in columns))

    def _read_mesh(self, points: int, triangles: int, material: int, exposure: int) -> Mesh:
        corners, normals = self._read(np.float32, (points, 3)), self._read(np.float32, (points, 3))
        return Mesh(corners, normals, self._read(np.int32, (triangles, 3)), material, exposure)


@dataclass(frozen=True, slots=True)
class Share:
    """Some of the pieces that a store keeps on disk, as often as they are asked for."""

    store: Store
    numbers: range

    def __iter__(self) -> Iterator[Piece]:
        return (self.store[number] for number in self.numbers)


def portions(sizes: Iterable[int], most: int) -> list[range]:
    """Places in turn, by the bytes of each, divided so that no portion holds more than `most`, where it is not one place alone."""
    cuts, held, count = [0], 0, 0
    for size in sizes:
        if held and held + size > most:
            cuts.append(count)
            held = 0
        held, count = held + size, count + 1
    return [range(*pair) for pair in pairwise([*cuts, count])]


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


def turned(frame: Frame, base: Frame) -> Frame:
    """A world frame in the axes of `base`; itself where those are the world's."""
    if np.array_equal(base.axes, np.eye(3)):
        return frame
    return Frame(base.to_local(frame.origin), Frame(np.zeros(3), base.axes).to_local(frame.axes))


def survey(pieces: Iterator[Piece], watch: Watch, axes: F64 | None = None) -> Survey:
    """Count and measure all pieces, along world `axes` (3, 3; the City's own by default).

    Raises LimitError when there is nothing to write or a number is not finite."""
    base = Frame(np.zeros(3), np.eye(3) if axes is None else np.asarray(axes, dtype=np.float64))
    sheets, low, high, scratch = Sheets(), np.full(3, np.inf), np.full(3, -np.inf), Scratch()
    triangles = points = 0
    for piece in pieces:
        watch.check()
        sheet = sheet_of(piece)
        sheets.add(sheet)
        triangles, points = triangles + sum(sheet.triangles.values()), points + sum(sheet.points.values())
        inner, outer = _bounds(replace(piece, frame=turned(piece.frame, base)), scratch)
        if np.isnan(inner).any() or np.isnan(outer).any() or np.isposinf(outer).any():
            raise LimitError(f"'{piece.name}' has a part that is nowhere (not a number): leave it out")
        low, high = np.minimum(low, inner), np.maximum(high, outer)
    result = Survey(sheets, low, high, base, triangles, points)
    if not result.triangles or not result.longest > 0:
        raise LimitError("there is nothing to export here: choose another place or more detail")
    return result
