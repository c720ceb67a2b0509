"""What an export would make, found out by doing all of it but the writing: parts, triangles, bytes, memory, seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from geometry.city import City
from geometry.export.piece import Piece, Sheet, sheet_of
from geometry.export.printing import laid_out
from geometry.export.weld import slab_of
from viewer.errors import LimitError
from viewer.jobs import DRAWINGS, LARGEST, PRINTS, Export, axes_of, export_bytes, pieces_of, sliced_pieces, taken_from
from viewer.prints import tile_name

_BUFFERS = 10_000_000
"""Bytes that a writer holds, however long the file becomes."""
_RATES = {".stl": 1.6e-6, ".3mf": 9e-6, ".ply": 1.2e-6, ".glb": 1.2e-6}
"""Seconds to bake and write a triangle."""


@dataclass(slots=True)
class _Total:
    places: int = 0
    parts: int = 0
    triangles: int = 0
    bytes: int = 0

    def add(self, piece: Piece, job: Export) -> None:
        """Count a piece."""
        sheet = sheet_of(piece)
        self.places += 1
        self.parts += len(piece.parts)
        self.triangles += sum(sheet.triangles.values()) - (_walls(piece) if job.suffix in PRINTS else 0)
        self.bytes += _bytes(sheet, job)


def _walls(piece: Piece) -> int:
    """Triangles of the walls between plates: neighbours are welded without them."""
    slab = None if piece.cell is None else slab_of(piece)
    return 0 if slab is None else len(piece.skin[1]) - len(piece.skin[0])


def _bytes(sheet: Sheet, job: Export) -> int:
    """Of a place in the file."""
    if job.suffix == ".ply":
        return 27 * sum(sheet.points.values()) + 13 * sum(sheet.triangles.values())
    if job.suffix == ".3mf":
        curved = sum(triangles for _, triangles in sheet.skins.values())
        return round(8.5 * (sum(sheet.triangles.values()) - curved) + 12 * curved)
    if job.suffix != ".glb":
        return 0
    if job.mode != "merged":
        kinds, skins = len(sheet.instances), sheet.skins
        own = sum(24 * points + 12 * triangles + 700 for points, triangles in skins.values())
        each = 40 * sum(sheet.instances.values()) if job.mode == "instanced" else 330 * sum(sheet.instances.values())
        return own + each + (kinds * 530 if job.mode == "instanced" else 0) + 150
    colours = 12 if job.occlusion else 0
    meshes = ((sheet.points[kind], triangles) for kind, triangles in sheet.triangles.items())
    return 150 + sum(
        (24 + colours) * points + (6 if points <= 65_535 else 12) * faces + 640 + 2 * len(sheet.name) for points, faces in meshes
    )


def dry_export(job: Export) -> dict[str, Any]:
    """What an export would hold, without writing it. Raises LimitError, AddressError."""
    start = time.perf_counter()
    city = City(job.state.city)
    outputs, total = [job.output], _Total()
    found: Iterable[Piece] = pieces_of(job, lambda part: None)
    if job.wish is not None and job.suffix in PRINTS:
        layout = laid_out(list(found), job.wish, regions=taken_from(job, city), axes=axes_of(job))
        outputs = [tile_name(job.output, model.tile) for model in layout.models]
        found = (piece for model in layout.models for piece in model.pieces)
    elif job.suffix not in DRAWINGS:
        found = sliced_pieces(job, found, city)
    for piece in found:
        total.add(piece, job)
    if not total.triangles:
        raise LimitError("there is nothing to export here; choose another place or more detail")
    size = total.bytes + 20_000 if total.bytes else export_bytes(job.suffix, total.triangles)
    if job.suffix == ".glb" and size > LARGEST:
        outputs = [f"{job.output} in {-(-size // LARGEST)} files"]
    spent = time.perf_counter() - start
    seconds = spent * 1.05 + total.triangles * _RATES.get(job.suffix, 1e-6) + size / 1.5e9
    row = {"output": ", ".join(outputs), "places": total.places, "parts": total.parts, "triangles": total.triangles, "bytes": size}
    return {**row, "memory_bytes": _peak() + _BUFFERS, "seconds": round(seconds, 1)}


def _peak() -> int:
    """Bytes this process has held at most; what the work takes before writing begins."""
    try:
        import resource
    except ImportError:  # not a POSIX system
        return 300_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
