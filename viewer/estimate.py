"""What an export would make: parts, triangles, bytes, memory, seconds.

All of it is done but the writing, and some of that (viewer.rehearsal). A drawing, a union, and a print of which only what stands is
kept, are made whole and thrown away: how many lines or triangles are left is known only then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from geometry.city import City
from geometry.export.glb import glb_bytes
from geometry.export.piece import Piece, Survey, survey
from geometry.export.printing import laid_out
from geometry.export.report import Watch
from geometry.export.sheet import sheet_of
from geometry.export.standing import MOST
from geometry.export.weld import slab_of
from viewer.clock import busy
from viewer.fitting import fitted
from viewer.jobs import DRAWINGS, PRINTS, Export, axes_of, export_bytes, made_of, most_bytes, pieces_of, sliced_pieces, taken_from, words_of
from viewer.models import extras_of, look_of
from viewer.prints import summed, tile_name
from viewer.rehearsal import FEWER, Sample, disk_speed, held_reading_back, line, peak, reading_back, spent, tried

_USD_PART = 150
"""Bytes of memory that a part takes in a USD stage while it is written."""


@dataclass(slots=True)
class _Total:
    places: int = 0
    parts: int = 0
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
    """What an export would hold, without writing it; the work began at `start` (viewer.clock.busy). Raises LimitError, AddressError."""
    start = busy() if start is None else start
    job = fitted(job, City(job.state.city), lambda part: None)
    return _whole(job, start) if job.suffix in DRAWINGS or job.union or _stands(job) else _parted(job, start)


def _stands(job: Export) -> bool:
    """Whether what nothing bears is left out of a print."""
    return job.suffix in PRINTS and job.wish is not None and job.wish.base_mm > 0.0 and job.max_triangles <= MOST


def _whole(job: Export, start: float) -> dict[str, Any]:
    """Of what must be made to be known."""
    city, total = City(job.state.city), _Total()
    with TemporaryDirectory() as folder:
        mine = replace(job, output=str(Path(folder) / Path(job.output).name), force=True)
        made = made_of(mine, city, words_of(job), lambda part: None, [])
        took = busy() - start
    for piece in pieces_of(job, lambda part: None):
        total.add(piece, job)
    whole = summed(made)
    outputs = [str(Path(job.output).with_name(one.path.name)) for one in made]
    return _row(job, outputs, total, whole.triangles, whole.bytes, peak(children=True), took)


def _parted(job: Export, start: float) -> dict[str, Any]:
    """Of what is known by a share of it."""
    city = City(job.state.city)
    outputs, total, scale = [job.output], _Total(), None
    found: Iterable[Piece] = pieces_of(job, lambda part: None)
    if job.wish is not None and job.suffix in PRINTS:
        layout = laid_out(list(found), job.wish, regions=taken_from(job, city), axes=axes_of(job))
        outputs = [tile_name(job.output, model.tile) for model in layout.models]
        scale = layout.scale
        found = (piece for model in layout.models for piece in model.pieces)
    else:
        found = sliced_pieces(job, found, city)
    measured = survey(_counted(found, total, job), Watch(0), axes_of(job))
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
    if job.suffix in PRINTS:
        took += reading_back(few, many, total.triangles)
        memory = max(memory, held_reading_back(total.triangles))
    return _row(job, outputs, total, total.triangles, size, memory, took)


def _row(job: Export, outputs: list[str], total: _Total, triangles: int, size: int, memory: int, took: float) -> dict[str, Any]:
    seconds = took + size / disk_speed(Path(job.output).parent)
    row = {"output": ", ".join(outputs), "places": total.places, "parts": total.parts, "triangles": triangles, "bytes": size}
    return {**row, "memory_bytes": memory, "seconds": round(seconds, 1), "processor_seconds": round(took, 2)}
