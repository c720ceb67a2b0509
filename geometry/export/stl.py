"""Binary STL for printing: millimetres, real normals, one corner at the origin.

Plates of neighbouring cells are welded into closed shells; other closed solids that overlap stay as they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from geometry.export.atomic import LimitError, Output, atomic
from geometry.export.behind import Behind
from geometry.export.body import HAIR, Body, bodies
from geometry.export.check import STL_HEAD, packed
from geometry.export.facets import Desk, Records, mesh_records, part_records
from geometry.export.piece import Piece, Store, Survey, survey
from geometry.export.report import Progress, Report, Watch
from geometry.export.walls import MINIMUM_WALL, Thin
from geometry.mesh import F64

_MOST = 2**32 - 1


def _header(title: str) -> bytes:
    """80 bytes of ASCII. It never begins with 'solid': readers take that for the text form."""
    return f"{STL_HEAD}{packed(title)};".encode("ascii", "replace")[:80].ljust(80)


def _records(body: Body, scale: float, longest: float, desk: Desk) -> Iterator[tuple[Records, int]]:
    """(records, triangles dropped), a buffer at a time."""
    yield from part_records(body.parts, desk, body.frame, scale, longest * scale)
    for points, triangles in body.skins:
        yield from mesh_records(points, triangles, desk)


def _write(
    out: Output, store: Store, found: Survey, scale: float, thin: Thin, wall_mm: float, title: str, watch: Watch
) -> tuple[int, int, int]:
    """(triangles, dropped, thin parts)."""
    out.reserve(84 + 50 * found.triangles)
    out.write(_header(title) + bytes(4))
    desk, count, dropped, slim = Desk(), 0, 0, 0
    with Behind() as behind:
        for body in bodies(store, found, scale, thin, wall_mm, watch.check):
            dropped, slim = dropped + body.crumpled, slim + body.slim
            for records, lost in _records(body, scale, found.longest, desk):
                if len(records):
                    behind.do(records.nbytes, out.write, records)
                    desk.turn()
                count, dropped = count + len(records), dropped + lost
                watch.step(len(records) + lost, body.name)
    out.write_at(80, count.to_bytes(4, "little"))
    watch.step(watch.total - watch.done, body.name)  # what welding saved
    return count, dropped, slim


def write_stl(
    pieces: Iterable[Piece],
    path: str | os.PathLike[str],
    *,
    title: str = "",
    longest_mm: float = 200.0,
    scale: float | None = None,
    axes: F64 | None = None,
    thin: Thin = "keep",
    wall_mm: float = MINIMUM_WALL,
    force: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Write one binary STL whose longest side is `longest_mm` millimetres, or of `scale` mm a metre, its least corner at the origin.

    `axes` (3, 3), world directions, are the file's x, y and z, so that a place stands upright: its frame's axes. The City's own by default.
    The size is taken from the boxes of the parts, so round parts at the rim leave a fraction of a per cent unused.
    Triangles of solids too thin to keep their shape at the file's precision are dropped; the report says how many.
    Neighbouring plates become one shell without the walls between them, so the file may hold fewer triangles than the places do.
    `thin` says what becomes of parts under `wall_mm`: kept, thickened to it, or dropped; the report counts them.
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
            margin = 8 * HAIR * found.longest
            found = replace(found, low=found.low - margin, high=found.high + margin)
            scale = longest_mm / found.longest if scale is None else scale
            watch.total = found.triangles
            count, dropped, slim = _write(out, store, found, scale, thin, wall_mm, title, watch)
        finally:
            store.close()
    return Report(Path(path), count, out.size, dropped, scale, found.size, len(found.sheets), thin=slim)
