"""Bodies: what a printer is given of a place. Solids grown by a hair so that those that touch overlap, plates welded into shells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from geometry.export.piece import Piece, Store, Survey
from geometry.export.thickness import SLACK
from geometry.export.walls import Thin, shortest, walls
from geometry.export.weld import Slab, by_kind, slab_of, weld
from geometry.key import mix
from geometry.mesh import F32, F64, I32
from geometry.parts import EMPTY, Parts
from geometry.place import Frame

FINEST = 2.0**-17
"""Of the longest side: a solid thinner than this (0.0015 mm of 200) crumples when its corners are rounded to 32 bits."""
HAIR = 2.0**-21
"""Of the longest side: the step in which touching solids are grown apart, at most 16 of them (0.0015 mm of 200)."""


class Body(NamedTuple):
    """Solids of a place in the file's axes; lengths of the parts are metres, of the skins the file's unit."""

    name: str
    frame: Frame
    parts: Parts
    skins: tuple[tuple[F32, I32], ...]
    """Points (n, 3) and triangles (m, 3); together they are closed."""
    crumpled: int = 0
    """Triangles left out because their solid would not keep its shape."""
    slim: int = 0
    """Parts thinner than the minimum wall."""
    joined: int = 0
    """Solids that a union made into this one."""
    parted: int = 0
    """Bodies that these are: where some touch no other there are several."""
    drains: int = 0
    """Holes through which what is hollow drains."""
    afloat: int = 0
    """Bodies left out because nothing bears them."""
    frail: int = 0
    """Bodies left out of a union because they are thinner than a wall."""


def bodies(store: Store, found: Survey, scale: float, thin: Thin, wall_mm: float, heard: Callable[[], None]) -> Iterator[Body]:
    """Everything: parts and other skins by place, then the plates. `scale`: the file's units a metre."""
    number, slabs, least = 0, list[Slab](), wall_mm / scale
    for piece in store.again():
        slab = slab_of(piece)
        if slab is not None:
            slabs.append(slab)
            piece = replace(piece, skin=())
        parts, slim, _ = walls(piece.parts, least, thin)
        parts, crumpled = sound(parts, found.longest * FINEST)
        wider, number = hairs(number, len(parts) + 1, found.longest), number + len(parts) + 1
        parts = replace(parts, scale=(parts.scale + wider[:-1, None]).astype(np.float32))
        frame = found.stand(piece.frame)
        frame = Frame(frame.origin - found.low, frame.axes)
        yield Body(piece.name, frame, parts, tuple(skins(piece, frame, scale, float(wider[-1]))), crumpled, slim)
    groups, slight = _plates(by_kind(slabs), least, thin)
    for group, hair in zip(groups, hairs(number, len(groups), found.longest).tolist(), strict=True):
        points, triangles = weld(group, hair, heard, least if thin == "thicken" else 0.0)
        shell = rounded(found.base.to_local(points) - found.low, scale), triangles
        yield Body("plates", Frame(np.zeros(3), np.eye(3)), EMPTY, (shell,))
    if slight:
        yield Body("plates", Frame(np.zeros(3), np.eye(3)), EMPTY, (), slim=slight)


def _plates(groups: list[list[Slab]], least: float, thin: Thin) -> tuple[list[list[Slab]], int]:
    """(those to be written, how many plates are thinner than `least` metres)."""
    slight = [group[0].cell.outer - group[0].cell.plate < least * SLACK for group in groups]
    kept = [group for group, gone in zip(groups, slight, strict=True) if not (gone and thin == "drop")]
    return kept, sum(len(group) for group, gone in zip(groups, slight, strict=True) if gone)


def skins(piece: Piece, frame: Frame, scale: float, hair: float) -> Iterator[tuple[F32, I32]]:
    """The skin grown by a hair (metres) about its middle, in the file's unit."""
    worlds = [frame.to_world(mesh.points) for mesh in piece.skin]
    if not worlds:
        return
    low, high = np.min([w.min(axis=0) for w in worlds], axis=0), np.max([w.max(axis=0) for w in worlds], axis=0)
    middle = (low + high) / 2
    growth = 1.0 + hair / float((high - low).max())
    for mesh, world in zip(piece.skin, worlds, strict=True):
        yield rounded(middle + (world - middle) * growth, scale), mesh.triangles


def rounded(points: F64, scale: float) -> F32:
    """Points in the file's unit, and none -0."""
    return np.ascontiguousarray((points * scale).astype(np.float32)) + np.float32(0.0)


def sound(parts: Parts, finest: float) -> tuple[Parts, int]:
    """Parts thick enough, in metres, to keep their shape in the file; and how many triangles the others had."""
    keep = shortest(parts) >= finest
    if keep.all():
        return parts, 0
    kept = parts[keep]
    return kept, parts.triangles - kept.triangles


def hairs(first: int, count: int, longest: float) -> F64:
    """(n,) metres by which the solids numbered from `first` are grown: touching solids then overlap instead of sharing an edge
    between four faces, which slicers call non-manifold."""
    steps = mix(np.arange(first, first + count, dtype=np.uint64)) >> np.uint64(60)
    return (1.0 + steps.astype(np.float64)) * (longest * HAIR)
