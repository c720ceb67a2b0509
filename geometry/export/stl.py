"""Binary STL for printing: millimetres, real normals, one corner at the origin.

Plates of neighbouring cells are welded into closed shells; other closed solids that overlap stay as they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from geometry.export.atomic import LimitError, Output, atomic
from geometry.export.behind import Behind
from geometry.export.facets import Desk, Records, mesh_records, part_records
from geometry.export.piece import Piece, Store, Survey, survey
from geometry.export.report import Progress, Report, Watch
from geometry.export.weld import Slab, by_kind, slab_of, weld
from geometry.key import mix
from geometry.mesh import F32, F64, I32
from geometry.parts import Parts
from geometry.place import Frame

Thin = Literal["keep", "thicken", "drop"]
MINIMUM_WALL = 0.3
"""Millimetres: what a 0.4 mm nozzle still prints; thinner pillars vanish."""
_FINEST = 2.0**-17
"""Of the longest side: a solid thinner than this (0.0015 mm of 200) crumples when its corners are rounded to 32 bits."""
_HAIR = 2.0**-21
"""Of the longest side: the step in which touching solids are grown apart, at most 16 of them (0.0015 mm of 200)."""
_MOST = 2**32 - 1


class _Share(NamedTuple):
    """A buffer full of what is written."""

    name: str
    """Of the place."""
    records: Records
    dropped: int
    """Triangles left out."""
    slim: int = 0
    """Parts too thin to print."""


def _skins(piece: Piece, frame: Frame, scale: float, hair: float) -> Iterator[tuple[F32, I32]]:
    """The skin grown by a hair (metres) about its middle, in the file's unit."""
    worlds = [frame.to_world(mesh.points) for mesh in piece.skin]
    if not worlds:
        return
    low, high = np.min([w.min(axis=0) for w in worlds], axis=0), np.max([w.max(axis=0) for w in worlds], axis=0)
    middle = (low + high) / 2
    growth = 1.0 + hair / float((high - low).max())
    for mesh, world in zip(piece.skin, worlds, strict=True):
        yield _rounded(middle + (world - middle) * growth, scale), mesh.triangles


def _rounded(points: F64, scale: float) -> F32:
    """Points in the file's unit, and none -0."""
    return np.ascontiguousarray((points * scale).astype(np.float32)) + np.float32(0.0)


def _chunks(piece: Piece, parts: Parts, found: Survey, scale: float, hair: float, desk: Desk) -> Iterator[tuple[Records, int]]:
    """(records, triangles dropped), a buffer at a time."""
    frame = found.stand(piece.frame)
    frame = Frame(frame.origin - found.low, frame.axes)
    yield from part_records(parts, desk, frame, scale, found.longest * scale)
    for points, triangles in _skins(piece, frame, scale, hair):
        yield from mesh_records(points, triangles, desk)


def _shells(slabs: list[Slab], found: Survey, scale: float, number: int, watch: Watch, desk: Desk) -> Iterator[tuple[Records, int]]:
    """The same of all plates, neighbours welded; hairs are numbered from `number`."""
    groups = by_kind(slabs)
    for group, hair in zip(groups, _hairs(number, len(groups), found.longest).tolist(), strict=True):
        points, triangles = weld(group, hair, watch.check)
        yield from mesh_records(_rounded(found.base.to_local(points) - found.low, scale), triangles, desk)


def _sound(parts: Parts, finest: float) -> tuple[Parts, int]:
    """Parts thick enough, in metres, to keep their shape in the file; and how many triangles the others had."""
    keep = _thinnest(parts) >= finest
    if keep.all():
        return parts, 0
    kept = parts[keep]
    return kept, parts.triangles - kept.triangles


def _thinnest(parts: Parts) -> F32:
    """(n,) shortest sides, metres."""
    x, y, z = parts.scale.T
    shortest: F32 = np.minimum(np.minimum(x, y), z)
    return shortest


def _hairs(first: int, count: int, longest: float) -> F64:
    """(n,) metres by which the solids numbered from `first` are grown: touching solids then overlap instead of sharing an edge
    between four faces, which slicers call non-manifold."""
    steps = mix(np.arange(first, first + count, dtype=np.uint64)) >> np.uint64(60)
    return (1.0 + steps.astype(np.float64)) * (longest * _HAIR)


def _thin(parts: Parts, minimum: float, thin: Thin) -> tuple[Parts, int]:
    """Parts with those thinner than `minimum` metres treated as asked, and how many those were."""
    slim = _thinnest(parts) < minimum
    if thin == "drop":
        parts = parts[~slim]
    elif thin == "thicken":
        parts = replace(parts, scale=np.maximum(parts.scale, np.float32(minimum)))
    return parts, int(slim.sum())


def _header(title: str) -> bytes:
    """80 bytes of ASCII. It never begins with 'solid': readers take that for the text form."""
    return f"Megastructure, millimetres. {title}".encode("ascii", "replace")[:80].ljust(80)


def _all(store: Store, found: Survey, scale: float, thin: Thin, watch: Watch, desk: Desk) -> Iterator[_Share]:
    """Everything, a buffer at a time: parts and other skins by place, then the plates."""
    number, slabs = 0, []
    for piece in store.again():
        slab = slab_of(piece)
        if slab is not None:
            slabs.append(slab)
            piece = replace(piece, skin=())
        parts, slim = _thin(piece.parts, MINIMUM_WALL / scale, thin)
        parts, crumpled = _sound(parts, found.longest * _FINEST)
        yield _Share(piece.name, desk.records[:0], crumpled, slim)
        hairs, number = _hairs(number, len(parts) + 1, found.longest), number + len(parts) + 1
        parts = replace(parts, scale=(parts.scale + hairs[:-1, None]).astype(np.float32))
        for records, lost in _chunks(piece, parts, found, scale, float(hairs[-1]), desk):
            yield _Share(piece.name, records, lost)
    for records, lost in _shells(slabs, found, scale, number, watch, desk):
        yield _Share("plates", records, lost)


def _write(out: Output, store: Store, found: Survey, scale: float, thin: Thin, title: str, watch: Watch) -> tuple[int, int, int]:
    """(triangles, dropped, thin parts)."""
    out.reserve(84 + 50 * found.triangles)
    out.write(_header(title) + bytes(4))
    desk, count, dropped, slim = Desk(), 0, 0, 0
    with Behind() as behind:
        for share in _all(store, found, scale, thin, watch, desk):
            if len(share.records):
                behind.do(share.records.nbytes, out.write, share.records)
                desk.turn()
            count, dropped, slim = count + len(share.records), dropped + share.dropped, slim + share.slim
            watch.step(len(share.records) + share.dropped, share.name)
    out.write_at(80, count.to_bytes(4, "little"))
    watch.step(watch.total - watch.done, share.name)  # what welding saved
    return count, dropped, slim


def write_stl(
    pieces: Iterable[Piece],
    path: str | os.PathLike[str],
    *,
    title: str = "",
    longest_mm: float = 200.0,
    axes: F64 | None = None,
    thin: Thin = "keep",
    force: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Write one binary STL whose longest side is `longest_mm` millimetres, its least corner at the origin.

    `axes` (3, 3), world directions, are the file's x, y and z, so that a place stands upright: its frame's axes. The City's own by default.
    The size is taken from the boxes of the parts, so round parts at the rim leave a fraction of a per cent unused.
    Triangles of solids too thin to keep their shape at the file's precision are dropped; the report says how many.
    Neighbouring plates become one shell without the walls between them, so the file may hold fewer triangles than the places do.
    `thin` says what becomes of parts under MINIMUM_WALL: kept, thickened to it, or dropped; the report counts them.
    Raises OutputError, LimitError (over 2^32 triangles, nothing to write) or Cancelled; then no file is left.
    """
    if not (np.isfinite(longest_mm) and longest_mm > 0):
        raise LimitError(f"the longest side must be more than 0 mm, not {longest_mm}")
    watch = Watch(0, progress, cancelled)
    with atomic(path, force=force) as out:
        store = Store(pieces, str(Path(os.path.realpath(path)).parent))
        try:
            found = survey(store.first(), watch, axes)
            if found.triangles > _MOST:
                raise LimitError(f"{found.triangles:,} triangles do not fit an STL file (at most {_MOST:,}): export less, or less detail")
            margin = 8 * _HAIR * found.longest
            found = replace(found, low=found.low - margin, high=found.high + margin)
            scale = longest_mm / found.longest
            watch.total = found.triangles
            count, dropped, slim = _write(out, store, found, scale, thin, title, watch)
        finally:
            store.close()
    return Report(Path(path), count, out.size, dropped, scale, found.size, len(found.sheets), thin=slim)
