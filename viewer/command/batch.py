"""The pictures of one `render`: every seed and hour with every view and size, and what each is called. No VTK here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec

from viewer.command.options import DEFAULT_SIZE, Depth, Many, Quality, What, Work, read_bytes, read_passes, read_size, within
from viewer.command.sources import Source, state_of
from viewer.command.stills import Quest, Still
from viewer.command.usage import MOST
from viewer.errors import LimitError, UsageError
from viewer.link import is_link
from viewer.outputs import STDOUT, check_outputs, names
from viewer.pictures.imagefile import CLEAR_KINDS, DEEP_KINDS, KINDS

Row = tuple[What, str | None, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a `render` is to make, as its flags say."""

    outputs: list[str]
    views: list[str]
    sizes: list[str]
    quality: Quality = "good"
    transparent: bool = False
    depth: Depth = 8
    passes: str | None = None
    compose: int | None = None
    sheet: str | None = None
    legend: bool = False
    rays: int = 0


def check_work(work: Work) -> None:
    """Raise UsageError for a detail or a number of triangles out of range."""
    within("--detail", work.detail, lambda v: 0.01 <= v <= 100.0, "give 0.01 to 100")
    within("--max-triangles", work.max_triangles, lambda v: 1 <= v <= 2**32, "give 1 to 4294967296")


def check_rays(rays: int) -> None:
    """Raise UsageError for a number of rays out of range, or where there is nothing to trace them with."""
    within("--rays", rays, lambda v: 0 <= v <= 1024, "give 1 to 1024")
    if rays and find_spec("embreex") is None:
        raise UsageError("--rays needs embreex: pip install embreex (here: .venv/bin/uv pip install embreex), or leave it out")


def stills(source: Source, wish: Wish, what: Many, work: Work) -> list[Still]:
    """One job a picture, its files checked. Raises UsageError, LimitError, WriteError and what the views' own readers raise."""
    check_work(work)
    _check_wish(source, wish)
    rows = _rows(wish, what)
    states = [state_of(source, each, view) for each, view, _ in rows]
    words = [_words(source, wish, row, state.city.seed, state.hour, state.style) for row, state in zip(rows, states, strict=True)]
    outputs = names(wish.outputs, words, _usual_name(rows))
    sheets: Sequence[str | None] = [None] * len(rows) if wish.sheet is None else names([wish.sheet], words, "", flag="--sheet")
    limit = None if work.max_memory is None else read_bytes(work.max_memory)
    passes = () if wish.passes is None else read_passes(wish.passes)
    made = [
        Still(
            state if work.detail is None else replace(state, detail=work.detail),
            pixels,
            output,
            wish.quality,
            wish.transparent,
            work.max_triangles,
            limit,
            wish.depth == 16,
            passes,
            None if wish.compose is None else Quest(wish.compose, each, source.place(state.city), sheet),
            wish.legend,
            wish.rays,
        )
        for (each, _, pixels), state, output, sheet in zip(rows, states, outputs, sheets, strict=True)
    ]
    _check_files(made, wish, work)
    return made


def _check_wish(source: Source, wish: Wish) -> None:
    check_rays(wish.rays)
    within("--compose", wish.compose, lambda v: 1 <= v <= 1000, "give 1 to 1000")
    if wish.compose is None and wish.sheet is not None:
        raise UsageError("--sheet shows the viewpoints that --compose looks at; give --compose 16 with it")
    if wish.compose is not None and (wish.views or source.state is not None):
        raise UsageError("--compose finds the view by itself; leave out --view and links, or --compose")


def _rows(wish: Wish, what: Many) -> list[Row]:
    """Every list of views and sizes has one entry or as many as there are pictures of a seed and an hour."""
    pixels = [read_size(text) for text in wish.sizes or [DEFAULT_SIZE]]
    chosen: Sequence[str | None] = wish.views or [None]
    count = max(len(pixels), len(chosen))
    if len(pixels) not in (1, count) or len(chosen) not in (1, count):
        raise UsageError(f"{len(chosen)} views and {len(pixels)} sizes; give one of either, or as many of both")
    each = what.each()
    if len(each) * count > MOST:
        raise LimitError(f"{len(each) * count} pictures in one batch; {MOST} are allowed; give fewer seeds or hours")
    return [(one, chosen[n % len(chosen)], pixels[n % len(pixels)]) for one in each for n in range(count)]


def _words(source: Source, wish: Wish, row: Row, seed: int, hour: float, style: str) -> dict[str, str | int]:
    """What a template may name."""
    what, name, (width, height) = row
    plain = source == Source(source.spec)
    word = "link" if name is not None and is_link(name) else name or ("opening" if plain else "view")
    told = hour if what.hour is None else what.hour
    view = word if wish.compose is None else "composed"
    return {"seed": seed, "view": view, "hour": f"{told:g}", "style": style, "size": f"{width}x{height}"}


def _usual_name(rows: list[Row]) -> str:
    return "megastructure-{seed}-{view}.png" if len(rows) == 1 else "megastructure-{n:3}.png"


def _check_files(made: list[Still], wish: Wish, work: Work) -> None:
    force = work.force or work.dry_run
    check_outputs([still.output for still in made], KINDS, force)
    for flag, wanted, kinds in (("--depth 16", wish.depth == 16, DEEP_KINDS), ("--transparent", wish.transparent, CLEAR_KINDS)):
        wrong = next((still.output for still in made if wanted and still.suffix not in kinds), None)
        if wrong is not None:
            raise UsageError(f"{flag}: a {wrong.rpartition('.')[2]} cannot hold that; let the name end in {' or '.join(kinds)}")
    if wish.passes is not None and any(still.output == STDOUT for still in made):
        raise UsageError("--passes are files beside the picture; name it with -o FILE")
    beside = [path for still in made for path in still.files[1:]]
    check_outputs(beside, KINDS, force)
    files = [path for still in made for path in still.files]
    twice = next((path for path in files if files.count(path) > 1), None)
    if twice is not None:
        raise UsageError(f"two files would be '{twice}'; choose another name")
