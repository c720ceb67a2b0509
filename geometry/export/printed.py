"""What every print is made by: how large, which way up, how thick, of one body or many; and the solids that come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from geometry.export.atomic import LimitError
from geometry.export.body import HAIR, Body, bodies
from geometry.export.piece import Piece, Store, Survey, survey
from geometry.export.report import Report, Watch
from geometry.export.standing import MOST, standing
from geometry.export.thickness import MINIMUM_WALL
from geometry.export.union import Joining, united
from geometry.export.walls import Thin
from geometry.mesh import F64


@dataclass(frozen=True, slots=True)
class Print:
    """How a print is written, whatever its format."""

    longest_mm: float = 200.0
    """Longest side, millimetres, where no `scale` is given."""
    scale: float | None = None
    """Millimetres a metre."""
    thin: Thin = "keep"
    """What becomes of parts under `wall_mm`: kept, thickened to it, or dropped; the report counts them."""
    wall_mm: float = MINIMUM_WALL
    union: bool = False
    """One watertight body instead of solids that overlap; needs manifold3d."""
    hollow_mm: float = 0.0
    """Thickness of the walls about what is hollowed out and drained; 0 leaves solids solid. Means `union`."""
    standing: bool = False
    """What does not hang together with what stands on the bed is left out."""
    whole: Survey | None = None
    """All that is written, where this is one of several files: its least corner is the origin of each."""


def measured(pieces: Iterable[Piece], how: Print, axes: F64 | None, watch: Watch) -> tuple[Survey, float]:
    """(all pieces measured, with room for the hairs by which solids grow; millimetres a metre). Raises LimitError."""
    if not (np.isfinite(how.longest_mm) and how.longest_mm > 0):
        raise LimitError(f"the longest side must be more than 0 mm, not {how.longest_mm}")
    found = survey(iter(pieces), watch, axes)
    if how.whole is not None:
        found = replace(found, low=how.whole.low, high=how.whole.high)
    margin = 8 * HAIR * found.longest
    found = replace(found, low=found.low - margin, high=found.high + margin)
    return found, how.longest_mm / found.longest if how.scale is None else how.scale


USUAL = Print()
_UNION_SHARE = 9
"""How many times as long a union takes as the writing, about."""


def printed(store: Store, found: Survey, how: Print, scale: float, folder: Path, watch: Watch) -> Iterator[Body]:
    """The solids of a print in the file's axes, `scale` millimetres a metre. What waits on disk waits in `folder`.

    Raises ImportError where a union is asked for without manifold3d; OutputError, LimitError, Cancelled."""

    def some() -> Iterator[Body]:
        return bodies(store, found, scale, how.thin, how.wall_mm, watch.check)

    if how.union or how.hollow_mm:
        total, least = watch.total, 0.0 if how.thin == "keep" else how.wall_mm
        watch.total += _UNION_SHARE * total
        joining = Joining(found.longest * scale, how.hollow_mm, how.standing, least)
        yield united(some(), scale, joining, folder, watch, _UNION_SHARE * total)
    elif how.standing and found.triangles <= MOST:
        yield from standing(some, scale, watch.check)
    else:
        yield from some()


@dataclass(slots=True)
class Tally:
    """What the bodies of a print say of themselves, added up."""

    crumpled: int = 0
    slim: int = 0
    joined: int = 0
    parted: int = 0
    drains: int = 0
    afloat: int = 0
    frail: int = 0

    def add(self, body: Body) -> None:
        """One more."""
        self.crumpled += body.crumpled
        self.slim += body.slim
        self.joined += body.joined
        self.parted += body.parted
        self.drains += body.drains
        self.afloat += body.afloat
        self.frail += body.frail

    def report(self, path: Path, triangles: int, size: int, dropped: int, scale: float, found: Survey) -> Report:
        """Of a file."""
        lost, pieces = self.crumpled + dropped, len(found.sheets)
        union = {"joined": self.joined, "parted": self.parted, "drains": self.drains, "afloat": self.afloat, "frail": self.frail}
        return Report(path, triangles, size, lost, scale, found.size, pieces, thin=self.slim, **union)
