"""What an export has to tell: its report, and how it speaks while it works."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from geometry.export.atomic import Cancelled

_OFTEN_S = 0.03
Progress = Callable[[float, str], None]
"""Called with the fraction done, 0 to 1, and a short text."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was written."""

    path: Path
    triangles: int
    """Triangles in the file."""
    bytes: int
    """Size of the file."""
    dropped: int
    """Triangles left out because they, or the solid they belong to, collapse at the file's precision (STL)."""
    scale: float
    """File units a metre: millimetres for STL, scene units for GLB."""
    size: tuple[float, float, float]
    """Metres along x, y, z of what was exported."""
    pieces: int
    """Places written."""
    meshes: int = 1
    """Meshes in the file."""
    thin: int = 0
    """Parts thinner than the printer's minimum wall (prints)."""
    joined: int = 0
    """Solids that a union made one body of; 0 where they stay as they are (prints)."""
    parted: int = 0
    """Bodies that a union made; more than one where some touch no other (prints)."""
    drains: int = 0
    """Holes through which hollows drain (prints)."""
    afloat: int = 0
    """Bodies left out because nothing bears them (prints)."""
    frail: int = 0
    """Bodies left out of a union because they are thinner than a wall (prints)."""


@dataclass(slots=True)
class Watch:
    """Speaks to the caller between chunks of work."""

    total: int
    progress: Progress | None = None
    cancelled: Callable[[], bool] | None = None
    done: int = 0
    asked: float = 0.0
    """When the caller was last told how far it is, seconds."""
    said: str = ""
    """What was last worked at; nothing before the first step."""

    def check(self) -> None:
        """Raises Cancelled when the caller wishes: who is told how far it is may wish so too, and is told now and then."""
        if self.cancelled is not None and self.cancelled():
            raise Cancelled("cancelled; no file was written")
        now = time.monotonic()
        if self.progress is not None and now - self.asked > _OFTEN_S:
            self.asked = now
            self.progress(min(1.0, self.done / self.total) if self.total else 0.0, self.said)

    def step(self, amount: int, text: str) -> None:
        """`amount` more of the total is done."""
        self.done, self.said = self.done + amount, text
        self.check()
        if self.progress is not None:
            self.progress(min(1.0, self.done / self.total) if self.total else 1.0, text)
