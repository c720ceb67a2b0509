"""The glTF document: nodes in the City's hierarchy, materials, and where each array stands in the binary chunk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from geometry.angle import from_matrix
from geometry.export.piece import Sheet
from geometry.material import FINISHES, Finish, Material
from geometry.place import Frame

Json = dict[str, Any]
Light = Literal["day", "night"]
FLOAT, USHORT, UINT = 5126, 5123, 5125
VERTICES, INDICES = 34962, 34963
_WIDTH = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}
_BYTES = {FLOAT: 4, USHORT: 2, UINT: 4}
_HALF_ROOT = 0.7071067811865476
_WIDEST = -1.2345678901234567e-300
"""No number is longer in JSON: it holds the place of bounds that are not known yet."""


@dataclass(slots=True)
class Node:
    """A named node while the tree is built."""

    name: str
    children: list[int] = field(default_factory=list)
    frame: Frame | None = None
    """None: the same as its parent's."""
    mesh: int | None = None
    extensions: Json | None = None
    step: Json | None = None
    """Where it stands in its parent's frame, if not just there."""


@dataclass(slots=True)
class Document:
    """A glTF asset being laid out."""

    root: Frame
    """World frame of the root node: the middle of the scene, float64."""
    scale: float
    """Scene units a metre."""
    title: str
    light: Light | None = None
    """Which lamps shine: those of the day, those of the night, or all."""
    nodes: list[Node] = field(default_factory=list)
    meshes: list[Json] = field(default_factory=list)
    materials: list[Json] = field(default_factory=list)
    accessors: list[Json] = field(default_factory=list)
    views: list[Json] = field(default_factory=list)
    size: int = 0
    """Bytes of the binary chunk."""
    extensions: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)
    _paths: dict[tuple[str, ...], int] = field(default_factory=dict)
    _finishes: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.nodes.append(Node(self.title or "City", frame=self.root))

    def array(self, kind: str, component: int, count: int, target: int | None) -> tuple[int, int]:
        """Room for an array: (accessor, byte offset in the binary chunk)."""
        offset = self.size
        length = count * _WIDTH[kind] * _BYTES[component]
        view: Json = {"buffer": 0, "byteOffset": offset, "byteLength": length}
        self.views.append(view if target is None else {**view, "target": target})
        self.accessors.append({"bufferView": len(self.views) - 1, "componentType": component, "count": count, "type": kind})
        self.size += (length + 3) // 4 * 4
        return len(self.accessors) - 1, offset

    def bound(self, accessor: int, low: list[float], high: list[float]) -> None:
        """Set an accessor's exact bounds."""
        self.accessors[accessor].update(min=low, max=high)

    def hold_bounds(self, accessor: int) -> None:
        """Keep room for bounds that come later."""
        self.bound(accessor, [_WIDEST] * 3, [_WIDEST] * 3)

    def material(self, number: int) -> int:
        """The glTF material of a geometry.material.Material."""
        if number not in self._finishes:
            self._finishes[number] = len(self.materials)
            self.materials.append(self._material(Material(number)))
        return self._finishes[number]

    def _material(self, material: Material) -> Json:
        finish = FINISHES[material]
        result: Json = {
            "name": words(material),
            "pbrMetallicRoughness": {
                "baseColorFactor": [*finish.colour, 1.0],
                "metallicFactor": finish.metallic,
                "roughnessFactor": finish.roughness,
            },
        }
        if shines(finish, self.light):
            self.extensions.add("KHR_materials_emissive_strength")
            result["emissiveFactor"] = list(finish.emission)
            result["extensions"] = {"KHR_materials_emissive_strength": {"emissiveStrength": finish.strength}}
            result["extras"] = {"lit": finish.lit}
        return result

    def place(self, sheet: Sheet) -> int:
        """The node of a piece, below the nodes of its path."""
        path = (*sheet.path, sheet.name)
        index = self._group(path)
        if self.nodes[index].frame is not None:
            index = self._append(self._group(path[:-1]), Node(sheet.name))
        self.nodes[index].frame = sheet.frame
        return index

    def _group(self, path: tuple[str, ...]) -> int:
        if not path:
            return 0
        if path not in self._paths:
            self._paths[path] = self._append(self._group(path[:-1]), Node(path[-1]))
        return self._paths[path]

    def _append(self, parent: int, node: Node) -> int:
        self.nodes.append(node)
        self.nodes[parent].children.append(len(self.nodes) - 1)
        return len(self.nodes) - 1

    def leaf(self, parent: int, name: str, mesh: int, extensions: Json | None = None, step: Json | None = None) -> None:
        """A node that shows a mesh in its parent's frame, or a step away from it (translation, rotation, scale)."""
        self._append(parent, Node(name, mesh=mesh, extensions=extensions, step=step))

    def _nodes(self) -> list[Json]:
        result: list[Json] = [{} for _ in self.nodes]
        stack = [(0, self.root)]
        while stack:
            index, above = stack.pop()
            node = self.nodes[index]
            frame = node.frame or above
            result[index] = self._node(node, self._step(index, frame, above))
            stack += [(child, frame) for child in node.children]
        return result

    def _node(self, node: Node, step: Json) -> Json:
        shown: Json = {"name": node.name, **step}
        if node.mesh is not None:
            shown["mesh"] = node.mesh
        if node.extensions:
            shown["extensions"] = node.extensions
        if node.children:
            shown["children"] = node.children
        return shown

    def _step(self, index: int, frame: Frame, above: Frame) -> Json:
        """From the frame above to this one; the root turns z-up to glTF's y-up."""
        if index == 0:
            return {"rotation": [-_HALF_ROOT, 0.0, 0.0, _HALF_ROOT]}
        if self.nodes[index].frame is None:
            return self.nodes[index].step or {}
        step: Json = {}
        offset = (above.to_local(frame.origin) * self.scale).tolist()
        axes = Frame(np.zeros(3), above.axes).to_local(frame.axes)
        if any(offset):
            step["translation"] = offset
        if not np.array_equal(axes, np.eye(3)):
            w, x, y, z = from_matrix(axes.T).tolist()
            step["rotation"] = [x, y, z, w]
        return step

    def text(self, extras: Mapping[str, Any]) -> bytes:
        """The JSON chunk. Raises ValueError when `extras` is not JSON."""
        asset = {"version": "2.0", "generator": "megastructure", "extras": dict(extras)}
        whole: Json = {"asset": asset, "scene": 0, "scenes": [{"name": self.title or "City", "nodes": [0]}], "nodes": self._nodes()}
        whole |= {"meshes": self.meshes, "materials": self.materials, "accessors": self.accessors, "bufferViews": self.views}
        whole["buffers"] = [{"byteLength": self.size}]
        if self.extensions:
            whole["extensionsUsed"] = sorted(self.extensions)
        if self.required:
            whole["extensionsRequired"] = sorted(self.required)
        return json.dumps(whole, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def shines(finish: Finish, light: Light | None) -> bool:
    """Whether a material emits: a ceiling's lamps by day, windows by night, some always."""
    return finish.strength > 0 and (light is None or finish.lit == "always" or finish.lit == {"day": "ceiling", "night": "night"}[light])


def words(material: Material) -> str:
    """A material's name as people read it."""
    return material.name.lower().replace("_", " ")
