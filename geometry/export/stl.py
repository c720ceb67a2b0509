"""Binary STL for printing: millimetres, real normals, one corner at the origin.

Plates of neighbouring cells are welded into closed shells; other closed solids that overlap stay as they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from geometry.export.atomic import LimitError, Output, atomic
from geometry.export.behind import Behind
from geometry.export.body import Body
from geometry.export.check import STL_HEAD, packed
from geometry.export.facets import Desk, Records, mesh_records, part_records
from geometry.export.piece import Piece, Store, Survey
from geometry.export.printed import USUAL, Print, Tally, measured, printed
from geometry.export.report import Progress, Report, Watch
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


def _write(out: Output, some: Iterable[Body], found: Survey, scale: float, title: str, watch: Watch) -> tuple[int, int, Tally]:
    """(triangles, those dropped in the writing, what was met)."""
    out.reserve(84 + 50 * found.triangles)
    out.write(_header(title) + bytes(4))
    desk, tally, count, dropped = Desk(), Tally(), 0, 0
    with Behind() as behind:
        for body in some:
            tally.add(body)
            for records, lost in _records(body, scale, found.longest, desk):
                if len(records):
                    behind.do(records.nbytes, out.write, records)
                    desk.turn()
                count, dropped = count + len(records), dropped + lost
                watch.step(len(records) + lost, body.name)
    out.write_at(80, count.to_bytes(4, "little"))
    watch.step(watch.total - watch.done, body.name)  # what welding saved
    return count, dropped, tally


def write_stl(
    pieces: Iterable[Piece],
    path: str | os.PathLike[str],
    how: Print = USUAL,
    *,
    title: str = "",
    axes: F64 | None = None,
    force: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Write one binary STL in millimetres, as large and as thick as `how` says, its least corner at the origin.

    `axes` (3, 3), world directions, are the file's x, y and z, so that a place stands upright: its frame's axes. The City's own by default.
    The size is taken from the boxes of the parts, so round parts at the rim leave a fraction of a per cent unused.
    Triangles of solids too thin to keep their shape at the file's precision are dropped; the report says how many.
    Neighbouring plates become one shell without the walls between them, so the file may hold fewer triangles than the places do.
    Raises OutputError, LimitError (over 2^32 triangles, nothing to write) or Cancelled; then no file is left.
    """
    watch = Watch(0, progress, cancelled)
    with atomic(path, force=force) as out:
        store = Store(pieces, str(out.folder))
        try:
            found, scale = measured(store.first(), how, axes, watch)
            if found.triangles > _MOST:
                raise LimitError(f"{found.triangles:,} triangles do not fit an STL file (at most {_MOST:,}): export less, or less detail")
            watch.total = found.triangles
            some = printed(store, found, how, scale, out.folder, watch)
            count, dropped, tally = _write(out, some, found, scale, title, watch)
        finally:
            store.close()
    return tally.report(Path(path), count, out.size, dropped, scale, found)
