"""The command `check`: what a mesh file is, whether it is sound, and what it prints on."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from viewer.command.options import Common
from viewer.command.report import report_of
from viewer.errors import OK, CheckError

if TYPE_CHECKING:
    from geometry.export import Check


def check(
    mesh: Annotated[str, Parameter(help="A GLB, STL, 3MF or PLY file.", show_env_var=False)], /, *, common: Common | None = None
) -> int:
    """Check a mesh: closed, sound, how thick, and which printers it fits. Exit code 7 if it is not sound."""
    from geometry.export import check_mesh
    from viewer.command.catalog import columns

    found = check_mesh(mesh)
    row: dict[str, Any] = asdict(found) | {"path": str(found.path), "ok": found.ok}
    if found.printed:
        row |= {"fits": _beds(found)}
    report_of(common).data(columns(_said(found)), row)
    if not found.ok:
        raise CheckError(f"{mesh}: {_faults(found)}; export the place again, or have a mesh program repair it")
    return OK


def _beds(found: Check) -> list[str]:
    from geometry.export.printing import BEDS, fits

    return [name for name, bed in BEDS.items() if fits(found.size, bed)]


def _said(found: Check) -> list[tuple[str, ...]]:
    """The report in plain words: (what, how much, what that means)."""
    x, y, z = found.size
    units = {"stl": "millimetres, if it is ours", "3mf": "millimetres", "ply": "metres, if it is ours"}
    unit = units.get(found.kind, "units of the scene; ours say in asset.extras how many metres that is")
    printing = "slicers stumble over them" if found.printed else "seen on no screen; a printer would stumble over them"
    rows: list[tuple[str, ...]] = [
        ("file", f"{found.kind.upper()}", str(found.path)),
        ("triangles", f"{found.triangles:,}", ""),
        ("size", f"{x:.6g} x {y:.6g} x {z:.6g}", unit),
        ("open edges", f"{found.open_edges:,}", "edges of one face only: holes; a closed mesh has none"),
        ("crowded edges", f"{found.crowded:,}", "edges where closed solids touch, so that more than two faces meet: harmless"),
        ("tangled edges", f"{found.tangled:,}", f"crowded edges whose faces cannot be told apart in pairs: {printing}"),
        ("empty triangles", f"{found.degenerate:,}", f"triangles without area: {printing}"),
    ]
    if found.solids is not None:
        rows += [
            ("bodies", f"{found.solids.shells:,}", "that share no corner; where they overlap, slicers join them"),
            ("inside out", f"{found.solids.inside_out:,}", "bodies whose faces look inward"),
            ("volume", f"{found.solids.volume / 1000:,.4g}", "cubic centimetres, what overlaps counted twice"),
            ("thinnest body", f"{found.solids.thinnest:.3g}", "millimetres"),
            ("frail bodies", f"{found.solids.frail:,}", "thinner than 0.3 mm: a 0.4 mm nozzle loses them; export --thin thicken or drop"),
            ("fits", f"{len(_beds(found))}", ", ".join(_beds(found)) or "no common printer; divide it with export --bed"),
        ]
    return [*rows, ("verdict", "sound" if found.ok else "not sound", "" if found.ok else _faults(found))]


def _faults(found: Check) -> str:
    """What is wrong, in words."""
    counts = [(found.open_edges, "open edges"), (found.tangled, "tangled edges"), (found.degenerate, "triangles without area")]
    counts += [] if found.solids is None else [(found.solids.inside_out, "bodies inside out")]
    return "it has " + " and ".join(f"{count:,} {name}" for count, name in counts if count)
