"""GLB with shared solids: one node a place, prototype and material, its instances in EXT_mesh_gpu_instancing.

The extension is listed as required: programs without it would show lone prototypes at the origin without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geometry.export.atomic import LimitError, Output
from geometry.export.gltf import FLOAT, Document, words
from geometry.export.piece import Piece, Sheet, Store
from geometry.export.report import Watch
from geometry.export.slot import Slot, add_mesh, put, skin
from geometry.material import Material
from geometry.mesh import F32
from geometry.parts import Parts
from geometry.solids import PROTOTYPES, prototypes

_NAME = "EXT_mesh_gpu_instancing"
_ATTRIBUTES = {"TRANSLATION": "VEC3", "ROTATION": "VEC4", "SCALE": "VEC3"}
MOST_NODES = 20_000
Kind = tuple[int, int]
"""(material, prototype)."""


@dataclass(frozen=True, slots=True)
class Instances:
    """Where everything goes."""

    solids: dict[Kind, Slot]
    """Meshes shared by the whole file."""
    skins: list[dict[int, Slot]]
    """Each piece's own meshes by material."""
    arrays: list[dict[Kind, list[int]]]
    """Byte offsets of each piece's attributes."""


def _solids(document: Document, sheets: tuple[Sheet, ...]) -> tuple[dict[Kind, Slot], dict[Kind, int]]:
    """Slot and mesh number of each kind in use."""
    slots, meshes = {}, {}
    for kind in sorted({kind for sheet in sheets for kind in sheet.instances}):
        solid = prototypes()[kind[1]]
        slots[kind] = add_mesh(document, _title(kind), kind[0], len(solid.points), len(solid))
        meshes[kind] = len(document.meshes) - 1
    return slots, meshes


def _title(kind: Kind) -> str:
    return f"{PROTOTYPES[kind[1]].replace('_', ' ')} · {words(Material(kind[0]))}"


def lay_out(document: Document, sheets: tuple[Sheet, ...]) -> Instances:
    """Lay out shared solids, then each place's skins and attributes."""
    solids, meshes = _solids(document, sheets)
    plan = Instances(solids, [], [])
    for sheet in sheets:
        node = document.place(sheet)
        plan.skins.append(_skins(document, sheet, node))
        plan.arrays.append({kind: _attributes(document, sheet, node, kind, meshes[kind]) for kind in sheet.instances})
    if solids:
        document.extensions.add(_NAME)
        document.required.add(_NAME)
    return plan


def lay_out_nodes(document: Document, sheets: tuple[Sheet, ...], pieces: Iterator[Piece], scale: float) -> Instances:
    """The same with a node a part. Raises LimitError over MOST_NODES."""
    count = sum(sum(sheet.instances.values()) for sheet in sheets)
    if count > MOST_NODES:
        raise LimitError(f"{count:,} parts as a node each would open slowly (at most {MOST_NODES:,}): use --mode instanced, or export less")
    solids, meshes = _solids(document, sheets)
    plan = Instances(solids, [], [])
    for sheet, piece in zip(sheets, pieces, strict=True):
        node = document.place(sheet)
        plan.skins.append(_skins(document, sheet, node))
        plan.arrays.append({})
        position, turn, size = (piece.parts.position * np.float32(scale)).tolist(), _rotations(piece.parts).tolist(), piece.parts.scale
        for i, (material, prototype) in enumerate(zip(piece.parts.material.tolist(), piece.parts.prototype.tolist(), strict=True)):
            step = {"translation": position[i], "rotation": turn[i], "scale": (size[i] * np.float32(scale)).tolist()}
            kind = (material, prototype)
            document.leaf(node, f"{sheet.name} · {_title(kind)} {i}", meshes[kind], step=step)
    return plan


def _attributes(document: Document, sheet: Sheet, node: int, kind: Kind, mesh: int) -> list[int]:
    arrays = {name: document.array(shape, FLOAT, sheet.instances[kind], None) for name, shape in _ATTRIBUTES.items()}
    extension = {_NAME: {"attributes": {name: accessor for name, (accessor, _) in arrays.items()}}}
    document.leaf(node, f"{sheet.name} · {_title(kind)}", mesh, extension)
    return [offset for _, offset in arrays.values()]


def _skins(document: Document, sheet: Sheet, node: int) -> dict[int, Slot]:
    slots = {}
    for material, (points, triangles) in sheet.skins.items():
        name = f"{sheet.name} · {words(Material(material))}"
        slots[material] = add_mesh(document, name, material, points, triangles)
        document.leaf(node, name, len(document.meshes) - 1)
    return slots


def _rotations(parts: Parts) -> F32:
    """(n, 4) unit quaternions x, y, z, w."""
    w, x, y, z = np.asarray(parts.rotation.T, dtype=np.float64)
    length = np.sqrt(w * w + x * x + y * y + z * z)
    return np.stack([x / length, y / length, z / length, w / length], axis=1).astype(np.float32)


def _write_piece(
    out: Output, base: int, piece: Piece, arrays: dict[Kind, list[int]], skins: dict[int, Slot], scale: float, watch: Watch
) -> None:
    unit = np.float32(scale)
    for (material, prototype), (a, b, c) in arrays.items():
        chosen = piece.parts[(piece.parts.material == material) & (piece.parts.prototype == prototype)]
        out.write_at(base + a, chosen.position * unit)
        out.write_at(base + b, _rotations(chosen))
        out.write_at(base + c, chosen.scale * unit)
        watch.step(chosen.triangles, piece.name)
    for mesh in piece.skin:
        if len(mesh):
            put(out, base, skins[mesh.material], *skin(mesh, scale))
            watch.step(len(mesh), piece.name)


def write(out: Output, base: int, store: Store, plan: Instances, scale: float, watch: Watch) -> list[Slot]:
    """Write all arrays; the slots then know their bounds."""
    for (_, prototype), slot in plan.solids.items():
        solid = prototypes()[prototype]
        put(out, base, slot, solid.points, solid.normals, solid.triangles)
    for piece, arrays, skins in zip(store.again(), plan.arrays, plan.skins, strict=True):
        _write_piece(out, base, piece, arrays, skins, scale, watch)
    return [*plan.solids.values(), *(slot for skins in plan.skins for slot in skins.values())]
