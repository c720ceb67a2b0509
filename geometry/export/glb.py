"""GLB: one mesh a place and material, in the City's own hierarchy, or instances of shared solids. Streamed, exact, whole or absent."""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, groupby
from pathlib import Path
from typing import Any, Literal

import numpy as np

from geometry.bake import Baked, Buffers, bake, runs
from geometry.corners import Scratch
from geometry.export import instanced
from geometry.export.atomic import LimitError, Output, atomic
from geometry.export.behind import Behind, attended
from geometry.export.gltf import Document, words
from geometry.export.gltf import Light as Lamps
from geometry.export.occlusion import grid_of
from geometry.export.piece import Piece, Store, Survey, survey
from geometry.export.report import Progress, Report, Watch
from geometry.export.sheet import Sheet, Sheets
from geometry.export.sight import Sight
from geometry.export.slot import Slot, add_mesh, put, skin, slot_of
from geometry.material import Material
from geometry.mesh import F32, F64
from geometry.place import Frame

Mode = Literal["merged", "instanced", "nodes"]
SHORTEST, LONGEST = 100.0, 1000.0
"""Units the scene's longest side is brought between: within the default clip range of common viewers."""
_MOST = 2**32 - 1
_CHUNK = 65_536  # triangles baked at once
_LONGEST_WORD = 40  # letters of a material and a solid
_BEFORE = 20  # bytes before the text of the JSON chunk


@dataclass(frozen=True, slots=True)
class Look:
    """How a scene is written."""

    mode: Mode
    light: Lamps | None
    occlusion: bool
    centre: F64 | None
    """World metres."""
    scale: float | None
    """Units a metre."""
    sight: Sight | None = None
    """The eye, in the middle of the scene."""


def scene_scale(longest: float) -> float:
    """Units a metre: 1 where the longest side is 100 to 1,000 m, else the power of two that brings it to 500 to 1,000 units.

    A power of two scales without rounding."""
    return 1.0 if SHORTEST <= longest <= LONGEST else 2.0 ** math.floor(math.log2(LONGEST / longest))


def _lay_out(document: Document, sheets: Sheets, coloured: bool) -> None:
    """A mesh a place and material."""
    for sheet in sheets:
        node = document.place(sheet)
        for material, triangles in sheet.triangles.items():
            name = f"{sheet.name} · {words(Material(material))}"
            document.leaf(node, name, add_mesh(document, name, material, sheet.points[material], triangles, coloured))


def _write_merged(out: Output, base: int, store: Store, document: Document, sheets: Sheets, watch: Watch, lit: Lit) -> None:
    scratch, scale, laid_out = Scratch(), document.scale, 0
    buffers = cycle((Buffers(scratch), Buffers(scratch)))  # one is written while the other fills
    with Behind() as behind:
        for piece, sheet in zip(store.again(), sheets, strict=True):
            slots = {material: slot_of(document, laid_out + number) for number, material in enumerate(sheet.triangles)}
            held, laid_out = dict.fromkeys(slots, 0), laid_out + len(slots)
            for some in runs(piece.parts, _CHUNK, by_material=True):
                first = held[int(some.material[0])]
                chunk = bake(some, next(buffers), by_material=True, unit=scale, first=first)
                behind.do(chunk.points.nbytes, _put_all, out, base, slots, chunk, first, lit(piece.frame))
                for run in chunk.runs:
                    held[run.material] += run.points.stop - run.points.start
                watch.step(len(chunk.triangles), piece.name)
            for mesh in piece.skin:
                if len(mesh):
                    corners, normals, triangles = skin(mesh, scale)
                    light = lit(piece.frame)(corners, normals)
                    behind.do(mesh.points.nbytes, put, out, base, slots[int(mesh.material)], corners, normals, triangles, 0, light)
                    watch.step(len(mesh), piece.name)


def _put_all(out: Output, base: int, slots: Mapping[int, Slot], chunk: Baked, first: int, light: Light) -> None:
    """Write what was baked, a material at a time."""
    for material, group in groupby(chunk.runs, key=lambda run: run.material):
        same = list(group)
        points, triangles = slice(same[0].points.start, same[-1].points.stop), slice(same[0].triangles.start, same[-1].triangles.stop)
        corners, normals = chunk.points[points], chunk.normals[points]
        put(out, base, slots[material], corners, normals, chunk.triangles[triangles], first + points.start, light(corners, normals))


Light = Callable[[F32, F32], F32 | None]
"""Points and normals of a place, as they are written, to the light of each; None where none is asked for."""
Lit = Callable[[Frame], Light]


def _lit(store: Store, found: Survey, scale: float, occlusion: bool, watch: Watch) -> Lit:
    """How each place is darkened in its corners."""
    if not occlusion:
        return lambda frame: lambda points, normals: None
    grid = attended(lambda: grid_of(store.again(), found), watch.check)

    def of(frame: Frame) -> Light:
        own = found.stand(frame)
        upright = Frame(np.zeros(3), own.axes)
        return lambda points, normals: grid.light(own.to_world(points / np.float32(scale)), upright.to_world(normals))

    return of


def _notes(title: str, found: Survey, scale: float, middle: F64, extras: Mapping[str, Any]) -> dict[str, Any]:
    """What the file says about itself in `asset.extras`."""
    return {"title": title, "metres_per_unit": 1.0 / scale, "centre_metres": middle.tolist(), "size_metres": list(found.size), **extras}


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where everything goes, known before a byte is written."""

    document: Document
    scale: float
    notes: Mapping[str, Any]
    instances: instanced.Instances | None
    room: int
    """Bytes of the JSON chunk, with room for bounds not known yet."""
    total: int
    """Bytes of the file."""


def _planned(
    found: Survey,
    pieces: Callable[[], Iterator[Piece]],
    title: str,
    extras: Mapping[str, Any],
    look: Look,
    heard: Callable[[], None] = lambda: None,
) -> _Plan:
    scale = look.scale or scene_scale(found.longest)
    middle = found.base.to_world((found.low + found.high) / 2) if look.centre is None else look.centre
    document = Document(Frame(middle, found.base.axes), scale, title, look.light, look.sight)
    if look.sight is not None:
        document.camera = look.sight.camera(found.low, found.high, scale)
    notes = _notes(title, found, scale, middle, extras)
    instances = None
    if look.mode == "instanced":
        instances = instanced.lay_out(document, found.sheets)
    elif look.mode == "nodes":
        instances = instanced.lay_out_nodes(document, found.sheets, pieces(), scale)
    else:
        _lay_out(document, found.sheets, look.occlusion)
    room = 0
    for text in document.text(notes):
        heard()
        room += len(text)
    room = (room + 3) // 4 * 4
    return _Plan(document, scale, notes, instances, room, _BEFORE + room + 8 + document.size)


def glb_bytes(found: Survey, pieces: Sequence[Piece], title: str, extras: Mapping[str, Any], look: Look) -> int:
    """Bytes of the file that `write_glb` would write, to the byte; `pieces` are asked for in the mode `nodes` alone."""
    return _planned(found, lambda: iter(pieces), title, extras, look).total


_A_NODE, _A_MESH = 400, 1000
"""Bytes of JSON that a node and a mesh take at most, without its name."""


def most_bytes(sheet: Sheet, look: Look) -> int:
    """Bytes that a place takes at most in a file."""
    name = 2 * len(sheet.name.encode()) + 2 * _LONGEST_WORD
    if look.mode == "merged":
        each = 36 if look.occlusion else 24
        arrays = sum(each * sheet.points[material] + 12 * count for material, count in sheet.triangles.items())
        return arrays + len(sheet.triangles) * (_A_MESH + name) + _A_NODE * (2 + len(sheet.path))
    arrays = 40 * sum(sheet.instances.values()) + sum(24 * points + 12 * count for points, count in sheet.skins.values())
    return arrays + (len(sheet.instances) + len(sheet.skins)) * (_A_MESH + name) + _A_NODE * (2 + len(sheet.path))


def _write_head(out: Output, plan: _Plan) -> None:
    """The file's head and the JSON chunk, now that all bounds are known."""
    out.write_at(0, struct.pack("<4sIIII", b"glTF", 2, plan.total, plan.room, 0x4E4F534A))
    at = _BEFORE
    for text in plan.document.text(plan.notes):
        out.write_at(at, text)
        at += len(text)
    end = _BEFORE + plan.room
    out.write_at(at, b" " * (end - at) + struct.pack("<II", plan.document.size, 0x004E4942))


def _write(out: Output, store: Store, found: Survey, title: str, extras: Mapping[str, Any], look: Look, watch: Watch) -> tuple[float, int]:
    """(scale, meshes)."""
    plan = _planned(found, store.again, title, extras, look, watch.check)
    document, total = plan.document, plan.total
    if total > _MOST:
        raise LimitError(f"{total / 2**30:.1f} GiB do not fit a GLB file (at most 4): export fewer places at once or with less detail")
    base = _BEFORE + plan.room + 8
    out.reserve(total)
    out.write_at(total - 1, b"\0")
    if plan.instances is not None:
        instanced.write(out, base, store, document, found.sheets, plan.instances, watch)
    else:
        _write_merged(out, base, store, document, found.sheets, watch, _lit(store, found, plan.scale, look.occlusion, watch))
    _write_head(out, plan)
    return plan.scale, document.meshes


def write_glb(
    pieces: Iterable[Piece],
    path: str | os.PathLike[str],
    *,
    title: str = "City",
    extras: Mapping[str, Any] | None = None,
    mode: Mode = "merged",
    light: Lamps | None = None,
    occlusion: bool = False,
    centre: F64 | None = None,
    scale: float | None = None,
    axes: F64 | None = None,
    sight: Sight | None = None,
    force: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Write one GLB: nodes named and nested as `pieces` say, PBR materials that shine, longest side 100 to 1,000 units.

    `axes` (3, 3), world directions: the third is up in the file (its y), so that a place stands upright: its frame's axes. The
    City's own by default.
    `merged`: a mesh a place and material, for any program. `instanced`: shared solids and EXT_mesh_gpu_instancing (required), for
    the web and engines. `nodes`: a node a part, at most MOST_NODES. `light` day or night: the lamps that shine then; all where it is None.
    `occlusion`: corners darkened (COLOR_0, merged alone). `centre` (3,) world metres and `scale`, units a metre, where files are to
    stand together; the scene's own by default. Of a `sight` the eye and its axes are the scene's, and it
    is the camera. `extras` (JSON: address, permalink …) go to `asset.extras` beside the real scale.
    Raises OutputError, LimitError (4 GiB, nothing to write) or Cancelled; then no file is left. ValueError: extras are not JSON.
    """
    watch = Watch(0, progress, cancelled)
    look = Look(mode, light, occlusion and mode == "merged", centre, scale)
    if sight is not None:
        axes, look = sight.axes, replace(look, centre=sight.eye, scale=scale or sight.scale, sight=sight)
    with atomic(path, force=force) as out:
        store = Store(pieces, str(Path(os.path.realpath(path)).parent))
        try:
            found = survey(store.first(), watch, axes)
            watch.total = found.triangles
            units, meshes = _write(out, store, found, title, dict(extras or {}), look, watch)
        finally:
            store.close()
    return Report(Path(path), found.triangles, out.size, 0, units, found.size, len(found.sheets), meshes)
