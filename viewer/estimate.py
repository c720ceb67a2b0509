"""What an export would make, found out by doing all of it but the writing: parts, triangles, bytes, memory, seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from geometry.city import City
from geometry.export.glb import Look, glb_bytes
from geometry.export.occlusion import occlusion_bytes
from geometry.export.piece import Piece, Survey, survey
from geometry.export.printed import Print
from geometry.export.printing import laid_out
from geometry.export.report import Watch
from geometry.export.sheet import sheet_of
from geometry.export.threemf import write_3mf
from geometry.export.weld import slab_of
from viewer.fitting import fitted
from viewer.jobs import DRAWINGS, LARGEST, PRINTS, Export, axes_of, export_bytes, pieces_of, sliced_pieces, taken_from, words_of
from viewer.models import extras_of
from viewer.prints import tile_name

_BUFFERS = {".stl": 10_000_000, ".ply": 10_000_000, ".glb": 10_000_000}
"""Bytes that a writer holds, however long the file becomes, and that an estimate does not."""
_SAMPLE = 60_000
"""Triangles of which a 3MF is written to learn how far its text is packed."""
_RATES = {".stl": 1.6e-6, ".3mf": 9e-6, ".ply": 1.2e-6, ".glb": 1.2e-6}
"""Seconds to bake and write a triangle."""


@dataclass(slots=True)
class _Total:
    places: int = 0
    parts: int = 0
    triangles: int = 0
    sample: list[Piece] = field(default_factory=list)
    """A share of everything, spread over all of it."""

    def add(self, piece: Piece, job: Export) -> None:
        """Count a piece."""
        sheet = sheet_of(piece)
        self.places += 1
        self.parts += len(piece.parts)
        self.triangles += sum(sheet.triangles.values()) - (_walls(piece) if job.suffix in PRINTS else 0)
        self._keep(piece, job)

    def _keep(self, piece: Piece, job: Export) -> None:
        if job.mode == "nodes":
            self.sample.append(piece)
        elif job.suffix == ".3mf":
            step = max(1, job.max_triangles // _SAMPLE)
            whole = self.places % step == 0
            self.sample.append(
                replace(piece, parts=piece.parts[::step], skin=piece.skin if whole else (), cell=piece.cell if whole else None)
            )


def _walls(piece: Piece) -> int:
    """Triangles of the walls between plates: neighbours are welded without them."""
    slab = None if piece.cell is None else slab_of(piece)
    return 0 if slab is None else len(piece.skin[1]) - len(piece.skin[0])


def _bytes(job: Export, found: Survey, total: _Total, scale: float | None) -> int:
    """Of the file or files. A GLB is laid out as for writing; of a 3MF a share is written."""
    if job.suffix == ".ply":
        return 27 * found.points + 13 * found.triangles + 500
    if job.suffix == ".glb":
        words = words_of(job)
        look = Look(job.mode, job.light, job.occlusion and job.mode == "merged", None, None)
        return glb_bytes(found, total.sample, words[0], extras_of(job, words), look)
    if job.suffix == ".3mf":
        how = Print(scale=job.size_mm / found.longest if scale is None else scale, thin="keep" if scale else job.thin)
        with TemporaryDirectory() as folder:
            made = write_3mf(total.sample, Path(folder) / "a.3mf", how, axes=axes_of(job))
        return round(made.bytes * total.triangles / max(1, made.triangles))
    return export_bytes(job.suffix, total.triangles)


def _counted(pieces: Iterable[Piece], total: _Total, job: Export) -> Iterator[Piece]:
    for piece in pieces:
        total.add(piece, job)
        yield piece


def dry_export(job: Export) -> dict[str, Any]:
    """What an export would hold, without writing it. Raises LimitError, AddressError."""
    start = time.perf_counter()
    city = City(job.state.city)
    job = fitted(job, city, lambda part: None)
    outputs, total, scale = [job.output], _Total(), None
    found: Iterable[Piece] = pieces_of(job, lambda part: None)
    if job.wish is not None and job.suffix in PRINTS:
        layout = laid_out(list(found), job.wish, regions=taken_from(job, city), axes=axes_of(job))
        outputs = [tile_name(job.output, model.tile) for model in layout.models]
        scale = layout.scale
        found = (piece for model in layout.models for piece in model.pieces)
    elif job.suffix not in DRAWINGS:
        found = sliced_pieces(job, found, city)
    measured = survey(_counted(found, total, job), Watch(0), axes_of(job))
    size = _bytes(job, measured, total, scale)
    if job.suffix == ".glb" and size > LARGEST:
        outputs = [f"{job.output} in {-(-size // LARGEST)} files"]
    spent = time.perf_counter() - start
    seconds = spent * 1.05 + total.triangles * _RATES.get(job.suffix, 1e-6) + size / 1.5e9
    row = {"output": ", ".join(outputs), "places": total.places, "parts": total.parts, "triangles": total.triangles, "bytes": size}
    more = occlusion_bytes(measured) if job.occlusion else 0
    return {
        **row,
        "memory_bytes": _peak() + more + (0 if job.mode != "merged" else _BUFFERS.get(job.suffix, 0)),
        "seconds": round(seconds, 1),
    }


def _peak() -> int:
    """Bytes this process has held at most; what the work takes before writing begins."""
    try:
        import resource
    except ImportError:  # not a POSIX system
        return 300_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
