"""The command `check`: what a mesh file is, whether it is sound, and what it prints on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from viewer.command.options import Common, read_thickness
from viewer.command.report import report_of
from viewer.errors import OK, CheckError


def check(
    mesh: Annotated[str, Parameter(help="A GLB, STL, 3MF or PLY file.", show_env_var=False)],
    /,
    *,
    wall: Annotated[
        str,
        Parameter(help="The least wall that prints: what is thinner is frail. 0.4mm is one line of the usual nozzle.", metavar="LENGTH"),
    ] = "0.4mm",
    common: Common | None = None,
) -> int:
    """Check a mesh: closed, sound, how thick, and which printers it fits. Exit code 7 if it is not sound."""
    from geometry.export import check_mesh
    from viewer.command.catalog import columns
    from viewer.files.soundness import faults, refuse_beyond, rows_of, table_of
    from viewer.heap import machine_bytes

    least = read_thickness(wall, "--wall", 0.05, 10.0)
    refuse_beyond(Path(mesh), machine_bytes())
    found = check_mesh(mesh, least)
    report_of(common).data(columns(rows_of(found, least)), table_of(found))
    if not found.ok:
        raise CheckError(f"{mesh}: {faults(found)}; export the place again, or have a mesh program repair it")
    return OK
