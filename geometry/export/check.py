"""Check a mesh file: is it whole, and are its solids closed? Reads binary STL, GLB, 3MF and PLY without trusting them."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geometry.export.manifold import I64, Solids, solids_of
from geometry.export.read import AGAIN, MeshError, notes_of_ply, read_3mf, read_ply
from geometry.export.thickness import MINIMUM_WALL, welded
from geometry.mesh import F64

_JSON, _BIN = 0x4E4F534A, 0x004E4942
_TYPES: dict[int, np.dtype[Any]] = {5121: np.dtype("<u1"), 5123: np.dtype("<u2"), 5125: np.dtype("<u4"), 5126: np.dtype("<f4")}
_DEEPEST = 256
_HEAD = 65_536
"""Bytes in which the notes of a PLY lie."""
STL_HEAD = "Megastructure, mm: "
"""How the head of an STL of ours begins; the address and a semicolon follow, as far as 80 bytes hold them."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a mesh file holds."""

    path: Path
    kind: str
    """'stl', '3mf', 'glb' or 'ply'."""
    triangles: int
    open_edges: int
    """Edges that lack a partner running the other way, corners welded where they are equal to the bit."""
    crowded: int
    """Edges where more than two faces meet: closed solids that touch have them, and programs take them as they are …"""
    tangled: int
    """… but for these pairs: faces at such an edge, taken two by two in the file's order as slicers do, that run the same way along it."""
    degenerate: int
    """Triangles with two equal corners."""
    size: tuple[float, float, float]
    """Extent in the file's own units and axes; millimetres of a 3MF."""
    solids: Solids | None = None
    """Of a print: its bodies."""
    view: bool = False
    """Whether it is a scene of what a view shows, which is open where the picture ends."""

    @property
    def ok(self) -> bool:
        """Closed, unless it is what a view shows; for printing right side out too, without tangled edges or triangles of no area, which
        on a screen are merely nothing."""
        bodies = self.solids is None or self.solids.inside_out == 0
        return (self.view or self.open_edges == 0) and (not self.printed or (bodies and self.degenerate == self.tangled == 0))

    @property
    def printed(self) -> bool:
        """Whether it is a file for printers."""
        return self.kind in ("stl", "3mf")


def check_mesh(path: str | os.PathLike[str], wall: float = MINIMUM_WALL) -> Check:
    """Read an STL, 3MF, GLB or PLY and count its triangles and faults. Raises MeshError when it is none or cannot be read.

    Corners are welded over the whole of an STL or PLY, and in a GLB over the meshes below one node: a place is closed by itself. A 3MF
    says itself which corners are one. Bodies of a print thinner than `wall` (millimetres) are counted as frail."""
    shown = Path(path)
    try:
        data = shown.read_bytes()
    except OSError as error:
        raise MeshError(f"cannot read '{shown}': {(error.strerror or str(error)).lower()}; check the path") from error
    kind = "glb" if data[:4] == b"glTF" else "ply" if data[:4] == b"ply\n" else "3mf" if data[:2] == b"PK" else "stl"
    try:
        document = _document(data) if kind == "glb" else {}
        notes = document.get("asset", {}).get("extras", {}) if kind == "glb" else notes_of_ply(data[:_HEAD]) if kind == "ply" else {}
        return _count(shown, kind, _groups(kind, data, document), wall, isinstance(notes, dict) and "picture" in notes)
    except MeshError as error:
        raise MeshError(f"'{shown}' {error}") from error
    except (KeyError, IndexError, TypeError, ValueError, struct.error, RecursionError, OverflowError, AttributeError) as error:
        raise MeshError(
            f"'{shown}' is a damaged {kind.upper()}: {type(error).__name__.lower()} while reading its document; {AGAIN}"
        ) from error


Group = tuple[NDArray[np.floating], I64]
"""Triangles (n, 3, 3) and the numbers of their corners (n, 3)."""


def _groups(kind: str, data: bytes, document: dict[str, Any]) -> list[Group]:
    if kind == "3mf":
        return [(mesh.triangles, mesh.faces) for mesh in read_3mf(data)[0]]
    triangles: Sequence[NDArray[np.floating]] = (
        _glb(data, document) if kind == "glb" else [read_ply(data).triangles if kind == "ply" else _stl(data)]
    )
    return [(some, welded(some)) for some in triangles]


def read_triangles(path: str | os.PathLike[str]) -> NDArray[np.float32]:
    """(n, 3, 3) corners of a binary STL. Raises OSError, MeshError."""
    return _stl(Path(path).read_bytes())


def triangles_of(path: str | os.PathLike[str]) -> NDArray[np.floating]:
    """(n, 3, 3) corners of an STL or 3MF. Raises OSError, MeshError."""
    if Path(path).suffix.lower() == ".3mf":
        return np.concatenate([triangles for triangles, _ in _groups("3mf", Path(path).read_bytes(), {})])
    return read_triangles(path)


def read_notes(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What a file says about itself: link, address … of a GLB, 3MF or PLY, and the address in an STL's head. Empty where it says
    nothing. Raises OSError, MeshError."""
    suffix = Path(path).suffix.lower()
    if suffix == ".glb":
        return read_extras(path)
    try:
        if suffix == ".3mf":
            return dict(read_3mf(Path(path).read_bytes())[1])
        with Path(path).open("rb") as file:
            head = file.read(_HEAD)
    except MeshError as error:
        raise MeshError(f"'{path}' {error}") from error
    if suffix == ".ply":
        return dict(notes_of_ply(head))
    title, whole, _ = head[:80].decode("ascii", "replace").removeprefix(STL_HEAD).partition(";")
    return {"address": unpacked(title)} if head.startswith(STL_HEAD.encode()) and whole else {}


_CELLS = ("seed", "band", "layer", "tile")


def packed(title: str) -> str:
    """An address in fewer letters, for the 80 bytes of an STL's head: s40/b7.16/t3-0/district 7."""
    for word in _CELLS:
        title = title.replace(f"{word} ", word[0])
    return title.partition(", ")[0].replace(" / ", "/")


def unpacked(title: str) -> str:
    """The address that `packed` made shorter."""
    steps = title.split("/")
    whole = {word[0]: word for word in _CELLS}
    return " / ".join(f"{whole[step[0]]} {step[1:]}" if step[:1] in whole and step[1:2].isdigit() else step for step in steps)


def read_extras(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What a GLB says about itself in `asset.extras`: title, link, scale … Empty where it says nothing. Raises OSError, MeshError."""
    with Path(path).open("rb") as file:
        head = file.read(20)
        magic, _, _, size, kind = struct.unpack("<4sIIII", head) if len(head) == 20 else (b"", 0, 0, 0, 0)
        if magic != b"glTF" or kind != _JSON:
            raise MeshError(f"'{path}' is not a GLB; give a .glb file that this program exported")
        text = file.read(size)
    try:
        extras = json.loads(text)["asset"].get("extras", {})
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise MeshError(f"'{path}' is a damaged GLB: {type(error).__name__.lower()} while reading its document; {AGAIN}") from error
    return extras if isinstance(extras, dict) else {}


def _count(path: Path, kind: str, groups: Sequence[Group], wall: float, view: bool) -> Check:
    if not all(np.isfinite(triangles).all() for triangles, _ in groups):
        raise MeshError(f"has corners that are not numbers; {AGAIN}")
    faults = [faults_of(faces) for _, faces in groups]
    corners = [triangles.reshape(-1, 3) for triangles, _ in groups if len(triangles)]
    if not corners:
        raise MeshError("holds no triangles; export a larger place or allow more triangles")
    low, high = np.min([c.min(axis=0) for c in corners], axis=0), np.max([c.max(axis=0) for c in corners], axis=0)
    x, y, z = (high - low).tolist()
    open_edges, crowded, tangled, degenerate = (sum(column) for column in zip(*faults, strict=True))
    count = sum(len(triangles) for triangles, _ in groups)
    solids = solids_of(*groups[0], wall) if kind in ("stl", "3mf") and len(groups) == 1 else None
    return Check(path, kind, count, open_edges, crowded, tangled, degenerate, (x, y, z), solids, view)


def _faults(triangles: NDArray[np.floating]) -> tuple[int, int, int, int]:
    """(open edges, crowded edges, tangled pairs, degenerate triangles) of (n, 3, 3) corners."""
    return faults_of(welded(triangles))


def faults_of(faces: I64) -> tuple[int, int, int, int]:
    """The same of numbered corners (n, 3)."""
    if not len(faces):
        return 0, 0, 0, 0
    a, b = faces.ravel(), np.roll(faces, -1, axis=1).ravel()
    degenerate = int((faces == np.roll(faces, -1, axis=1)).any(axis=1).sum())
    key = np.minimum(a, b) << 32 | np.maximum(a, b)
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(key[order]) != 0])
    ways = np.sign(b - a)[order]
    balance = np.add.reduceat(ways, starts)
    counts = np.diff(np.append(starts, len(ways)))
    edge = key[order][starts]
    real = edge >> 32 != edge & 0xFFFFFFFF  # triangles of no area have edges from a corner to itself, any number of them
    closed_crowd = np.repeat((counts > 2) & (balance == 0) & real, counts)
    return int(np.abs(balance).sum()), int((counts > 2).sum()), _tangled(ways[closed_crowd]), degenerate


def _tangled(ways: NDArray[np.int64]) -> int:
    """Pairs, of edges in runs of even length, that run the same way. PrusaSlicer and admesh pair faces so and call those open."""
    return int((ways[0::2] == ways[1::2]).sum())


def _stl(data: bytes) -> NDArray[np.float32]:
    if data[:5].lower() == b"solid" and len(data) < 84:
        raise MeshError("is a text STL; save it as a binary STL and try again")
    if len(data) < 84:
        raise MeshError(f"is neither a GLB nor a binary STL: only {len(data)} bytes; give a file ending in .glb or .stl")
    count = int.from_bytes(data[80:84], "little")
    if len(data) != 84 + 50 * count:
        text = data[:5].lower() == b"solid" and b"facet" in data[:1024]
        broken = f"no mesh we know, or cut short: {len(data)} bytes do not fit its header; {AGAIN}"
        known = "a text STL; save it as a binary STL and try again" if text else broken
        raise MeshError(f"is {known}")
    records = np.frombuffer(data, np.uint8, offset=84).reshape(count, 50)
    return np.ascontiguousarray(records[:, 12:48]).view("<f4").reshape(count, 3, 3)


def _document(data: bytes) -> dict[str, Any]:
    """The JSON of a GLB."""
    _, version, length, json_size, json_kind = struct.unpack_from("<4sIIII", data)
    if version != 2 or length != len(data) or json_kind != _JSON:
        raise MeshError(f"is a damaged GLB: its header says {length} bytes, version {version}; the file has {len(data)}; {AGAIN}")
    document: dict[str, Any] = json.loads(data[20 : 20 + json_size])
    return document


def _glb(data: bytes, document: dict[str, Any]) -> list[F64]:
    """World triangles (n, 3, 3) of each node that has meshes of its own or in leaves below it."""
    start = 20 + int(struct.unpack_from("<I", data, 12)[0])
    size, kind = struct.unpack_from("<II", data, start)
    if kind != _BIN or start + 8 + size > len(data):
        raise MeshError(f"is a damaged GLB: it has no binary chunk; {AGAIN}")
    reader = _Reader(document, memoryview(data)[start + 8 : start + 8 + size])
    groups: dict[int, list[F64]] = {}
    for root in document["scenes"][document.get("scene", 0)]["nodes"]:
        reader.walk(root, np.eye(4), -1, groups, 0)
    return [np.concatenate(group) for group in groups.values()]


class _Reader:
    def __init__(self, document: dict[str, Any], binary: memoryview) -> None:
        self.document, self.binary = document, binary

    def array(self, index: int, width: int) -> NDArray[Any]:
        """The values of an accessor, (count, width)."""
        accessor = self.document["accessors"][index]
        view = self.document["bufferViews"][accessor["bufferView"]]
        dtype, count = _TYPES[accessor["componentType"]], int(accessor["count"])
        if view.get("byteStride", dtype.itemsize * width) != dtype.itemsize * width:
            raise MeshError("has interleaved arrays, which are not read; save it without interleaving")
        offset = int(view.get("byteOffset", 0)) + int(accessor.get("byteOffset", 0))
        if offset < 0 or count < 0 or offset + count * width * dtype.itemsize > len(self.binary):
            raise MeshError(f"is a damaged GLB: an array reaches past its end; {AGAIN}")
        return np.frombuffer(self.binary, dtype, count * width, offset).reshape(count, width)

    def walk(self, index: int, above: F64, group: int, groups: dict[int, list[F64]], depth: int) -> None:
        """Collect the triangles of a node and what is below it; leaves with a mesh belong to the node above them."""
        if depth > _DEEPEST:
            raise MeshError(f"nests nodes deeper than {_DEEPEST}; flatten it in a 3D editor and save it again")
        node = self.document["nodes"][index]
        world = above @ _matrix(node)
        if "mesh" in node:
            groups.setdefault(group if not node.get("children") else index, []).extend(self.meshes(node, world))
        for child in node.get("children", ()):
            self.walk(child, world, index, groups, depth + 1)

    def meshes(self, node: dict[str, Any], world: F64) -> list[F64]:
        """World triangles (n, 3, 3) of a node's primitives, once for each instance."""
        result = []
        for primitive in self.document["meshes"][node["mesh"]]["primitives"]:
            points = self.array(primitive["attributes"]["POSITION"], 3).astype(np.float64)
            indices = self.array(primitive["indices"], 1)[:, 0] if "indices" in primitive else np.arange(len(points))
            if len(indices) % 3 or primitive.get("mode", 4) != 4:
                raise MeshError("holds something other than triangles; convert it to triangles in a 3D editor and save it again")
            if len(indices) and int(indices.max()) >= len(points):
                raise MeshError(f"is a damaged GLB: a triangle names a corner that is not there; {AGAIN}")
            for matrix in self.instances(node):
                whole = world @ matrix
                turned = points @ whole[:3, :3].T + whole[:3, 3]
                result.append(turned[indices].reshape(-1, 3, 3))
        return result

    def instances(self, node: dict[str, Any]) -> list[F64]:
        """Matrices of a node's instances; one that does nothing where it is not instanced."""
        extension = node.get("extensions", {}).get("EXT_mesh_gpu_instancing")
        if extension is None:
            return [np.eye(4)]
        names = (("TRANSLATION", "translation", 3), ("ROTATION", "rotation", 4), ("SCALE", "scale", 3))
        columns = {key: self.array(extension["attributes"][name], width) for name, key, width in names if name in extension["attributes"]}
        count = min(map(len, columns.values()))
        return [_matrix({key: column[i].tolist() for key, column in columns.items()}) for i in range(count)]


def _matrix(node: dict[str, Any]) -> F64:
    if "matrix" in node:
        return np.array(node["matrix"], dtype=np.float64).reshape(4, 4).T
    x, y, z, w = node.get("rotation", (0.0, 0.0, 0.0, 1.0))
    turned = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    result = np.eye(4)
    result[:3, :3] = turned * np.asarray(node.get("scale", (1.0, 1.0, 1.0)), dtype=np.float64)
    result[:3, 3] = node.get("translation", (0.0, 0.0, 0.0))
    return result
