"""Export: places to files that other programs open. Streamed, whole or absent, the same bytes every time."""

from geometry.export.atomic import Cancelled, LimitError, OutputError
from geometry.export.check import Check, check_mesh
from geometry.export.glb import write_glb
from geometry.export.piece import Piece, piece_of
from geometry.export.ply import write_ply
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
    "Report",
    "check_mesh",
    "piece_of",
    "write_3mf",
    "write_glb",
    "write_ply",
    "write_stl",
]
