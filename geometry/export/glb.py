"""GLB: one mesh a place and material, in the City's own hierarchy, or instances of shared solids. Streamed, exact, whole or absent."""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Callable, Iterable, Mapping
from itertools import cycle, groupby
from pathlib import Path
from typing import Any, Literal

from geometry.bake import Baked, Buffers, bake, runs
from geometry.corners import Scratch
from geometry.export import instanced
from geometry.export.atomic import LimitError, Output, atomic
from geometry.export.behind import Behind
from geometry.export.gltf import Document, words
from geometry.export.piece import Piece, Sheet, Store, Survey, survey
from geometry.export.report import Progress, Report, Watch
from geometry.export.slot import Slot, add_mesh, put, skin
from geometry.material import Material
from geometry.mesh import F64
from geometry.place import Frame

Mode = Literal["merged", "instanced", "nodes"]
SHORTEST, LONGEST = 100.0, 1000.0
"""Units the scene's longest side is brought between: within the default clip range of common viewers."""
_MOST = 2**32 - 1
_CHUNK = 65_536  # triangles baked at once


def scene_scale(longest: float) -> float:
    """Units a metre: 1 where the longest side is 100 to 1,000 m, else the power of two that brings it to 500 to 1,000 units.

    A power of two scales without rounding."""
    return 1.0 if SHORTEST <= longest <= LONGEST else 2.0 ** math.floor(math.log2(LONGEST / longest))


def _lay_out(document: Document, sheet: Sheet) -> list[tuple[int, Slot]]:
    """(material, slot) of each mesh of a place."""
    node, slots = document.place(sheet), []
    for material, triangles in sheet.triangles.items():
        name = f"{sheet.name} · {words(Material(material))}"
        slots.append((material, add_mesh(document, name, material, sheet.points[material], triangles)))
        document.leaf(node, name, len(document.meshes) - 1)
    return slots


def _write_merged(out: Output, base: int, store: Store, slots: list[list[tuple[int, Slot]]], scale: float, watch: Watch) -> list[Slot]:
    scratch = Scratch()
    buffers = cycle((Buffers(scratch), Buffers(scratch)))  # one is written while the other fills
    with Behind() as behind:
        for piece, meshes in zip(store.again(), slots, strict=True):
            slot_of, held = dict(meshes), dict.fromkeys(dict(meshes), 0)
            for some in runs(piece.parts, _CHUNK, by_material=True):
                first = held[int(some.material[0])]
                chunk = bake(some, next(buffers), by_material=True, unit=scale, first=first)
                behind.do(chunk.points.nbytes, _put_all, out, base, slot_of, chunk, first)
                for run in chunk.runs:
                    held[run.material] += run.points.stop - run.points.start
                watch.step(len(chunk.triangles), piece.name)
            for mesh in piece.skin:
                if len(mesh):
                    behind.do(mesh.points.nbytes, put, out, base, slot_of[int(mesh.material)], *skin(mesh, scale))
                    watch.step(len(mesh), piece.name)
    return [slot for meshes in slots for _, slot in meshes]


def _put_all(out: Output, base: int, slots: Mapping[int, Slot], chunk: Baked, first: int) -> None:
    """Write what was baked, a material at a time."""
    for material, group in groupby(chunk.runs, key=lambda run: run.material):
        same = list(group)
        points, triangles = slice(same[0].points.start, same[-1].points.stop), slice(same[0].triangles.start, same[-1].triangles.stop)
        put(out, base, slots[material], chunk.points[points], chunk.normals[points], chunk.triangles[triangles], first + points.start)


def _notes(title: str, found: Survey, scale: float, extras: Mapping[str, Any]) -> dict[str, Any]:
    """What the file says about itself in `asset.extras`."""
    centre = found.base.to_world((found.low + found.high) / 2).tolist()
    return {"title": title, "metres_per_unit": 1.0 / scale, "centre_metres": centre, "size_metres": list(found.size), **extras}


def _envelope(document: Document, notes: Mapping[str, Any]) -> tuple[int, int]:
    """(bytes of the JSON chunk, bytes of the file), with room for bounds not known yet. Raises LimitError over 4 GiB."""
    text = (len(document.text(notes)) + 3) // 4 * 4
    total = 12 + 8 + text + 8 + document.size
    if total > _MOST:
        raise LimitError(f"{total / 2**30:.1f} GiB do not fit a GLB file (at most 4): export fewer places at once or with less detail")
    return text, total


def _head(document: Document, notes: Mapping[str, Any], room: int, total: int) -> bytes:
    text = document.text(notes).ljust(room)
    return struct.pack("<4sIIII", b"glTF", 2, total, room, 0x4E4F534A) + text + struct.pack("<II", document.size, 0x004E4942)


def _write(out: Output, store: Store, found: Survey, title: str, extras: Mapping[str, Any], mode: Mode, watch: Watch) -> tuple[float, int]:
    """(scale, meshes)."""
    scale = scene_scale(found.longest)
    document = Document(Frame(found.base.to_world((found.low + found.high) / 2), found.base.axes), scale, title)
    notes = _notes(title, found, scale, extras)
    instances = instanced.lay_out(document, found.sheets) if mode == "instanced" else None
    merged = [_lay_out(document, sheet) for sheet in found.sheets] if instances is None else []
    room, total = _envelope(document, notes)
    base = 28 + room
    out.reserve(total)
    out.write_at(total - 1, b"\0")
    if instances is not None:
        slots = instanced.write(out, base, store, instances, scale, watch)
    else:
        slots = _write_merged(out, base, store, merged, scale, watch)
    for slot in slots:
        document.bound(slot.positions, slot.low.tolist(), slot.high.tolist())
    out.write_at(0, _head(document, notes, room, total))
    return scale, len(document.meshes)


def write_glb(
    pieces: Iterable[Piece],
    path: str | os.PathLike[str],
    *,
    title: str = "City",
    extras: Mapping[str, Any] | None = None,
    mode: Mode = "merged",
    axes: F64 | None = None,
    force: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Write one GLB: nodes named and nested as `pieces` say, PBR materials that shine, longest side 100 to 1,000 units.

    `axes` (3, 3), world directions: the third is up in the file (its y), so that a place stands upright: its frame's axes. The
    City's own by default.
    `merged`: a mesh a place and material, for any program. `instanced`: shared solids and EXT_mesh_gpu_instancing (required), for
    the web and engines. `extras` (JSON: address, permalink …) go to `asset.extras` beside the real scale.
    Raises OutputError, LimitError (4 GiB, nothing to write) or Cancelled; then no file is left. ValueError: extras are not JSON.
    """
    watch = Watch(0, progress, cancelled)
    with atomic(path, force=force) as out:
        store = Store(pieces, str(Path(os.path.realpath(path)).parent))
        try:
            found = survey(store.first(), watch, axes)
            watch.total = found.triangles
            scale, meshes = _write(out, store, found, title, dict(extras or {}), mode, watch)
        finally:
            store.close()
    return Report(Path(path), found.triangles, out.size, 0, scale, found.size, len(found.sheets), meshes)
