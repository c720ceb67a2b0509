"""Prints: places laid out for a printer, a file a tile, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from geometry.export import Cancelled, Print, write_stl
from geometry.export import Report as Made
from geometry.export.behind import attended
from geometry.export.printing import PIN_MM, Layout, laid_out
from geometry.export.slice import Region
from geometry.export.thickness import MINIMUM_WALL
from geometry.export.threemf import write_3mf
from viewer.files.dividing import written
from viewer.files.soundness import checked, said_of_files
from viewer.measure import digits
from viewer.outputs import check_outputs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from geometry.export import Check, Piece
    from geometry.export.piece import Survey
    from viewer.files.jobs import Export

Told = Callable[[float, str], None]


def tile_name(output: str, tile: str) -> str:
    """The name of a tile's file: model-a1.stl."""
    path = Path(output)
    return str(path.with_name(f"{path.stem}-{tile}{path.suffix}")) if tile else output


def make_print(
    job: Export,
    pieces: Iterable[Piece],
    regions: Sequence[Region],
    axes: NDArray[np.float64] | None,
    notes: dict[str, str],
    told: Told,
) -> tuple[list[Made], Layout]:
    """Write a print, a file a tile. Raises OutputError, LimitError, Cancelled; of several tiles those that were done stay."""
    assert job.wish is not None
    held = list(pieces)
    layout = laid_out(held, job.wish, regions=regions, axes=axes, heard=lambda: told(0.0, ""))
    paths = [tile_name(job.output, model.tile) for model in layout.models]
    if len(paths) > 1:
        check_outputs(paths, (job.suffix,), job.force)
    made = []
    for number, (model, path) in enumerate(zip(layout.models, paths, strict=True)):

        def share(part: float, text: str, number: int = number) -> None:
            told((number + part) / len(paths), text)

        title = f"{notes['Title']}, tile {model.tile}" if model.tile else notes["Title"]
        made.append(write_one(job, model.pieces, path, title, notes, axes, share, layout.scale))
    return made, layout


def write_places(
    job: Export,
    pieces: Iterable[Piece],
    title: str,
    notes: dict[str, str],
    axes: NDArray[np.float64] | None,
    told: Told,
    said: list[str],
) -> list[Made]:
    """A print of places as they are; an STL that would be too large in several files, by place."""

    def write(some: Iterable[Piece], path: str, whole: Survey | None, heard: Told) -> Made:
        scale = None if whole is None else job.size_mm / whole.longest
        return write_one(job, some, path, title, notes, axes, heard, scale, whole)

    return list(written(job, pieces, axes, lambda sheet: 50 * sum(sheet.triangles.values()), write, told, said))


def how_of(job: Export, scale: float | None) -> Print:
    """How one file is written, `scale` millimetres a metre where that is known."""
    how, wish = Print(job.size_mm, scale, job.thin, union=job.union, hollow_mm=job.hollow_mm), job.wish
    return how if wish is None else replace(how, thin=wish.thin, wall_mm=wish.wall_mm, standing=wish.base_mm > 0.0)


def write_one(
    job: Export,
    pieces: Iterable[Piece],
    path: str,
    title: str,
    notes: dict[str, str],
    axes: NDArray[np.float64] | None,
    told: Told,
    scale: float | None = None,
    whole: Survey | None = None,
) -> Made:
    """One STL or 3MF. With a scale the walls of parts are as they should be already, and those of plates are made so. `whole`: all that is
    written, where this is one file of several."""
    how = replace(how_of(job, scale), whole=whole)
    if job.suffix == ".3mf":
        return write_3mf(pieces, path, how, title=title, notes=notes, axes=axes, force=job.force, progress=told)
    return write_stl(pieces, path, how, title=title, axes=axes, force=job.force, progress=told)


def said_of(layout: Layout, made: Sequence[Made], exaggerated: str) -> list[str]:
    """What a person who prints wants to know, a line each."""
    x, y, z = layout.size_mm
    lines = [f"{x:.1f} x {y:.1f} x {z:.1f} mm, scale 1:{digits(layout.ratio)}; {exaggerated}"]
    if layout.thin:
        kept = layout.thin - layout.gone
        lines.append(f"{layout.thin:,} parts thinner than a wall: {kept:,} thickened or kept, {layout.gone:,} left out")
    if len(made) > 1:
        lines.append(f"{len(made)} tiles: {', '.join(report.path.name for report in made)}")
    if layout.pins:
        lines.append(f"{layout.pins} pins: pieces of {PIN_MM} mm filament, 12 mm long, in the holes of the base")
    return lines


def said_of_made(job: Export, made: Sequence[Made], told: Told) -> tuple[list[str], list[Check]]:
    """(what became of it: what a union did, on which printers it fits, and the manifold report; that report in numbers). Who cancels now
    keeps what is written, and goes without the report. Raises MeshError."""
    wall = MINIMUM_WALL if job.wish is None else job.wish.wall_mm
    triangles, paths = sum(report.triangles for report in made), [report.path for report in made]
    try:
        found = attended(lambda: checked(paths, triangles, wall), lambda: told(1.0, ""))
    except Cancelled:
        return [*said_of_union(made), "it is written; 'check FILE' tells whether it is sound"], []
    return [*said_of_union(made), *said_of_files(found, largest(made), wall)], found


def said_of_union(made: Sequence[Made]) -> list[str]:
    """What a union did, where there was one; and what was left out because nothing bears it."""
    joined, drains = sum(report.joined for report in made), sum(report.drains for report in made)
    afloat, frail = sum(report.afloat for report in made), sum(report.frail for report in made)
    if not joined:
        return [f"{afloat:,} solids that hung in the air are left out"] if afloat else []
    parted = sum(report.parted for report in made)
    bodies = "one watertight body" if parted == 1 else f"{parted:,} watertight bodies that do not touch"
    hollow = f"; {drains} holes in the underside drain what is hollow" if drains else ""
    gone = f"; {afloat:,} bodies that hung in the air are left out" if afloat else ""
    chips = f"; {frail:,} that are thinner than a wall are left out, too" if frail else ""
    return [f"{joined:,} solids joined into {bodies}{hollow}{gone}{chips}"]


def largest(made: Sequence[Made]) -> tuple[float, float, float]:
    """Room that every file needs, millimetres."""
    x, y, z = (max(report.size[axis] * report.scale for report in made) for axis in range(3))
    return x, y, z


def summed(made: Sequence[Made]) -> Made:
    """Several files as one report."""
    first = made[0]
    return replace(
        first,
        triangles=sum(one.triangles for one in made),
        bytes=sum(one.bytes for one in made),
        dropped=sum(one.dropped for one in made),
        pieces=sum(one.pieces for one in made),
        thin=sum(one.thin for one in made),
    )
