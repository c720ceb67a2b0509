"""Readers of what others may have written too: PLY and 3MF, without trust."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any, NamedTuple
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from geometry.export.threemf import CORE, MODEL
from geometry.mesh import F64

I64 = NDArray[np.int64]
AGAIN = "export or download it again"
_MOST = 4 * 2**30
"""Bytes of a model that are unpacked."""
_NUMBERS = {"char": "i1", "uchar": "u1", "short": "<i2", "ushort": "<u2", "int": "<i4", "uint": "<u4", "float": "<f4", "double": "<f8"}
_NUMBERS |= {
    "int8": "i1",
    "uint8": "u1",
    "int16": "<i2",
    "uint16": "<u2",
    "int32": "<i4",
    "uint32": "<u4",
    "float32": "<f4",
    "float64": "<f8",
}


class MeshError(Exception):
    """The file is not a mesh we can read; the message says what is wrong."""


class Indexed(NamedTuple):
    """A mesh as it is numbered in its file."""

    points: F64
    """(n, 3)."""
    faces: I64
    """(m, 3)."""

    @property
    def triangles(self) -> F64:
        """(m, 3, 3). Raises MeshError where a triangle names a corner that is not there."""
        if len(self.faces) and (int(self.faces.min()) < 0 or int(self.faces.max()) >= len(self.points)):
            raise MeshError(f"is damaged: a triangle names a corner that is not there; {AGAIN}")
        return self.points[self.faces]


def read_3mf(data: bytes) -> tuple[list[Indexed], dict[str, str]]:
    """(meshes of the objects, metadata) of a 3MF. Raises MeshError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            name = next((name for name in archive.namelist() if name.lower().endswith(".model")), MODEL)
            if archive.getinfo(name).file_size > _MOST:
                raise MeshError("unpacks to more than 4 GiB; divide it and try again")
            with archive.open(name) as model:
                return _model(model)
    except (zipfile.BadZipFile, KeyError, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise MeshError(f"is a damaged 3MF: {type(error).__name__.lower()} while unpacking it; {AGAIN}") from error
    except (ElementTree.ParseError, ValueError) as error:
        raise MeshError(f"is a damaged 3MF: {type(error).__name__.lower()} while reading its model; {AGAIN}") from error


def _model(model: Any) -> tuple[list[Indexed], dict[str, str]]:
    meshes, notes, points, faces, unit = list[Indexed](), dict[str, str](), list[float](), list[int](), "millimeter"
    for event, element in ElementTree.iterparse(model, events=("start", "end")):
        tag = element.tag.removeprefix(f"{{{CORE}}}")
        if event == "start":
            unit = element.get("unit", unit) if tag == "model" else unit
            continue
        if tag == "vertex":
            points += (float(element.attrib["x"]), float(element.attrib["y"]), float(element.attrib["z"]))
        elif tag == "triangle":
            faces += (int(element.attrib["v1"]), int(element.attrib["v2"]), int(element.attrib["v3"]))
        elif tag == "metadata":
            notes[str(element.get("name", "")).rpartition(":")[2]] = element.text or ""
        elif tag == "component":
            raise MeshError("is put together of components, which are not read; merge them in a slicer and save it again")
        elif tag == "mesh":
            meshes.append(Indexed(np.array(points, np.float64).reshape(-1, 3), np.array(faces, np.int64).reshape(-1, 3)))
            points, faces = [], []
        element.clear()
    scale = {"micron": 1e-3, "millimeter": 1.0, "centimeter": 10.0, "inch": 25.4, "foot": 304.8, "meter": 1000.0}.get(unit)
    if scale is None:
        raise MeshError(f"is a damaged 3MF: there is no unit '{unit[:20]}'; {AGAIN}")
    return [Indexed(mesh.points * scale, mesh.faces) for mesh in meshes], notes


def notes_of_ply(data: bytes) -> dict[str, str]:
    """The comments of a PLY: their first word to the rest."""
    head = data[: data.find(b"end_header")].decode("ascii", "replace")
    rows = (line.split(" ", 2) for line in head.splitlines() if line.startswith("comment "))
    return {row[1]: row[2] for row in rows if len(row) == 3}


def read_ply(data: bytes) -> Indexed:
    """The mesh of a binary little-endian PLY of triangles. Raises MeshError."""
    end = data.find(b"end_header\n")
    lines = data[:end].decode("ascii", "replace").split("\n") if 0 < end < 65_536 else []
    if "format binary_little_endian 1.0" not in lines:
        raise MeshError("is a PLY of a kind that is not read; save it as a binary little-endian PLY and try again")
    elements: list[tuple[str, int, list[list[str]]]] = []
    try:
        for line in lines:
            words = line.split()
            if words[:1] == ["element"]:
                elements.append((words[1], int(words[2]), []))
            elif words[:1] == ["property"]:
                elements[-1][2].append(words[1:])
        return _bodies(data, end + 11, elements)
    except (IndexError, KeyError, ValueError) as error:
        raise MeshError(f"is a damaged PLY: {type(error).__name__.lower()} while reading it; {AGAIN}") from error


def _bodies(data: bytes, at: int, elements: list[tuple[str, int, list[list[str]]]]) -> Indexed:
    points, faces = np.zeros((0, 3)), np.zeros((0, 3), np.int64)
    for name, count, properties in elements:
        lists = [row for row in properties if row[0] == "list"]
        if lists:
            ((_, size, number, _),) = properties
            row = np.dtype([("n", _NUMBERS[size]), ("v", _NUMBERS[number], 3)])
        else:
            row = np.dtype([(words[1], _NUMBERS[words[0]]) for words in properties])
        if count < 0 or at + count * row.itemsize > len(data):
            raise MeshError(f"is a damaged PLY, or not of triangles alone: an array reaches past its end; {AGAIN}")
        rows = np.frombuffer(data, row, count, at)
        at += count * row.itemsize
        if lists and (rows["n"] != 3).any():
            raise MeshError("holds polygons; convert it to triangles in a 3D editor and save it again")
        if name == "vertex":
            points = np.stack([rows[axis].astype(np.float64) for axis in "xyz"], axis=1)
        elif name == "face":
            faces = rows["v"].astype(np.int64)
    return Indexed(points, faces)
