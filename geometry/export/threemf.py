"""3MF for printing (3D Manufacturing Format, core specification 1.3): millimetres, one manifold mesh, and what it is in the metadata.

Each closed solid has corners of its own, so solids that touch share no edge. Corners go straight to the file; triangles wait on disk.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import IO, cast
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

from geometry.bake import grouped
from geometry.corners import BATCH, Corners, Scratch, corners_of, place_points, stand
from geometry.export.atomic import LimitError, Output, OutputError, atomic
from geometry.export.body import Body
from geometry.export.convex import numbered_solids
from geometry.export.piece import Piece, Store
from geometry.export.printed import USUAL, Print, Tally, measured, printed
from geometry.export.report import Progress, Report, Watch
from geometry.mesh import F32, F64, I32, Mesh
from geometry.solids import prototypes

CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
OURS = "urn:megastructure"
"""Namespace of metadata that the core specification has no name for."""
KNOWN = ("Title", "Designer", "Description", "Copyright", "LicenseTerms", "Rating", "CreationDate", "ModificationDate", "Application")
MODEL = "3D/3dmodel.model"
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>\n'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Target="/{MODEL}" Id="rel0" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>\n'
)
_MOST = 2**31 - 1
_ROWS = 32_768
"""Corners or triangles turned to text at once."""
_LARGE = 60
"""Bytes of text a triangle and its share of corners take at most, about."""


class _File:
    """What `zipfile` needs of a file, over an output."""

    def __init__(self, out: Output) -> None:
        self._out, self._at = out, 0

    def write(self, data: bytes) -> int:
        self._out.write_at(self._at, data)
        self._at += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._out.size)[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return True

    def flush(self) -> None:
        """Nothing waits."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """A prototype whose closed solids share no corner."""

    corners: Corners
    triangles: I32
    """(m, 3)."""


def _shape(mesh: Mesh) -> _Shape:
    solids = numbered_solids(mesh)
    starts = np.cumsum([0, *(len(points) for points, _ in solids[:-1])])
    triangles = np.concatenate([faces + np.int32(start) for (_, faces), start in zip(solids, starts, strict=True)])
    return _Shape(corners_of(np.concatenate([points for points, _ in solids])), triangles)


@lru_cache(maxsize=1)
def _shapes() -> tuple[_Shape, ...]:
    return tuple(_shape(mesh) for mesh in prototypes())


Chunk = tuple[F32, NDArray[np.int64]]
"""Points (n, 3) millimetres and triangles (m, 3), numbered from 0."""


def _part_chunks(body: Body, scale: float, scratch: Scratch) -> Iterator[Chunk]:
    parts, cuts = grouped(body.parts)
    for low in range(0, len(parts), BATCH):
        high = min(low + BATCH, len(parts))
        stance = stand(parts[low:high], body.frame, scale, scratch)
        for start, stop in pairwise([low, *cuts[(cuts > low) & (cuts < high)].tolist(), high]):
            shape = _shapes()[int(parts.prototype[start])]
            points = np.empty((stop - start, 3 * len(shape.corners)), np.float32)
            place_points(shape.corners, stance.of(start - low, stop - low), points, scratch)
            first = np.arange(stop - start, dtype=np.int64)[:, None, None] * len(shape.corners)
            yield points.reshape(-1, 3), (shape.triangles[None] + first).reshape(-1, 3)


def _skin_chunk(body: Body) -> Chunk:
    """All skins of a body with equal corners made one."""
    points = np.concatenate([points for points, _ in body.skins])
    starts = np.cumsum([0, *(len(points) for points, _ in body.skins[:-1])])
    faces = np.concatenate([triangles + np.int64(start) for (_, triangles), start in zip(body.skins, starts, strict=True)])
    _, kept, ids = np.unique(np.ascontiguousarray(points).view("V12")[:, 0], return_index=True, return_inverse=True)
    faces = ids.ravel()[faces]
    a, b, c = faces.T
    return points[kept], faces[(a != b) & (b != c) & (a != c)]


@dataclass(slots=True)
class _Counts:
    triangles: int = 0
    points: int = 0
    tally: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class _Mesh:
    """The text of the mesh: corners as they come, triangles after them."""

    text: IO[bytes]
    spool: IO[bytes]
    counts: _Counts = field(default_factory=_Counts)

    def add(self, chunk: Chunk) -> None:
        points, triangles = chunk
        if self.counts.points + len(points) > _MOST:
            raise LimitError("the model has more corners than a 3MF can number: export fewer places or less detail")
        for start in range(0, len(points), _ROWS):
            some = points[start : start + _ROWS]
            self.text.write(('<vertex x="%.4f" y="%.4f" z="%.4f"/>\n' * len(some) % tuple(some.ravel().tolist())).encode())
        self.spool.write((triangles + self.counts.points).astype(np.uint32).tobytes())
        self.counts.points += len(points)
        self.counts.triangles += len(triangles)

    def end(self, heard: Callable[[], None]) -> None:
        self.spool.seek(0)
        while data := self.spool.read(12 * _ROWS):
            heard()
            rows = np.frombuffer(data, np.uint32)
            self.text.write(('<triangle v1="%d" v2="%d" v3="%d"/>\n' * (len(rows) // 3) % tuple(rows.tolist())).encode())


def _metadata(notes: Mapping[str, str]) -> str:
    rows = []
    for name, text in notes.items():
        shown = "".join(c if c.isprintable() else " " for c in text)
        rows.append(f"<metadata name={quoteattr(name if name in KNOWN else f'city:{name}')}>{escape(shown)}</metadata>\n")
    return "".join(rows)


def _write(out: Output, some: Iterable[Body], scale: float, large: bool, notes: Mapping[str, str], watch: Watch) -> _Counts:
    scratch = Scratch()
    with zipfile.ZipFile(cast(IO[bytes], _File(out)), "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in (("[Content_Types].xml", _TYPES), ("_rels/.rels", _RELATIONS)):
            archive.writestr(_entry(name), text)
        with archive.open(_entry(MODEL), "w", force_zip64=large) as model, _spool(out) as spool:
            head = (
                f'<?xml version="1.0" encoding="UTF-8"?>\n<model unit="millimeter" xml:lang="en-US" xmlns="{CORE}" xmlns:city="{OURS}">\n'
            )
            model.write(f'{head}{_metadata(notes)}<resources>\n<object id="1" type="model">\n<mesh>\n<vertices>\n'.encode())
            mesh = _Mesh(model, spool)
            for body in some:
                mesh.counts.tally.add(body)
                for chunk in _part_chunks(body, scale, scratch):
                    mesh.add(chunk)
                    watch.step(len(chunk[1]), body.name)
                if body.skins:
                    mesh.add(_skin_chunk(body))
                    watch.step(sum(len(faces) for _, faces in body.skins), body.name)
            model.write(b"</vertices>\n<triangles>\n")
            mesh.end(watch.check)
            model.write(b'</triangles>\n</mesh>\n</object>\n</resources>\n<build>\n<item objectid="1"/>\n</build>\n</model>\n')
    return mesh.counts


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without a date: the same model makes the same bytes."""
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _spool(out: Output) -> IO[bytes]:
    try:
        return tempfile.TemporaryFile(dir=out.folder)
    except OSError as error:
        raise OutputError(f"cannot keep the triangles to export in '{out.folder}': {error.strerror}; free some space") from error


def write_3mf(
    pieces: Iterable[Piece],
    path: str | os.PathLike[str],
    how: Print = USUAL,
    *,
    title: str = "",
    notes: Mapping[str, str] | None = None,
    axes: F64 | None = None,
    force: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Write one 3MF in millimetres, as `write_stl` does; `notes` go to its metadata (Description, link, address …).

    Raises OutputError, LimitError or Cancelled; then no file is left.
    """
    watch = Watch(0, progress, cancelled)
    with atomic(path, force=force) as out:
        store = Store(pieces, str(out.folder))
        try:
            found, scale = measured(store.first(), how, axes, watch)
            watch.total = found.triangles
            some = printed(store, found, how, scale, out.folder, watch)
            said = {"Title": title, "Application": "Megastructure", **(notes or {})}
            counts = _write(out, some, scale, found.triangles * _LARGE > 2**31, said, watch)
            watch.step(watch.total - watch.done, "plates")
        except OSError as error:  # of the spool: the output's own are told apart already
            raise OutputError(f"cannot write '{path}': {(error.strerror or str(error)).lower()}; free some space") from error
        finally:
            store.close()
    return counts.tally.report(Path(path), counts.triangles, out.size, 0, scale, found)
