"""Sheets: what is known of each place before it is baked. Kept in columns, so that a hundred thousand of them are a few megabytes."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from geometry.bake import corner_counts
from geometry.place import Frame
from geometry.solids import triangle_counts

if TYPE_CHECKING:
    from geometry.export.piece import Piece

_FRAME = 12  # numbers


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of a piece before it is baked."""

    name: str
    path: tuple[str, ...]
    frame: Frame
    triangles: dict[int, int]
    """By material."""
    points: dict[int, int]
    """By material."""
    instances: dict[tuple[int, int], int]
    """Parts by (material, prototype)."""
    skins: dict[int, tuple[int, int]]
    """(points, triangles) of the skin by material."""


def sheet_of(piece: Piece) -> Sheet:
    """Counts of a piece."""
    kinds, counts = np.unique(piece.parts.material.astype(np.uint16) << 8 | piece.parts.prototype, return_counts=True)
    instances = {(kind >> 8, kind & 255): count for kind, count in zip(kinds.tolist(), counts.tolist(), strict=True)}
    skins: dict[int, tuple[int, int]] = {}
    for mesh in piece.skin:
        if len(mesh):
            points, triangles = skins.get(int(mesh.material), (0, 0))
            skins[int(mesh.material)] = (points + len(mesh.points), triangles + len(mesh))
    return _summed(piece.name, piece.path, piece.frame, instances, skins)


@lru_cache(maxsize=1)
def _solids() -> tuple[tuple[int, int], ...]:
    """(triangles, points) of each prototype."""
    return tuple(zip(triangle_counts().tolist(), corner_counts().tolist(), strict=True))


def _summed(
    name: str, path: tuple[str, ...], frame: Frame, instances: dict[tuple[int, int], int], skins: dict[int, tuple[int, int]]
) -> Sheet:
    shares = [(material, n * _solids()[prototype][0], n * _solids()[prototype][1]) for (material, prototype), n in instances.items()]
    shares += [(material, faces, corners) for material, (corners, faces) in skins.items()]
    triangles: dict[int, int] = {}
    points: dict[int, int] = {}
    for material, faces, corners in sorted(shares):
        triangles[material] = triangles.get(material, 0) + faces
        points[material] = points.get(material, 0) + corners
    return Sheet(name, path, frame, triangles, points, instances, skins)


class Names:
    """Many short texts as one."""

    __slots__ = ("_ends", "_text")

    def __init__(self) -> None:
        self._text, self._ends = bytearray(), array("q", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, text: bytes) -> None:
        """One more, numbered in turn from 0."""
        self._text += text
        self._ends.append(len(self._text))

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._text[self._ends[number] : self._ends[number + 1]])


class Frames:
    """Many frames as numbers."""

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers = array("d")

    def __len__(self) -> int:
        return len(self._numbers) // _FRAME

    def add(self, frame: Frame) -> None:
        """One more, numbered in turn from 0."""
        self._numbers.extend(np.concatenate([frame.origin, frame.axes.ravel()]).tolist())

    def __getitem__(self, number: int) -> Frame:
        numbers = np.array(self._numbers[_FRAME * number : _FRAME * (number + 1)])
        return Frame(numbers[:3], numbers[3:].reshape(3, 3))


class Sheets:
    """Sheets one after the other; each is put together again when it is asked for."""

    def __init__(self) -> None:
        self._names, self._frames = Names(), Frames()
        self._steps: dict[tuple[int, str], int] = {}  # (node above, name) to node; places share the nodes above them
        self._nodes: list[tuple[int, str]] = []
        self._above, self._rows, self._ends = array("q"), array("q"), array("q", [0])

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Sheet]:
        return (self[number] for number in range(len(self)))

    def add(self, sheet: Sheet) -> None:
        """One more."""
        self._names.add(sheet.name.encode("utf-8", "surrogatepass"))
        self._frames.add(sheet.frame)
        self._above.append(self._node(sheet.path))
        for (material, prototype), count in sheet.instances.items():
            self._rows.extend((material, prototype, count))
        for material, (points, triangles) in sheet.skins.items():
            self._rows.extend((~material, points, triangles))
        self._ends.append(len(self._rows))

    def _node(self, path: tuple[str, ...]) -> int:
        node = -1
        for name in path:
            step = (node, name)
            if step not in self._steps:
                self._steps[step] = len(self._nodes)
                self._nodes.append(step)
            node = self._steps[step]
        return node

    def _path(self, node: int) -> tuple[str, ...]:
        names: list[str] = []
        while node >= 0:
            node, name = self._nodes[node]
            names.append(name)
        return tuple(reversed(names))

    def __getitem__(self, number: int) -> Sheet:
        rows = self._rows[self._ends[number] : self._ends[number + 1]]
        instances: dict[tuple[int, int], int] = {}
        skins: dict[int, tuple[int, int]] = {}
        for first, second, third in zip(rows[::3], rows[1::3], rows[2::3], strict=True):
            if first < 0:
                skins[~first] = (second, third)
            else:
                instances[first, second] = third
        name = self._names[number].decode("utf-8", "surrogatepass")
        return _summed(name, self._path(self._above[number]), self._frames[number], instances, skins)
