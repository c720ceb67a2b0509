"""A rehearsal: some of what is to be written is written to a temporary folder, to learn what all of it takes on this machine now."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING

import numpy as np

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
    checked: float = 0.0
    """Such seconds that reading a print back took, without …"""
    looked: float = 0.0
    """… looking through it for islands."""
    lines: float = 0.0
    """How often it is looked through, about (geometry.export.islands.lines)."""
    area: float = 0.0
    """Square millimetres of a print."""
    size: float = 0.0
    """Its longest side, millimetres."""


def spent(work: Callable[[], object]) -> float:
    """Processor seconds that something takes."""
    start = busy()
    work()
    return busy() - start


def tried(job: Export, pieces: list[Piece], scale: float | None, timed: bool) -> Trial:
    """Write pieces as the job would; a print `scale` millimetres a metre, where that is known. What surveying takes is left out. Where it
    is `timed`, a print is read back, too."""
    with TemporaryDirectory() as folder:
        wish = None if job.wish is None else replace(job.wish, base_mm=0.0)  # of a share much would hang in the air
        mine = replace(job, wish=wish, output=str(Path(folder) / Path(job.output).name), force=True, max_triangles=SAMPLE)
        first = spent(lambda: write_once(mine, pieces, scale))
        start = busy()
        made = write_once(mine, pieces, scale)
        took = busy() - start
        surveyed = spent(lambda: survey(iter(pieces), Watch(0), axes_of(job)))
        once = max(0.0, first - took)
        trial = Trial(sum(map(_count, pieces)), made.triangles, made.bytes, max(took - surveyed, 1e-3), once)
        return _read_back(trial, made.path, timed) if job.suffix in PRINTS else trial


def _read_back(trial: Trial, path: Path, timed: bool) -> Trial:
    """With what is seen of the print, and what its manifold report takes."""
    from geometry.export.check import check_mesh, triangles_of
    from geometry.export.islands import area_of, lines, pieces_of

    some = triangles_of(path)
    area, size = area_of(some), float(np.ptp(some.reshape(-1, 3), axis=0).max())
    trial = replace(trial, lines=lines(size, area), area=area, size=size)
    if not timed:
        return trial
    whole = min(spent(lambda: check_mesh(path)) for _ in range(2))  # the first loads what it works with
    looked = min(spent(lambda: pieces_of(some, np.zeros(len(some), np.int64), 1)) for _ in range(2))
    return replace(trial, checked=max(whole - looked, 1e-3), looked=looked)


def line(x: float, y: float, further: float, there: float, at: float) -> float:
    """The value at a point of the line through two others; in proportion where they are near each other."""
    if further <= 1.3 * x or at <= further:
        return there * at / max(further, 1.0)
    return max(there, y + (there - y) / (further - x) * (at - x))


def reading_back(few: Trial, many: Trial, triangles: int) -> float:
    """Processor seconds of the manifold report of a print of so many triangles, of which `few` and `many` were tried."""
    from geometry.export.islands import lines
    from viewer.soundness import LARGEST

    if triangles > LARGEST:
        return 0.0
    area = line(few.written, few.area, many.written, many.area, triangles)
    return many.checked * triangles / max(many.written, 1) + many.looked * lines(many.size, area) / max(many.lines, 1.0)


def held_reading_back(triangles: int) -> int:
    """Bytes of memory that this process holds while a print of so many triangles is read back, about; 0 where it is not."""
    from viewer.soundness import LARGEST, MEMORY

    if triangles > LARGEST:
        return 0
    try:
        now = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # not Linux
        now = 100_000_000
    return now + MEMORY[0] + MEMORY[1] * triangles


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
