"""What an export would make: parts, triangles, bytes, memory, seconds.

Of at most WHOLE triangles it is made whole and thrown away: to write a share of so little and to reckon takes as long, and is off by what
the share is not like. So are drawings and unions: how much is left of them is known only then. Of more all is unfolded, and a share of it
written (viewer.files.rehearsal). `python -m viewer.files.estimate` answers an Export with it (viewer.apart): of a window's own process
memory and seconds could not be told.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from geometry.city import City
from geometry.export.glb import glb_bytes
from geometry.export.piece import Piece, Share, Survey, survey
from geometry.export.printing import laid_out
from geometry.export.report import Watch
from geometry.export.sheet import sheet_of
from geometry.export.standing import MOST
from geometry.export.weld import slab_of
from viewer.apart import serve
from viewer.clock import busy, spent
from viewer.files.fitting import fitted
from viewer.files.jobs import (
    DRAWINGS,
    PRINTS,
    Export,
    axes_of,
    export_bytes,
    made_of,
    most_bytes,
    pieces_of,
    sliced_pieces,
    taken_from,
    words_of,
)
from viewer.files.models import extras_of, look_of
from viewer.files.prints import summed, tile_name
from viewer.files.rehearsal import FEWER, Sample, disk_speed, line, peak, tried
from viewer.files.soundness import LARGEST

WHOLE = max(LARGEST, MOST)
"""Triangles up to which an export is made to be told: a print of so many is looked through once it is written, and what hangs in the air
is left out of it."""
_USD_PART = 150
"""Bytes of memory that a part takes in a USD stage while it is written."""


@dataclass(slots=True)
class _Count:
    places: int = 0
    parts: int = 0

    def through(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """The pieces, counted as they pass."""
        for piece in pieces:
            self.places += 1
            self.parts += len(piece.parts)
            yield piece


@dataclass(slots=True, kw_only=True)
class _Total(_Count):
    """Of what is unfolded and not written."""

    triangles: int = 0
    sample: Sample = field(default_factory=Sample)
    own: float = 0.0
    """Processor seconds that this counting takes, and no export."""
    every: list[Piece] = field(default_factory=list)
    """All pieces, where each part is a node."""

    def add(self, piece: Piece, job: Export) -> None:
        """Count a piece."""
        sheet = sheet_of(piece)
        self.places += 1
        self.parts += len(piece.parts)
        self.triangles += sum(sheet.triangles.values()) - (_walls(piece) if job.suffix in PRINTS else 0)
        self.sample.add(piece)
        if job.suffix.startswith(".usd"):
            self.sample.add_kinds(piece)
        if job.mode == "nodes":
            self.every.append(piece)


def _walls(piece: Piece) -> int:
    """Triangles of the walls between plates: neighbours are welded without them."""
    slab = None if piece.cell is None else slab_of(piece)
    return 0 if slab is None else len(piece.skin[1]) - len(piece.skin[0])


def _bytes(job: Export, found: Survey, total: _Total) -> int | None:
    """Of the file or files: a GLB is laid out as for writing. None of what is packed."""
    if job.suffix == ".ply":
        return 27 * found.points + 13 * found.triangles + 500
    if job.suffix == ".glb":
        words = words_of(job)
        return glb_bytes(found, total.every, words[0], extras_of(job, words), look_of(job))
    return export_bytes(job.suffix, total.triangles) if job.suffix == ".stl" else None


def _counted(pieces: Iterable[Piece], total: _Total, job: Export) -> Iterator[Piece]:
    for piece in pieces:
        total.own += spent(partial(total.add, piece, job))
        yield piece


def dry_export(job: Export, start: float | None = None) -> dict[str, Any]:
    """What an export would hold, without keeping it; the work began at `start` (viewer.clock.busy). Raises LimitError, AddressError,
    OutputError."""
    start = busy() if start is None else start
    began = time.perf_counter()
    with fitted(job, City(job.state.city), lambda part: None) as (job, kept):
        if job.suffix in DRAWINGS or job.union or job.max_triangles <= WHOLE:
            return _made(job, start, began, kept)
        row, triangles = _reckoned(job, start, kept)
        return row if triangles > WHOLE else _made(job, busy(), time.perf_counter(), kept)


def _made(job: Export, start: float, began: float, kept: Share | None) -> dict[str, Any]:
    """Of what was made, in a temporary folder."""
    city, count = City(job.state.city), _Count()
    pieces = count.through(_to_write(job, city) if kept is None else kept)
    with TemporaryDirectory() as folder:
        mine = replace(job, output=str(Path(folder) / Path(job.output).name), force=True)
        made = made_of(mine, city, words_of(job), lambda part: None, [], [], pieces if kept is None else kept)
        took, seconds = busy() - start, time.perf_counter() - began
    most = peak(children=True)
    if kept is not None:
        deque(pieces, 0)
    whole = summed(made)
    outputs = [str(Path(job.output).with_name(one.path.name)) for one in made]
    return _row(outputs, count, whole.triangles, whole.bytes, most, took, seconds)


def _to_write(job: Export, city: City) -> Iterable[Piece]:
    """Places as the writer of an export takes them: drawings and prints that are laid out are cut by it."""
    found = pieces_of(job, lambda part: None)
    return found if job.suffix in DRAWINGS or (job.suffix in PRINTS and job.wish is not None) else sliced_pieces(job, found, city)


def _reckoned(job: Export, start: float, kept: Share | None) -> tuple[dict[str, Any], int]:
    """(of what is known by a share of it, triangles)."""
    city, axes = City(job.state.city), axes_of(job)
    outputs, total, scale = [job.output], _Total(), None
    found: Iterable[Piece] = _to_write(job, city) if kept is None else kept
    if job.wish is not None and job.suffix in PRINTS:
        layout = laid_out(list(found), job.wish, regions=taken_from(job, city), axes=axes)
        outputs = [tile_name(job.output, model.tile) for model in layout.models]
        scale = layout.scale
        found = chain.from_iterable(model.pieces for model in layout.models)
    measured = survey(_counted(found, total, job), Watch(0), axes)
    chosen = busy() - start - total.own
    size = _bytes(job, measured, total)  # before any trial, whose peak of memory then counts what was laid out
    sample = total.sample
    many, few = tried(job, sample.share(1), scale, sample.largest), tried(job, sample.share(FEWER), scale)
    if size is None:
        size = round(line(few.triangles, few.bytes, many.triangles, many.bytes, measured.triangles))
    most = most_bytes(job.suffix)
    if most is not None and size > most and len(outputs) == 1:
        outputs = [f"{job.output} in {-(-size // most)} files"]
    took = chosen + many.once + line(few.triangles, few.processor, many.triangles, many.processor, measured.triangles)
    memory = many.peak + (_USD_PART * total.parts if job.suffix.startswith(".usd") else 0)
    seconds = took + size / disk_speed(Path(job.output).parent)
    return _row(outputs, total, total.triangles, size, memory, took, seconds), total.triangles


def _row(outputs: list[str], count: _Count, triangles: int, size: int, memory: int, took: float, seconds: float) -> dict[str, Any]:
    row = {"output": ", ".join(outputs), "places": count.places, "parts": count.parts, "triangles": triangles, "bytes": size}
    return {**row, "memory_bytes": memory, "seconds": round(seconds, 1), "processor_seconds": round(took, 2)}


if __name__ == "__main__":
    sys.exit(serve(dry_export, Exception))
