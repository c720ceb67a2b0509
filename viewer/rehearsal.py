"""A rehearsal: some of what is to be written is written to a temporary folder, to learn what all of it takes on this machine now."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING

from geometry.export.piece import Piece, survey
from geometry.export.report import Watch
from viewer.clock import busy
from viewer.jobs import PRINTS, Export, axes_of, words_of

if TYPE_CHECKING:
    from geometry.export import Report as Made

SAMPLE = 120_000
"""Triangles that are written to learn from, about."""
_MANY = 20
_DISK_BYTES = 1 << 24
_USUAL_DISK = 5e8
"""Bytes a second where a disk cannot be tried."""


@dataclass(slots=True)
class Sample:
    """Every so manieth piece of a stream of unknown length, about SAMPLE triangles of it."""

    kept: list[Piece] = field(default_factory=list)
    triangles: int = 0
    step: int = 1
    seen: int = 0

    def add(self, piece: Piece) -> None:
        """One more of the stream."""
        if self.seen % self.step == 0:
            self.kept.append(_thinned(piece))
            self.triangles += _count(self.kept[-1])
        self.seen += 1
        while self.triangles > 2 * SAMPLE and len(self.kept) > 1:
            self.kept, self.step = self.kept[::2], 2 * self.step
            self.triangles = sum(map(_count, self.kept))


def _count(piece: Piece) -> int:
    return piece.parts.triangles + sum(map(len, piece.skin))


def _thinned(piece: Piece) -> Piece:
    """A piece that alone is more than a sample keeps every so manieth part."""
    step = piece.parts.triangles // SAMPLE + 1
    return piece if step == 1 else replace(piece, parts=piece.parts[::step])


@dataclass(frozen=True, slots=True)
class Trial:
    """What writing so much took."""

    triangles: int
    """Given to the writer."""
    written: int
    """Triangles in the file."""
    bytes: int
    processor: float
    """Seconds, of all threads and of processes that were started."""
    once: float
    """Such seconds that only the first writing took: what it loads and makes for good."""


def spent(work: Callable[[], object]) -> float:
    """Processor seconds that something takes."""
    start = busy()
    work()
    return busy() - start


def tried(job: Export, pieces: list[Piece], scale: float | None) -> Trial:
    """Write pieces as the job would; a print `scale` millimetres a metre, where that is known. What surveying takes is left out."""
    with TemporaryDirectory() as folder:
        mine = replace(job, output=str(Path(folder) / Path(job.output).name), force=True, max_triangles=SAMPLE)
        first = spent(lambda: write_once(mine, pieces, scale))
        start = busy()
        made = write_once(mine, pieces, scale)
        took = busy() - start
        surveyed = spent(lambda: survey(iter(pieces), Watch(0), axes_of(job)))
    once = max(0.0, first - took)
    return Trial(sum(map(_count, pieces)), made.triangles, made.bytes, max(took - surveyed, 1e-3), once)


def half(pieces: list[Piece]) -> list[Piece]:
    """Half of what pieces hold: every other one, or every other part where there are few."""
    return pieces[::2] if len(pieces) > _MANY else [replace(piece, parts=piece.parts[::2]) for piece in pieces]


def write_once(job: Export, pieces: list[Piece], scale: float | None) -> Made:
    """One file of the pieces, which come as a stream: the writer keeps them on disk as it will those of the whole."""
    from viewer.models import make_model
    from viewer.prints import write_one

    words, axes = words_of(job), axes_of(job)
    if job.suffix in PRINTS:
        return write_one(job, iter(pieces), job.output, words[0], {}, axes, lambda part, text: None, scale)
    return make_model(job, iter(pieces), axes, words, lambda part, text: None, [])[0]


def disk_speed(folder: Path) -> float:
    """Bytes a second at which files in a folder come to last."""
    data = os.urandom(1 << 20)
    try:
        with TemporaryFile(dir=folder) as file:
            start = time.perf_counter()
            for _ in range(_DISK_BYTES // len(data)):
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
            return _DISK_BYTES / (time.perf_counter() - start)
    except OSError:
        return _USUAL_DISK
