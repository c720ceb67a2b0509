"""The manifold report in words: what a mesh file is, whether it is sound, how thick, and which printers it fits. Said by `check`, and
of a print as soon as it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geometry.export import check_mesh
from geometry.export.printing import beds_for
from geometry.export.thickness import MINIMUM_WALL
from viewer.errors import LimitError

if TYPE_CHECKING:
    from geometry.export import Check

Row = tuple[str, str, str]
"""What, how much, and what that means."""
LARGEST = 4_000_000
"""Triangles of a print up to which it is read back and reported on as soon as it is written."""
_CHECKED = {".stl": 7.2, ".ply": 7.7, ".glb": 4.4, ".3mf": 30.0}
"""Bytes of memory that looking through a file takes for each byte of it, about."""


def refuse_beyond(path: Path, most: int) -> None:
    """Raise LimitError for a file that cannot be looked through in so many bytes of memory (0: as many as it likes)."""
    size = path.stat().st_size if path.is_file() else 0
    needed = _CHECKED.get(path.suffix.lower(), 0.0) * size
    if most and needed > most:
        raise LimitError(
            f"'{path}': to look through {size / 1e9:.1f} GB takes about {needed / 1e9:.0f} GB of memory and this machine has "
            f"{most / 1e9:.0f}; export a smaller place or with a lower --max-triangles, or check it on a larger machine"
        )


def rows_of(found: Check, wall: float = MINIMUM_WALL) -> list[Row]:
    """The report. `wall`: the least that prints, millimetres."""
    x, y, z = found.size
    units = {"stl": "millimetres, if it is ours", "3mf": "millimetres", "ply": "metres, if it is ours"}
    unit = units.get(found.kind, "units of the scene; ours say in asset.extras how many metres that is")
    printing = "slicers stumble over them" if found.printed else "seen on no screen; a printer would stumble over them"
    return [
        ("file", f"{found.kind.upper()}", str(found.path)),
        ("triangles", f"{found.triangles:,}", ""),
        ("size", f"{x:.6g} x {y:.6g} x {z:.6g}", unit),
        ("open edges", f"{found.open_edges:,}", "edges of one face only: holes; a closed mesh has none"),
        ("crowded edges", f"{found.crowded:,}", "edges where closed solids touch, so that more than two faces meet: harmless"),
        ("tangled edges", f"{found.tangled:,}", f"crowded edges whose faces cannot be told apart in pairs: {printing}"),
        ("empty triangles", f"{found.degenerate:,}", f"triangles without area: {printing}"),
        *_rows_of_bodies(found, wall),
        _verdict(found),
    ]


def _verdict(found: Check) -> Row:
    if found.view and found.open_edges:
        end = "what a view shows: open where its picture ends. To look at, not to print; for a print export --seen to a .stl or .3mf"
        return "verdict", "a scene", end
    return "verdict", "sound" if found.ok else "not sound", "" if found.ok else faults(found)


def _rows_of_bodies(found: Check, wall: float) -> list[Row]:
    some = found.solids
    if some is None:
        return []
    beds = beds_for(found.size)
    return [
        ("bodies", f"{some.shells:,}", "that share no corner; where they overlap, slicers join them"),
        ("islands", f"{some.islands:,}", "pieces that hang together, bodies that overlap being one"),
        ("afloat", f"{some.afloat:,}", "islands that do not reach down to the bed: they need supports, or export --base --union"),
        ("inside out", f"{some.inside_out:,}", "bodies whose faces look inward"),
        ("volume", f"{some.volume / 1000:,.4g}", "cubic centimetres, what overlaps counted twice"),
        ("thinnest body", f"{some.thinnest:.3g}", "millimetres"),
        ("frail bodies", f"{some.frail:,}", f"thinner than {wall:g} mm: a nozzle as wide loses them; export --thin thicken or drop"),
        ("fits", f"{len(beds)}", ", ".join(beds) or "no common printer; divide it with export --bed"),
    ]


def faults(found: Check) -> str:
    """What is wrong, in words."""
    counts = [(found.open_edges, "open edges"), (found.tangled, "tangled edges"), (found.degenerate, "triangles without area")]
    counts += [] if found.solids is None else [(found.solids.inside_out, "bodies inside out")]
    return "it has " + " and ".join(f"{count:,} {name}" for count, name in counts if count)


def table_of(found: Check) -> dict[str, Any]:
    """The report as numbers: what `check FILE --json` answers, and what is said of a print in the answer of `export --json`."""
    row: dict[str, Any] = asdict(found) | {"path": str(found.path), "ok": found.ok}
    return row | {"fits": beds_for(found.size)} if found.printed else row


def checked(paths: Sequence[Path], triangles: int, wall: float) -> list[Check]:
    """Prints just written, read back; none where they are too large for that. Raises MeshError."""
    return [check_mesh(path, wall) for path in paths] if triangles <= LARGEST else []


def said_of_files(found: Sequence[Check], size: tuple[float, float, float], wall: float) -> list[str]:
    """What `check` would say of prints just written, the same numbers: which printers they fit, and a line a file. Where they are too large
    to be read back, `size` says what they fit, millimetres."""
    if not found:
        return [_fits(size), f"more than {LARGEST:,} triangles: 'check FILE' tells whether it is sound"]
    x, y, z = (max(one.size[axis] for one in found) for axis in range(3))
    return [_fits((x, y, z)), *(_in_a_line(one, wall, len(found) > 1) for one in found)]


def _fits(size: tuple[float, float, float]) -> str:
    return "fits " + (", ".join(beds_for(size)) or "no common printer")


def _in_a_line(found: Check, wall: float, named: bool) -> str:
    told = {name: much for name, much, _ in rows_of(found, wall)}
    words = [
        f"{told[name]} {name}" for name in ("open edges", "tangled edges", "bodies", "islands", "afloat", "frail bodies") if name in told
    ]
    words += [f"thinnest body {told['thinnest body']} mm", f"volume {told['volume']} cm³"]
    return f"{f'{found.path.name}: ' if named else ''}{told['verdict']}: {', '.join(words)}"
