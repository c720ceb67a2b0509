"""The glTF document: nodes in the City's hierarchy, materials, and where each array stands in the binary chunk.

A large export has a hundred thousand meshes: what is known of them is kept in columns, and becomes JSON as it is written.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

import numpy as np

from geometry.angle import from_matrix
from geometry.export.sheet import Frames, Names, Sheet
from geometry.export.sight import Sight
from geometry.material import FINISHES, Finish, Material
from geometry.mesh import F32
from geometry.place import Frame

Json = dict[str, Any]
Light = Literal["day", "night"]
FLOAT, USHORT, UINT = 5126, 5123, 5125
VERTICES, INDICES = 34962, 34963
_WIDTH = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}
_KINDS = tuple(_WIDTH)
_BYTES = {FLOAT: 4, USHORT: 2, UINT: 4}
_HALF_ROOT = 0.7071067811865476
_UNKNOWN = float("nan")
_WIDEST = -1.2345678901234567e-300
"""No number is longer in JSON: it holds the place of bounds that are not known yet."""
_TOGETHER = 512  # rows of JSON


def _text(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


@dataclass(slots=True)
class _Arrays:
    """Accessors, each with a view of its own, in columns."""

    kinds: bytearray = field(default_factory=bytearray)
    components: array[int] = field(default_factory=lambda: array("H"))
    targets: array[int] = field(default_factory=lambda: array("H"))
    counts: array[int] = field(default_factory=lambda: array("q"))
    offsets: array[int] = field(default_factory=lambda: array("q"))
    bounded: array[int] = field(default_factory=lambda: array("i"))
    """Row of `bounds`, or -1."""
    bounds: array[float] = field(default_factory=lambda: array("f"))
    """Six numbers a row: least, most."""

    def length(self, number: int) -> int:
        """Bytes."""
        return self.counts[number] * _WIDTH[_KINDS[self.kinds[number]]] * _BYTES[self.components[number]]

    def accessors(self) -> Iterator[bytes]:
        """As JSON, one after the other."""
        rows = enumerate(zip(self.kinds, self.components, self.counts, self.bounded, strict=True))
        for number, (kind, component, count, bounded) in rows:
            text = f'{{"bufferView":{number},"componentType":{component},"count":{count},"type":"{_KINDS[kind]}"'
            yield f"{text}{'' if bounded < 0 else self._bounds(bounded)}}}".encode()

    def _bounds(self, row: int) -> str:
        numbers = ",".join(repr(value if value == value else _WIDEST) for value in self.bounds[6 * row : 6 * row + 6]).split(",")
        return f',"min":[{",".join(numbers[:3])}],"max":[{",".join(numbers[3:])}]'

    def views(self) -> Iterator[bytes]:
        """As JSON, one after the other."""
        for number, (offset, target) in enumerate(zip(self.offsets, self.targets, strict=True)):
            text = f'{{"buffer":0,"byteOffset":{offset},"byteLength":{self.length(number)}'
            yield (f'{text},"target":{target}}}' if target else f"{text}}}").encode()


@dataclass(slots=True)
class _Meshes:
    """Meshes of one primitive, in columns."""

    names: Names = field(default_factory=Names)
    rows: array[int] = field(default_factory=lambda: array("i"))
    """Accessors of positions, normals, indices and colours (-1: none), and the material."""

    def json(self) -> Iterator[bytes]:
        """One after the other."""
        for number in range(len(self.names)):
            positions, normals, indices, colours, material = self.rows[5 * number : 5 * number + 5]
            attributes = f'"POSITION":{positions},"NORMAL":{normals}' + (f',"COLOR_0":{colours}' if colours >= 0 else "")
            primitive = f'"primitives":[{{"attributes":{{{attributes}}},"indices":{indices},"material":{material}}}]'
            yield b'{"name":' + self.names[number] + b"," + primitive.encode() + b"}"


@dataclass(slots=True)
class _Nodes:
    """Nodes in columns; each comes after the one above it."""

    names: Names = field(default_factory=Names)
    above: array[int] = field(default_factory=lambda: array("i"))
    frame: array[int] = field(default_factory=lambda: array("i"))
    """Row of `frames`; -1: the same as that of the node above."""
    frames: Frames = field(default_factory=Frames)
    rest: Names = field(default_factory=Names)
    """What else a node says, as JSON that begins with a comma."""

    def add(self, above: int, name: str, rest: bytes = b"") -> int:
        """One more: its number."""
        self.names.add(_text(name))
        self.above.append(above)
        self.frame.append(-1)
        self.rest.add(rest)
        return len(self.above) - 1

    def stand(self, node: int, frame: Frame) -> None:
        """Where a node stands in the world."""
        self.frame[node] = len(self.frames)
        self.frames.add(frame)

    def json(self, scale: float) -> Iterator[bytes]:
        """One after the other; lengths are multiplied by `scale`."""
        above = np.array(self.above)
        below = np.argsort(above, kind="stable")
        starts = np.searchsorted(above[below], np.arange(len(above) + 1))
        nearest = array("i")  # the frame that each node stands in
        for node, parent in enumerate(self.above):
            own = self.frame[node]
            nearest.append(own if own >= 0 else nearest[parent])
            text = b'{"name":' + self.names[node]
            if node == 0:
                text += b',"rotation":' + _text([-_HALF_ROOT, 0.0, 0.0, _HALF_ROOT])  # z-up to the format's y-up
            elif own >= 0:
                text += _step(self.frames[own], self.frames[nearest[parent]], scale)
            text += self.rest[node]
            if starts[node] < starts[node + 1]:
                text += b',"children":' + _text(below[starts[node] : starts[node + 1]].tolist())
            yield text + b"}"


def _step(frame: Frame, above: Frame, scale: float) -> bytes:
    """From the frame above to this one."""
    step = b""
    offset = (above.to_local(frame.origin) * scale).tolist()
    axes = Frame(np.zeros(3), above.axes).to_local(frame.axes)
    if any(offset):
        step += b',"translation":' + _text(offset)
    if not np.array_equal(axes, np.eye(3)):
        w, x, y, z = from_matrix(axes.T).tolist()
        step += b',"rotation":' + _text([x, y, z, w])
    return step


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
    sight: Sight | None = None
    """The eye that sees it. Then each place stands by itself in the root: what is near the eye must not be the sum of steps to places that
    are far, which programs add up in 32 bits."""
    camera: Json = field(default_factory=dict)
    size: int = 0
    """Bytes of the binary chunk."""
    extensions: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)
    materials: list[Json] = field(default_factory=list)
    _nodes: _Nodes = field(default_factory=_Nodes)
    _meshes: _Meshes = field(default_factory=_Meshes)
    _arrays: _Arrays = field(default_factory=_Arrays)
    _groups: dict[tuple[int, str], int] = field(default_factory=dict)
    _finishes: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._nodes.stand(self._nodes.add(-1, self.title or "City"), self.root)
        if self.sight is not None:
            self._nodes.add(0, "eye", self.sight.node())

    @property
    def meshes(self) -> int:
        """How many there are."""
        return len(self._meshes.names)

    def array(self, kind: str, component: int, count: int, target: int | None) -> int:
        """Room for an array: its accessor."""
        some = self._arrays
        some.kinds.append(_KINDS.index(kind))
        some.components.append(component)
        some.targets.append(target or 0)
        some.counts.append(count)
        some.offsets.append(self.size)
        some.bounded.append(-1)
        self.size += (some.length(len(some.counts) - 1) + 3) // 4 * 4
        return len(some.counts) - 1

    def offset(self, accessor: int) -> int:
        """Bytes from the binary chunk's start to an array."""
        return self._arrays.offsets[accessor]

    def wide(self, accessor: int) -> bool:
        """Whether an array is of 32-bit indices."""
        return self._arrays.components[accessor] == UINT

    def bound(self, accessor: int, low: F32, high: F32) -> None:
        """Set an accessor's exact bounds."""
        row = 6 * self._arrays.bounded[accessor]
        self._arrays.bounds[row : row + 6] = array("f", [*low.tolist(), *high.tolist()])

    def hold_bounds(self, accessor: int) -> None:
        """Keep room for bounds that come later."""
        self._arrays.bounded[accessor] = len(self._arrays.bounds) // 6
        self._arrays.bounds.extend([_UNKNOWN] * 6)

    def add_mesh(self, name: str, positions: int, normals: int, indices: int, colours: int, material: int) -> int:
        """One more mesh of these accessors (colours -1: none): its number."""
        self._meshes.names.add(_text(name))
        self._meshes.rows.extend((positions, normals, indices, colours, self.material(material)))
        return self.meshes - 1

    def accessors_of(self, mesh: int) -> tuple[int, int, int, int]:
        """Those of positions, normals, indices and colours (-1: none)."""
        positions, normals, indices, colours = self._meshes.rows[5 * mesh : 5 * mesh + 4]
        return positions, normals, indices, colours

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
        above = 0
        for name in sheet.path:
            above = self._group(above, name)
        node = self._group(above, sheet.name)
        if self.sight is not None:
            node = self._nodes.add(node, sheet.name)
        elif self._nodes.frame[node] >= 0:
            node = self._nodes.add(above, sheet.name)
        self._nodes.stand(node, sheet.frame)
        return node

    def _group(self, above: int, name: str) -> int:
        key = (above, name)
        if key not in self._groups:
            self._groups[key] = self._nodes.add(above, name)
        return self._groups[key]

    def leaf(self, parent: int, name: str, mesh: int, extensions: Json | None = None, step: Json | None = None) -> None:
        """A node that shows a mesh in its parent's frame, or a step away from it (translation, rotation, scale)."""
        rest = b"" if step is None else b"," + _text(step)[1:-1]
        rest += f',"mesh":{mesh}'.encode()
        self._nodes.add(parent, name, rest if extensions is None else rest + b',"extensions":' + _text(extensions))

    def text(self, extras: Mapping[str, Any]) -> Iterator[bytes]:
        """The JSON chunk, some of it at a time. Raises ValueError when `extras` is not JSON."""
        asset = {"version": "2.0", "generator": "megastructure", "extras": dict(extras)}
        yield _text({"asset": asset, "scene": 0, "scenes": [{"name": self.title or "City", "nodes": [0]}]})[:-1]
        yield from _list("nodes", self._nodes.json(self.scale))
        yield from _list("meshes", self._meshes.json())
        yield b',"materials":' + _text(self.materials)
        yield from _list("accessors", self._arrays.accessors())
        yield from _list("bufferViews", self._arrays.views())
        rest: Json = {"buffers": [{"byteLength": self.size}]}
        if self.camera:
            rest["cameras"] = [self.camera]
        if self.extensions:
            rest["extensionsUsed"] = sorted(self.extensions)
        if self.required:
            rest["extensionsRequired"] = sorted(self.required)
        yield b"," + _text(rest)[1:]


def _list(name: str, rows: Iterable[bytes]) -> Iterator[bytes]:
    """A member that is a list."""
    yield f',"{name}":['.encode()
    left, between = iter(rows), b""
    while some := list(islice(left, _TOGETHER)):
        yield between + b",".join(some)
        between = b","
    yield b"]"


def shines(finish: Finish, light: Light | None) -> bool:
    """Whether a material emits: a ceiling's lamps by day, windows by night, some always."""
    return finish.strength > 0 and (light is None or finish.lit == "always" or finish.lit == {"day": "ceiling", "night": "night"}[light])


def words(material: Material) -> str:
    """A material's name as people read it."""
    return material.name.lower().replace("_", " ")
