"""The command `export`: flags to a job."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter

from viewer.clock import busy
from viewer.command.options import (
    DEFAULT_SIZE,
    Common,
    Light,
    Mode,
    Paper,
    Purposes,
    Section,
    Thin,
    What,
    Work,
    read_bed,
    read_bytes,
    read_mm,
    read_ratio,
    read_size,
    read_thickness,
    within,
)
from viewer.command.report import Report, report_of
from viewer.command.usage import real
from viewer.errors import OK, InputError, UsageError
from viewer.outputs import STDOUT, check_outputs, names

if TYPE_CHECKING:
    from geometry.export.printing import Wish
    from viewer.command.sources import Source
    from viewer.files.jobs import Export
    from viewer.state import ViewState

EXAMPLES = "Examples: megastructure export --for desk -o desk.3mf; megastructure export 'band 7 / tile 3-02' --mode instanced -o tile.glb"
_SEEN = Group("What a view shows", sort_key=1.4)
_PRINT = Group("Prints: .stl and .3mf", sort_key=1.5)
_SCREEN = Group("Models: .glb, and drawings: .svg and .pdf", sort_key=1.6)
_PRINTED = (".stl", ".3mf")


def _flag(group: Group, help_text: str, *given: str, **more: Any) -> Parameter:
    return Parameter(name=given or None, help=help_text, group=group, negative="", show_default=False, show_choices=False, **more)


@Parameter(name="*")
@dataclass(frozen=True)
class Picture:
    """Flags of what a view shows."""

    seen: Annotated[
        bool,
        _flag(
            _SEEN, "Only what the view shows, as finely as its picture: the eye is the origin, metres, and the camera of a .glb.", "--seen"
        ),
    ] = False
    view: Annotated[str | None, _flag(_SEEN, "What --seen sees it from: a view like canyon, or a link.", "--view", metavar="VIEW")] = None
    size: Annotated[
        str | None, _flag(_SEEN, "Size of the picture: how wide --seen sees, and how finely; FHD if left out.", "--size", metavar="SIZE")
    ] = None


@Parameter(name="*")
@dataclass(frozen=True)
class Print:
    """Flags of what is printed."""

    purpose: Annotated[
        Purposes | None,
        _flag(_PRINT, "desk (the City cut open), district, bookend, toha: what, how cut, how large.", "--for", metavar="WORD"),
    ] = None
    fit: Annotated[str | None, _flag(_PRINT, "Longest side: 200mm (so if nothing is said), 20cm, 8in.", metavar="LENGTH")] = None
    scale: Annotated[str | None, _flag(_PRINT, "A scale instead: 1:50000 or 1:5e12.", metavar="1:N")] = None
    base: Annotated[bool, _flag(_PRINT, "Stand it on a base plate.")] = False
    bed: Annotated[str | None, _flag(_PRINT, "Divide what is larger into tiles with holes for pins: 220x220x250.", metavar="SIZE")] = None
    thin: Annotated[Thin | None, _flag(_PRINT, "Parts under the minimum wall: keep, thicken or drop.", metavar="WORD")] = None
    wall: Annotated[str | None, _flag(_PRINT, "Minimum wall; 0.4mm is one line of the usual nozzle.", metavar="LENGTH")] = None
    union: Annotated[bool, _flag(_PRINT, "One watertight body instead of solids that overlap; needs megastructure[print].")] = False
    hollow: Annotated[
        str | None, _flag(_PRINT, "Hollow it but for walls so thick, with holes to drain it: 2mm; means --union.", metavar="LENGTH")
    ] = None

    @property
    def asked(self) -> bool:
        """Whether any of them is given."""
        return self != Print()


@Parameter(name="*")
@dataclass(frozen=True)
class Model:
    """Flags of models for the screen, and of drawings."""

    mode: Annotated[
        Mode,
        _flag(_SCREEN, "merged for any program, instanced (smaller) for engines and the web, nodes to move parts about.", metavar="WORD"),
    ] = "merged"
    light: Annotated[Light | None, _flag(_SCREEN, "Lamps of the day or of the night; all shine if left out.", metavar="WORD")] = None
    occlusion: Annotated[bool, _flag(_SCREEN, "Darken corners: baked into the colours of a .glb or .ply.", "--occlusion", "--ao")] = False
    paper: Annotated[Paper, _flag(_SCREEN, "Sheet of a drawing: A4 to A0.", metavar="WORD")] = "A3"
    section: Annotated[
        Section, _flag(_SCREEN, "Of a drawing without --slice plane: along or across the middle, or plan, over the ground.", metavar="WORD")
    ] = "along"


def export(
    place: Annotated[str | None, Parameter(help="An address ('band 7'), a city file, preset or link; the whole City if left out.")] = None,
    /,
    *,
    output: Annotated[
        str,
        Parameter(
            name=["--output", "-o"],
            allow_leading_hyphen=True,
            metavar="FILE",
            help="FILE.glb (several over 2 GB), .stl, .3mf, .ply, .usdc, .svg or .pdf.",
        ),
    ],
    sliced: Annotated[
        bool, Parameter(negative="", show_default=False, help="Cut it as the view or the link does; --slice alone means it too.")
    ] = False,
    min_feature: Annotated[
        float | None, Parameter(converter=real, metavar="NUMBER", help="Leave out places and parts smaller than this, metres.")
    ] = None,
    max_bytes: Annotated[str | None, Parameter(metavar="AMOUNT", help="Files no larger than this together, like 500M.")] = None,
    picture: Picture | None = None,
    print_: Print | None = None,
    model: Model | None = None,
    what: What | None = None,
    work: Work | None = None,
    common: Common | None = None,
) -> int:
    """Write a place, or the whole City, as a mesh for printers, engines and 3D programs, or as a section drawing."""
    from viewer.command.batch import check_work
    from viewer.command.sources import resolve, state_of
    from viewer.files import jobs

    report, what, work = report_of(common), what or What(), work or Work()
    check_work(work)
    within("--min-feature", min_feature, lambda v: 0.0 <= v <= 1e15, "give 0 to 1e15 metres")
    source, seen = resolve(place), picture or Picture()
    state = state_of(source, what, seen.view)
    outputs = names([output], [{"seed": state.city.seed}], output)
    if STDOUT in outputs:
        raise UsageError("export writes a file; name it with -o FILE.glb or -o FILE.stl")
    check_outputs(outputs, jobs.KINDS, work.force or work.dry_run)
    triangles = work.max_triangles or round(jobs.EXPORT_TRIANGLES * (work.detail or 1.0))
    job = jobs.Export(state, source.place(state.city), outputs[0], triangles, min_feature or 0.0, force=work.force)
    job = _modelled(_printed(_pictured(job, seen, source, work), print_ or Print(), work), model or Model())
    job = job if seen.seen else _cut(job, sliced, bool(what.slice), source)
    if max_bytes is not None:
        limit = jobs.triangles_in(job.suffix, read_bytes(max_bytes, "--max-bytes"))
        job = replace(job, max_triangles=min(job.max_triangles, limit))
    jobs.refuse_too_large(job)
    if work.dry_run:
        start = busy()
        from viewer.files.estimate import dry_export

        return report.rows([dry_export(job, start)])
    return _told(report, jobs.make_export(job, report))


def _pictured(job: Export, flags: Picture, source: Source, work: Work) -> Export:
    """With what the flags of what is seen say. Raises UsageError."""
    if not flags.seen:
        if flags.view is not None or flags.size is not None:
            raise UsageError(f"--{'size' if flags.view is None else 'view'} says what --seen sees; add --seen, or leave it out")
        return job
    from viewer.compose import STILL_TRIANGLES
    from viewer.files.jobs import DRAWINGS
    from viewer.files.seen import cuts_of

    if source.address is not None and flags.view is None:
        raise UsageError(
            "--seen exports what a view shows, and an address is no view; give a link, a picture or --view, or leave out --seen"
        )
    if job.suffix in DRAWINGS:
        raise UsageError(f"--seen is for models and prints; leave it out for a {job.suffix}, or end the name of the file in .glb")
    state = job.state if work.detail is None else replace(job.state, detail=work.detail)
    size = read_size(flags.size or DEFAULT_SIZE)
    triangles = work.max_triangles or STILL_TRIANGLES
    return replace(job, state=state, address=None, seen=size, max_triangles=triangles, cuts=cuts_of(state))


def _cut(job: Export, sliced: bool, asked: bool, source: Source) -> Export:
    """With the cuts of the view or of the flags, as asked."""
    if not (sliced or asked):
        return job
    from viewer.views import OPENING, view

    state: ViewState = job.state
    if not state.cuts and source.address is None and source.landmark is None and source.state is None and not asked:
        state = replace(state, cuts=view(OPENING, state.city).cuts)
    if sliced and not state.cuts:
        raise UsageError("--sliced: this view is not cut; add --slice wedge:-45,90, or give a link or a picture that is")
    return replace(job, state=state, cuts=(*job.cuts, *state.cuts))


def _printed(job: Export, flags: Print, work: Work) -> Export:
    """With what the flags of prints say. Raises UsageError."""
    if not flags.asked:
        return job
    if job.seen is not None and flags.purpose is not None:
        raise UsageError(f"--for {flags.purpose} chooses a place, and --seen what a view shows; leave one out")
    if job.suffix not in _PRINTED:
        raise UsageError(f"--{_named(flags)} is for prints; end the name of the file in .stl or .3mf, or leave it out")
    if flags.fit is not None and flags.scale is not None:
        raise UsageError("--fit and --scale say the same thing twice; leave one out")
    job = _joined(job, flags)
    if flags.purpose is not None:
        job = _for_purpose(job, flags, work)
    fit = job.size_mm if flags.fit is None else read_mm(flags.fit)
    thin: Thin = flags.thin or ("keep" if job.wish is None else job.wish.thin)
    simple = flags.purpose is None and not (flags.base or flags.bed or flags.scale or flags.wall)
    if simple:
        return replace(job, size_mm=fit, thin=thin)
    return replace(job, size_mm=fit, thin=thin, wish=_wish(job, flags, fit, thin))


def _joined(job: Export, flags: Print) -> Export:
    """As one body, hollow or not, where that is asked for. Raises UsageError."""
    if not flags.union and flags.hollow is None:
        return job
    from geometry.export.union import can_unite

    if not can_unite():
        name = "--union" if flags.hollow is None else "--hollow"
        raise UsageError(f"{name} needs manifold3d: pip install manifold3d (here: .venv/bin/uv pip install manifold3d), or leave it out")
    return replace(job, union=True, hollow_mm=0.0 if flags.hollow is None else read_thickness(flags.hollow, "--hollow", 0.8, 50.0))


def _named(flags: Print) -> str:
    given = next(name for name in Print.__dataclass_fields__ if getattr(flags, name) != getattr(Print(), name))
    return {"purpose": "for"}.get(given, given)


def _wish(job: Export, flags: Print, fit: float, thin: Thin) -> Wish:
    from geometry.export.printing import BASE_MM, Wish

    usual = job.wish or Wish()
    return replace(
        usual,
        fit_mm=fit,
        ratio=None if flags.scale is None else read_ratio(flags.scale),
        base_mm=BASE_MM if flags.base else usual.base_mm,
        bed=None if flags.bed is None else read_bed(flags.bed),
        thin=thin,
        wall_mm=usual.wall_mm if flags.wall is None else read_thickness(flags.wall, "--wall", 0.05, 10.0),
    )


def _for_purpose(job: Export, flags: Print, work: Work) -> Export:
    """With the place, cut, size and base of a purpose. Raises UsageError, InputError."""
    from geometry.city import City
    from geometry.export.printing import Wish
    from viewer.files.purposes import PURPOSES, cuts_for, place_for

    assert flags.purpose is not None
    purpose, city = PURPOSES[flags.purpose], City(job.state.city)
    try:
        address = place_for(purpose, city, job.address)
    except LookupError as error:
        raise InputError(f"--for {flags.purpose}: {error.args[0]}; name a place") from None
    if not purpose.kind and not purpose.landmark and address is not None:
        raise UsageError(f"--for {flags.purpose} is the whole City; leave out the place, or use --for district")
    if purpose.kind and address is not None and not address.steps:
        raise UsageError(f"--for {flags.purpose} is for a {purpose.kind} or something in one; name one, or leave out the place")
    wish = Wish(purpose.fit_mm, base_mm=purpose.base_mm, base_round=purpose.base_round, margin_mm=purpose.margin_mm, thin="thicken")
    triangles = work.max_triangles or round(purpose.triangles * (work.detail or 1.0))
    cuts = cuts_for(purpose, city, address)
    return replace(job, address=address, max_triangles=triangles, size_mm=purpose.fit_mm, wish=wish, cuts=cuts)


def _modelled(job: Export, flags: Model) -> Export:
    """With what the flags of models say. Raises UsageError."""
    if flags.mode != "merged" and job.suffix != ".glb":
        raise UsageError(f"--mode {flags.mode} is for a .glb; leave it out, or end the name of the file in .glb")
    if flags.light is not None and job.suffix != ".glb":
        raise UsageError("--light is for a .glb; leave it out, or end the name of the file in .glb")
    if flags.occlusion and (job.suffix not in (".glb", ".ply") or flags.mode != "merged"):
        raise UsageError("--occlusion is for a merged .glb or a .ply; leave it out, or change the name of the file")
    return replace(job, mode=flags.mode, light=flags.light, occlusion=flags.occlusion, paper=flags.paper, section=flags.section)


def _told(report: Report, row: dict[str, Any]) -> int:
    if not report.quiet or report.json:
        lines = [f"{row['output']}: {row['triangles']} triangles, {row['bytes']} bytes", *row.get("said", ())]
        report.data("\n".join(lines), row)
    return OK
