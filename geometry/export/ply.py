"""Binary PLY with colours: for MeshLab, CloudCompare, Blender and whoever reads arrays. Metres, z up, corners split by face."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geometry.bake import Buffers, bake, runs
from geometry.export.atomic import LimitError, Output, atomic
from geometry.export.behind import Behind, attended
from geometry.export.occlusion import Grid, grid_of
from geometry.export.piece import Piece, Store, Survey, survey
from geometry.export.report import Progress, Report, Watch
from geometry.export.sheet import Sheet
from geometry.material import FINISHES, Material
from geometry.mesh import F32, F64, I32
from geometry.place import Frame

_CHUNK = 65_536  # triangles baked at once
_MOST = 2**31 - 1
_VERTEX = np.dtype([("xyz", "<f4", 3), ("normal", "<f4", 3), ("rgb", "u1", 3)])
_FACE = np.dtype([("n", "u1"), ("v", "<i4", 3)])


def colour_of(material: int) -> tuple[int, int, int]:
    """A material's colour as bytes on a screen: red, green, blue; what shines shows its light."""
    finish = FINISHES[Material(material)]
    colour = finish.emission if finish.lit == "always" else finish.colour
    red, green, blue = (round(255 * min(1.0, value) ** (1 / 2.2)) for value in colour)
    return red, green, blue


def ply_bytes(sheet: Sheet) -> int:
    """Bytes that a place takes in a file."""
    return _VERTEX.itemsize * sum(sheet.points.values()) + _FACE.itemsize * sum(sheet.triangles.values())


def _header(title: str, notes: Mapping[str, str], points: int, triangles: int) -> bytes:
    lines = ["ply", "format binary_little_endian 1.0", f"comment {title}", *(f"comment {name} {text}" for name, text in notes.items())]
    lines += [f"element vertex {points}", *(f"property float {name}" for name in ("x", "y", "z", "nx", "ny", "nz"))]
    lines += [*(f"property uchar {name}" for name in ("red", "green", "blue"))]
    lines += [f"element face {triangles}", "property list uchar int vertex_indices", "end_header", ""]
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines).encode("ascii", "replace")


class _Writer:
    """Corners and faces, each to its own place in the file."""

    def __init__(self, out: Output, head: int, points: int, grid: Grid | None, middle: F64) -> None:
        self._out, self._corners, self._faces = out, head, head + points * _VERTEX.itemsize
        self._grid, self._middle = grid, middle
        self.points = self.triangles = 0

    def put(self, points: F32, normals: F32, triangles: I32, colours: NDArray[np.uint8]) -> None:
        rows, faces = np.empty(len(points), _VERTEX), np.empty(len(triangles), _FACE)
        rows["xyz"], rows["normal"] = points, normals
        light = None if self._grid is None else self._grid.light(points + self._middle, normals)
        rows["rgb"] = colours if light is None else np.round(colours * light[:, None] ** (1 / 2.2))
        faces["n"], faces["v"] = 3, triangles + np.int32(self.points)
        self._out.write_at(self._corners + self.points * _VERTEX.itemsize, rows)
        self._out.write_at(self._faces + self.triangles * _FACE.itemsize, faces)
        self.points += len(points)
        self.triangles += len(triangles)


def _write(
    out: Output, store: Store, found: Survey, title: str, notes: Mapping[str, str], middle: F64, occlusion: bool, watch: Watch
) -> None:
    points = found.points
    if points > _MOST:
        raise LimitError(f"{points:,} corners do not fit a PLY file (at most {_MOST:,}): export less, or less detail")
    head = _header(title, notes, points, found.triangles)
    out.write(head)
    grid = attended(lambda: grid_of(store.again(), found), watch.check) if occlusion else None
    writer = _Writer(out, len(head), points, grid, middle)
    buffers = (Buffers(), Buffers())
    palette = np.array([colour_of(material) for material in Material], np.uint8)
    turn = 0
    with Behind() as behind:
        for piece in store.again():
            frame = found.stand(piece.frame)
            frame = Frame(frame.origin - middle, frame.axes)
            for some in runs(piece.parts, _CHUNK, by_material=True):
                chunk = bake(some, buffers[turn], by_material=True, frame=frame)
                turn ^= 1
                colours = np.concatenate(
                    [np.repeat(palette[[run.material]], run.points.stop - run.points.start, axis=0) for run in chunk.runs]
                )
                behind.do(chunk.points.nbytes, writer.put, chunk.points, chunk.normals, chunk.triangles, colours)
                watch.step(len(chunk.triangles), piece.name)
            for mesh in piece.skin:
                if len(mesh):
                    corners = frame.to_world(mesh.points).astype(np.float32)
                    normals = Frame(np.zeros(3), frame.axes).to_world(mesh.normals).astype(np.float32)
                    colours = np.repeat(palette[[int(mesh.material)]], len(corners), axis=0)
                    behind.do(corners.nbytes, writer.put, corners, normals, mesh.triangles, colours)
                    watch.step(len(mesh), piece.name)


def write_ply(
    pieces: Iterable[Piece],
    path: str | os.PathLike[str],
    *,
    title: str = "City",
    notes: Mapping[str, str] | None = None,
    axes: F64 | None = None,
    centre: F64 | None = None,
    occlusion: bool = False,
    force: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Write one binary PLY in metres about `centre` (3,), world metres, or the middle of what is written; `axes` as in `write_stl`; `notes`
    become comments.

    Raises OutputError, LimitError or Cancelled; then no file is left."""
    watch = Watch(0, progress, cancelled)
    with atomic(path, force=force) as out:
        store = Store(pieces, str(out.folder))
        try:
            found = survey(store.first(), watch, axes)
            watch.total = found.triangles
            middle = (found.low + found.high) / 2 if centre is None else found.base.to_local(centre)
            said = {**(notes or {}), "centre_metres": " ".join(map(repr, found.base.to_world(middle).tolist()))}
            _write(out, store, found, title, said, middle, occlusion, watch)
        finally:
            store.close()
    return Report(Path(path), found.triangles, out.size, 0, 1.0, found.size, len(found.sheets))
