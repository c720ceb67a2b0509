"""What an export would make: parts, triangles, bytes, memory, seconds.

All of it is done but the writing, and some of that (viewer.files.rehearsal). A drawing, a union, and a print of which only what stands is
kept, are made whole and thrown away: how many lines or triangles are left is known only then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from geometry.city import City
from geometry.export.glb import glb_bytes
from geometry.export.piece import Piece, Survey, survey
from geometry.export.printing import Layout, Model, laid_out
from geometry.export.report import Watch
from geometry.export.shadow import shadows
from geometry.export.sheet import sheet_of
from geometry.export.standing import MOST
from geometry.export.weld import slab_of
from geometry.mesh import F64
from viewer.clock import busy, spent
from viewer.files import reading_back
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
from viewer.files.reading_back import Print
from viewer.files.rehearsal import FEWER, Sample, disk_speed, line, peak, tried
from viewer.files.soundness import LARGEST

_USD_PART = 150
"""Bytes of memory that a part takes in a USD stage while it is written."""


@dataclass(slots=True)
class _File:
    triangles: int = 0
    shadows: F64 = field(default_factory=lambda: np.zeros(3))
    """Square metres along x, y and z."""


@dataclass(slots=True)
class _Total:
    axes: F64 | None
    """Of the file."""
    places: int = 0
    parts: int = 0
    triangles: int = 0
    files: list[_File] = field(default_factory=lambda: [_File()])
    """Of prints that are small enough to be read back."""
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
        triangles = sum(sheet.triangles.values()) - (_walls(piece) if job.suffix in PRINTS else 0)
        self.triangles += triangles
        self.files[-1].triangles += triangles
        if job.suffix in PRINTS and self.triangles <= LARGEST:
            self.files[-1].shadows += shadows(piece, self.axes)
        self.sample.add(piece)
        if job.suffix.startswith(".usd"):
            self.sample.add_kinds(piece)
        if job.mode == "nodes":
            self.every.append(piece)

    def begun(self, models: Iterable[Model]) -> Iterator[Piece]:
        """The pieces of files, one after the other."""
        self.files.clear()
        for model in models:
            self.files.append(_File())
            yield from model.pieces

    def prints(self, longest_mm: float, longest: float, layout: Layout | None) -> list[Print]:
        """The files as they will be read back; `longest`: the longest side of all, metres."""
        if layout is None:
            sizes, scale = [longest], longest_mm / longest
        else:
            sizes = [survey(iter(model.pieces), Watch(0), self.axes).longest for model in layout.models]
            scale = layout.scale
        some = zip(self.files, sizes, strict=True)
        return [Print(file.triangles, file.shadows * scale**2, size * scale) for file, size in some]


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
    with fitted(job, City(job.state.city), lambda part: None) as (job, kept):
        whole = job.suffix in DRAWINGS or job.union or _stands(job)
        return _whole(job, start, kept) if whole else _parted(job, start, kept)


def _stands(job: Export) -> bool:
    """Whether what nothing bears is left out of a print."""
    return job.suffix in PRINTS and job.wish is not None and job.wish.base_mm > 0.0 and job.max_triangles <= MOST


def _whole(job: Export, start: float, kept: Iterable[Piece] | None) -> dict[str, Any]:
    """Of what must be made to be known."""
    city, total = City(job.state.city), _Total(axes_of(job))
    with TemporaryDirectory() as folder:
        mine = replace(job, output=str(Path(folder) / Path(job.output).name), force=True)
        made = made_of(mine, city, words_of(job), lambda part: None, [], kept=kept)
        took = busy() - start
    for piece in pieces_of(job, lambda part: None) if kept is None else kept:
        total.add(piece, job)
    whole = summed(made)
    outputs = [str(Path(job.output).with_name(one.path.name)) for one in made]
    return _row(job, outputs, total, whole.triangles, whole.bytes, peak(children=True), took)


def _parted(job: Export, start: float, kept: Iterable[Piece] | None) -> dict[str, Any]:
    """Of what is known by a share of it."""
    city = City(job.state.city)
    outputs, total, scale, layout = [job.output], _Total(axes_of(job)), None, None
    found: Iterable[Piece] = pieces_of(job, lambda part: None) if kept is None else kept
    if job.wish is not None and job.suffix in PRINTS:
        layout = laid_out(list(found), job.wish, regions=taken_from(job, city), axes=total.axes)
        outputs = [tile_name(job.output, model.tile) for model in layout.models]
        scale = layout.scale
        found = total.begun(layout.models)
    elif kept is None:
        found = sliced_pieces(job, found, city)
    measured = survey(_counted(found, total, job), Watch(0), total.axes)
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
        prints = total.prints(job.size_mm, measured.longest, layout)
        took += reading_back.seconds(few.read, many.read, prints)
        memory = max(memory, reading_back.held(prints, many.resident))
    return _row(job, outputs, total, total.triangles, size, memory, took)


def _row(job: Export, outputs: list[str], total: _Total, triangles: int, size: int, memory: int, took: float) -> dict[str, Any]:
    seconds = took + size / disk_speed(Path(job.output).parent)
    row = {"output": ", ".join(outputs), "places": total.places, "parts": total.parts, "triangles": triangles, "bytes": size}
    return {**row, "memory_bytes": memory, "seconds": round(seconds, 1), "processor_seconds": round(took, 2)}
