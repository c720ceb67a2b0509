"""GLB with shared solids: one node a place, prototype and material, its instances in EXT_mesh_gpu_instancing.

The extension is listed as required: programs without it would show lone prototypes at the origin without a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from geometry.export.atomic import LimitError, Output
from geometry.export.gltf import FLOAT, Document, words
from geometry.export.piece import Piece, Store
from geometry.export.report import Watch
from geometry.export.sheet import Sheet, Sheets
from geometry.export.slot import add_mesh, put, skin, slot_of
from geometry.material import Material
from geometry.mesh import F32
from geometry.parts import Parts
from geometry.solids import PROTOTYPES, prototypes

_NAME = "EXT_mesh_gpu_instancing"
_ATTRIBUTES = {"TRANSLATION": "VEC3", "ROTATION": "VEC4", "SCALE": "VEC3"}
_A_MESH = 3  # accessors
MOST_NODES = 20_000
Kind = tuple[int, int]
"""(material, prototype)."""


@dataclass(frozen=True, slots=True)
class Instances:
    """What was laid out: shared solids first, then place by place its skins and its arrays of instances."""

    solids: dict[Kind, int]
    """Meshes shared by the whole file."""
    arrays: bool
    """Whether there are arrays of instances; else each part has a node."""


def _solids(document: Document, sheets: Sheets) -> dict[Kind, int]:
    """Mesh of each kind in use."""
    meshes = {}
    for kind in sorted({kind for sheet in sheets for kind in sheet.instances}):
        solid = prototypes()[kind[1]]
        meshes[kind] = add_mesh(document, _title(kind), kind[0], len(solid.points), len(solid))
    return meshes


def _title(kind: Kind) -> str:
    return f"{PROTOTYPES[kind[1]].replace('_', ' ')} · {words(Material(kind[0]))}"


def lay_out(document: Document, sheets: Sheets) -> Instances:
    """Lay out shared solids, then each place's skins and attributes."""
    plan = Instances(_solids(document, sheets), arrays=True)
    for sheet in sheets:
        node = document.place(sheet)
        _skins(document, sheet, node)
        for kind in sheet.instances:
            _attributes(document, sheet, node, kind, plan.solids[kind])
    if plan.solids:
        document.extensions.add(_NAME)
        document.required.add(_NAME)
    return plan


def lay_out_nodes(document: Document, sheets: Sheets, pieces: Iterator[Piece], scale: float) -> Instances:
    """The same with a node a part. Raises LimitError over MOST_NODES."""
    count = sum(sum(sheet.instances.values()) for sheet in sheets)
    if count > MOST_NODES:
        raise LimitError(f"{count:,} parts as a node each would open slowly (at most {MOST_NODES:,}): use --mode instanced, or export less")
    plan = Instances(_solids(document, sheets), arrays=False)
    for sheet, piece in zip(sheets, pieces, strict=True):
        node = document.place(sheet)
        _skins(document, sheet, node)
        position, turn, size = (piece.parts.position * np.float32(scale)).tolist(), _rotations(piece.parts).tolist(), piece.parts.scale
        for i, (material, prototype) in enumerate(zip(piece.parts.material.tolist(), piece.parts.prototype.tolist(), strict=True)):
            step = {"translation": position[i], "rotation": turn[i], "scale": (size[i] * np.float32(scale)).tolist()}
            kind = (material, prototype)
            document.leaf(node, f"{sheet.name} · {_title(kind)} {i}", plan.solids[kind], step=step)
    return plan


def _attributes(document: Document, sheet: Sheet, node: int, kind: Kind, mesh: int) -> None:
    arrays = {name: document.array(shape, FLOAT, sheet.instances[kind], None) for name, shape in _ATTRIBUTES.items()}
    document.leaf(node, f"{sheet.name} · {_title(kind)}", mesh, {_NAME: {"attributes": arrays}})


def _skins(document: Document, sheet: Sheet, node: int) -> None:
    for material, (points, triangles) in sheet.skins.items():
        name = f"{sheet.name} · {words(Material(material))}"
        document.leaf(node, name, add_mesh(document, name, material, points, triangles))


def _rotations(parts: Parts) -> F32:
    """(n, 4) unit quaternions x, y, z, w."""
    w, x, y, z = np.asarray(parts.rotation.T, dtype=np.float64)
    length = np.sqrt(w * w + x * x + y * y + z * z)
    return np.stack([x / length, y / length, z / length, w / length], axis=1).astype(np.float32)


def _write_arrays(out: Output, base: int, piece: Piece, kind: Kind, offsets: Sequence[int], scale: float) -> int:
    """The instances of a kind: how many triangles they show."""
    unit, (a, b, c) = np.float32(scale), offsets
    chosen = piece.parts[(piece.parts.material == kind[0]) & (piece.parts.prototype == kind[1])]
    out.write_at(base + a, chosen.position * unit)
    out.write_at(base + b, _rotations(chosen))
    out.write_at(base + c, chosen.scale * unit)
    return chosen.triangles


def write(out: Output, base: int, store: Store, document: Document, sheets: Sheets, plan: Instances, watch: Watch) -> None:
    """Write all arrays, in the order in which they were laid out."""
    for (_, prototype), mesh in plan.solids.items():
        solid = prototypes()[prototype]
        put(out, base, slot_of(document, mesh), solid.points, solid.normals, solid.triangles)
    mesh, accessor = len(plan.solids), _A_MESH * len(plan.solids)
    for piece, sheet in zip(store.again(), sheets, strict=True):
        slots = {material: slot_of(document, mesh + number) for number, material in enumerate(sheet.skins)}
        mesh, accessor = mesh + len(slots), accessor + _A_MESH * len(slots)
        for kind in sheet.instances if plan.arrays else ():
            offsets = [document.offset(accessor + number) for number in range(len(_ATTRIBUTES))]
            watch.step(_write_arrays(out, base, piece, kind, offsets, document.scale), piece.name)
            accessor += len(_ATTRIBUTES)
        for skin_mesh in piece.skin:
            if len(skin_mesh):
                put(out, base, slots[int(skin_mesh.material)], *skin(skin_mesh, document.scale))
                watch.step(len(skin_mesh), piece.name)
