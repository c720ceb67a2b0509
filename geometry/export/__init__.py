"""Export: places to files that other programs open. Streamed, whole or absent, the same bytes every time."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geometry.export.atomic import Cancelled, LimitError, OutputError
    from geometry.export.check import Check, check_mesh
    from geometry.export.glb import write_glb
    from geometry.export.piece import Piece, piece_of
    from geometry.export.ply import write_ply
    from geometry.export.printed import Print
    from geometry.export.read import MeshError
    from geometry.export.report import Report
    from geometry.export.stl import write_stl
    from geometry.export.threemf import write_3mf

__all__ = [
    "Cancelled",
    "Check",
    "LimitError",
    "MeshError",
    "OutputError",
    "Piece",
    "Print",
    "Report",
    "check_mesh",
    "piece_of",
    "write_3mf",
    "write_glb",
    "write_ply",
    "write_stl",
]

_HOMES = {
    "atomic": ("Cancelled", "LimitError", "OutputError"),
    "check": ("Check", "check_mesh"),
    "glb": ("write_glb",),
    "piece": ("Piece", "piece_of"),
    "ply": ("write_ply",),
    "printed": ("Print",),
    "read": ("MeshError",),
    "report": ("Report",),
    "stl": ("write_stl",),
    "threemf": ("write_3mf",),
}


def __getattr__(name: str) -> Any:
    """A name above, from the module it lives in: a window that opens knows of `Cancelled` and loads no format."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
