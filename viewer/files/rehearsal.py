"""A rehearsal: some of what is to be written is written to a temporary folder, to learn what all of it takes on this machine now."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING

import numpy as np

from geometry.export.piece import Piece, survey
from geometry.export.report import Watch
from viewer.clock import busy, spent
from viewer.files.jobs import PRINTS, Export, axes_of, words_of

if TYPE_CHECKING:
    from geometry.export import Report as Made

SAMPLE = 400_000
"""Triangles that are written to learn from, about."""
FEWER = 8
"""How many times smaller the second share is: far from the first, so that what else the machine does bends the line through both little."""
_MANY = 20
_LARGE = 2000
"""Parts of a piece from which it is thinned instead of left out: a few such may be half of a file."""
_COARSEST = 1 << 20
_AGAIN = 2
"""How often a writing is timed: the least is nearest to what it takes."""
_DISK_BYTES = 1 << 24
_USUAL_DISK = 5e8
"""Bytes a second where a disk cannot be tried."""


@dataclass(slots=True)
class Sample:
    """A share of a stream of unknown length, about SAMPLE triangles: every so manieth small piece, of large ones every so manieth part."""

    small: list[Piece] = field(default_factory=list)
    large: list[Piece] = field(default_factory=list)
    largest: list[Piece] = field(default_factory=list)
    """The largest of all, alone: writing it takes the most memory."""
    triangles: int = 0
    step: int = 1
    first: int = 0
    """Number of the first small piece that is kept: not always 0, for places come largest first."""
    seen: int = 0
    solids: set[int] = field(default_factory=set)
    """Kinds of parts that were met: solids of a material."""
    rare: list[Piece] = field(default_factory=list)
    """A part of each of them."""

    def add_kinds(self, piece: Piece) -> None:
        """Keep a part of each kind that no piece before had: a USD holds each once, however many parts there are of it."""
        kinds, at = np.unique(piece.parts.material.astype(np.int64) << 8 | piece.parts.prototype, return_index=True)
        new = [where for kind, where in zip(kinds.tolist(), at.tolist(), strict=True) if kind not in self.solids]
        if new:
            self.solids |= set(kinds.tolist())
            self.rare.append(replace(piece, parts=piece.parts[np.array(new)], skin=()))

    def add(self, piece: Piece) -> None:
        """One more of the stream."""
        if not self.largest or _count(piece) > _count(self.largest[0]):
            self.largest = [_thinned(piece, piece.parts.triangles // (4 * SAMPLE) + 1)]
        if len(piece.parts) > _LARGE:
            self.large.append(_thinned(piece, self.step))
            self.triangles += _count(self.large[-1])
        else:
            if self.seen % self.step == self.first:
                self.small.append(piece)
                self.triangles += _count(piece)
            self.seen += 1
        while self.triangles > 2 * SAMPLE and self.step < _COARSEST:
            self._halve()

    def _halve(self) -> None:
        late = self.first < self.step // 2 or self.step == 1  # now the first of two, now the second: about the middle in the end
        self.small, self.first = self.small[late::2], self.first + late * self.step
        self.large = [_thinned(piece, 2) for piece in self.large]
        self.step *= 2
        self.triangles = sum(map(_count, (*self.small, *self.large)))

    def share(self, step: int) -> list[Piece]:
        """What is kept, or a share of it: of few small pieces every so manieth part, too."""
        many = len(self.small) > _MANY
        small = self.small[step // 2 :: step] if many else [_thinned(piece, step) for piece in self.small]
        return [*(_thinned(piece, step) for piece in self.large), *small, *self.rare]


def _count(piece: Piece) -> int:
    return piece.parts.triangles + sum(map(len, piece.skin))


def _thinned(piece: Piece, step: int) -> Piece:
    """A piece with every so manieth part."""
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
    peak: int
    """Bytes of memory that this process had held at most after the first writing. What more is rehearsed holds more than an export does."""


def tried(job: Export, pieces: list[Piece], scale: float | None, first: list[Piece] | None = None) -> Trial:
    """Write pieces as the job would; a print `scale` millimetres a metre, where that is known. What surveying takes is left out.

    `first` is written beside them the first time."""
    with TemporaryDirectory() as folder:
        wish = None if job.wish is None else replace(job.wish, base_mm=0.0)  # of a share much would hang in the air
        mine = replace(job, wish=wish, output=str(Path(folder) / Path(job.output).name), force=True, max_triangles=SAMPLE)
        cold = spent(lambda: write_once(mine, [*(first or ()), *pieces], scale))
        most = peak()
        took, made = min((_timed(mine, pieces, scale) for _ in range(_AGAIN)), key=lambda one: one[0])
        surveyed = min(spent(lambda: survey(iter(pieces), Watch(0), axes_of(job))) for _ in range(_AGAIN))
        count = max(sum(map(_count, pieces)), 1)
        once = max(0.0, cold - took * (1.0 + sum(map(_count, first or ())) / count))
        return Trial(count, made.triangles, made.bytes, max(took - surveyed, 1e-3), once, most)


def _timed(job: Export, pieces: list[Piece], scale: float | None) -> tuple[float, Made]:
    start = busy()
    made = write_once(job, pieces, scale)
    return busy() - start, made


def line(x: float, y: float, further: float, there: float, at: float) -> float:
    """The value at a point of the line through two others; in proportion where they are near each other."""
    if further <= 1.3 * x or at <= further:
        return there * at / max(further, 1.0)
    return max(there, y + (there - y) / (further - x) * (at - x))


def write_once(job: Export, pieces: list[Piece], scale: float | None) -> Made:
    """One file of the pieces, which come as a stream: the writer keeps them on disk as it will those of the whole."""
    from viewer.files.models import make_model
    from viewer.files.prints import write_one

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


def peak(children: bool = False) -> int:
    """Bytes this process has held at most, and with it the largest of those it started."""
    try:
        import resource
    except ImportError:  # not a POSIX system
        return 300_000_000
    unit = 1 if sys.platform == "darwin" else 1024
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit if children else 0
    return most + (_own_peak() or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


def _own_peak() -> int:
    """The same of this process, as Linux tells it; 0 elsewhere. Its count of resources begins with what the process that started this one
    held (getrusage(2): preserved across execve)."""
    try:
        told = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(row.split()[1]) * 1024 for row in told.splitlines() if row.startswith("VmHWM")), 0)
