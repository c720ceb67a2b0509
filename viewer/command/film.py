"""The command `film`: a turn, a day, a dive, a ride, the history, or a tour, as a video or as numbered frames."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Group, Parameter

from viewer.command.options import Common, Quality, What, Work, read_size
from viewer.command.report import Report, report_of
from viewer.command.usage import real, whole
from viewer.errors import OK, UsageError
from viewer.outputs import check_outputs, make_folder

if TYPE_CHECKING:
    from viewer.journey.tour import Tour
    from viewer.state import ViewState

app = App(
    name="film",
    help="Film a turn, a day and a night, a dive, a ride, the history, or a tour. What was broken off goes on where it was.",
    help_format="plaintext",
)
SUPERSAMPLE: dict[str, int] = {"draft": 1, "good": 2, "best": 3}
USUAL_S, DIVE_S = 12.0, 60.0
"""Seconds of a film, and of a dive, that is given none."""
ENDINGS = (".mp4", ".webm", ".gif", ".png")
MOST_FRAMES = 100_000
_FILM = Group("The film", sort_key=0)


@Parameter(name="*")
@dataclass(frozen=True)
class Shot:
    """Flags of every film."""

    output: Annotated[
        str | None,
        Parameter(
            name=["--output", "-o"],
            metavar="FILE",
            show_default=False,
            help=".mp4, .webm or .gif (extra `video`), or frames: 'folder/{frame}.png'.",
            group=_FILM,
        ),
    ] = None
    view: Annotated[
        str | None, Parameter(show_default=False, metavar="VIEW", help="A named view or a link to start from.", group=_FILM)
    ] = None
    seconds: Annotated[
        float | None,
        Parameter(
            converter=real,
            show_default=False,
            metavar="NUMBER",
            help="How long it lasts: 12, a dive 60, the history 48, a ride 40; a tour knows itself.",
            group=_FILM,
        ),
    ] = None
    frames: Annotated[
        int | None, Parameter(converter=whole, show_default=False, metavar="N", help="How many frames, instead of seconds.", group=_FILM)
    ] = None
    fps: Annotated[int, Parameter(converter=whole, metavar="N", help="Frames a second.", group=_FILM)] = 30
    size: Annotated[str, Parameter(metavar="SIZE", help="1920x1080, or HD, FHD, 2K, 4K.", group=_FILM)] = "HD"
    quality: Annotated[
        Quality, Parameter(show_choices=False, metavar="WORD", help="How finely edges are sampled: draft, good or best.", group=_FILM)
    ] = "draft"
    bits: Annotated[int, Parameter(converter=whole, metavar="N", help="Bits a colour: 8 or 10.", group=_FILM)] = 8


@Parameter(name="*")
@dataclass(frozen=True)
class Flags:
    """All flags that every film has."""

    shot: Shot | None = None
    what: What | None = None
    work: Work | None = None
    common: Common | None = None


CITY = Annotated[
    str | None,
    Parameter(help="A preset, a city file, a link (city://…), a picture of ours, or an address ('band 7').", show_env_var=False),
]
Plan = Callable[["ViewState", float], "Tour"]
Caption = Callable[["ViewState"], str]


def _checked(shot: Shot, output: str, force: bool) -> bool:
    """Whether frames are wanted instead of a film. Raises UsageError for what cannot be filmed, WriteError for where it cannot go."""
    from viewer.journey.tour import LONGEST_S

    if shot.seconds is not None and not 0.1 <= shot.seconds <= LONGEST_S:
        raise UsageError(f"--seconds {shot.seconds:g} is out of range; give 0.1 to {LONGEST_S:g}")
    if shot.frames is not None and not 2 <= shot.frames <= MOST_FRAMES:
        raise UsageError(f"--frames {shot.frames} is out of range; give 2 to {MOST_FRAMES}")
    if shot.frames is not None and shot.seconds is not None:
        raise UsageError("--frames and --seconds both say how long it lasts; give one of them")
    if not 1 <= shot.fps <= 240:
        raise UsageError(f"--fps {shot.fps} is out of range; give 1 to 240")
    if shot.bits not in (8, 10):
        raise UsageError(f"--bits {shot.bits} is out of range; give 8 or 10")
    framed = output.lower().endswith(".png")
    if framed and not re.search(r"\{frame(:\d)?\}", Path(output).name):
        raise UsageError(f"-o '{Path(output).name[:60]}' is one picture; write frames as 'folder/{{frame}}.png'")
    if framed:
        make_folder(Path(output).parent)
    check_outputs([output], ENDINGS, force or framed)
    return framed


def _states(tour: Tour, shot: Shot) -> list[ViewState]:
    """One state a frame. Raises UsageError for more than can be filmed."""
    if shot.frames is not None:
        return tour.states(shot.frames / tour.seconds)
    if tour.seconds * shot.fps > MOST_FRAMES:
        raise UsageError(
            f"{tour.seconds:g} s at {shot.fps} frames a second are more than {MOST_FRAMES} frames; give --fps or --seconds less"
        )
    return tour.states(shot.fps)


def _bare(state: ViewState) -> str:
    """No words over the picture."""
    return ""


@dataclass(frozen=True)
class _Reel:
    """What is to be filmed, checked before anything is drawn: `framed` where frames are wanted and no film."""

    output: Path
    framed: bool
    size: tuple[int, int]
    fps: int
    states: list[ViewState]

    @property
    def seconds(self) -> float:
        return round(len(self.states) / self.fps, 3)

    @property
    def written(self) -> tuple[int, int]:
        """Width and height of what is written, pixels: codecs want even sides, and an odd last row or column is left out."""
        even = 1 if self.framed or self.output.suffix.lower() == ".gif" else 2
        return self.size[0] // even * even, self.size[1] // even * even

    @property
    def said(self) -> dict[str, object]:
        width, height = self.written
        return {"output": str(self.output), "frames": len(self.states), "seconds": self.seconds, "width": width, "height": height}


def _reel(name: str, plan: Plan, city: str | None, flags: Flags, usual: float) -> _Reel:
    """What `plan(state, seconds)` makes; `usual` seconds of it where nobody says how long."""
    from viewer.command.sources import resolve, state_of

    shot, work = flags.shot or Shot(), flags.work or Work()
    output = shot.output or f"{name}.mp4"
    framed, size = _checked(shot, output, work.force or work.dry_run), read_size(shot.size)
    wanted = shot.seconds or (usual if shot.frames is None else shot.frames / shot.fps)
    states = _states(plan(state_of(resolve(city), flags.what or What(), shot.view), wanted), shot)
    return _Reel(Path(output), framed, size, shot.fps, states)


def _film(reel: _Reel, flags: Flags, caption: Caption) -> int:
    """Draw the frames, and make a film of them unless they are what is wanted."""
    from viewer.drawing import movie

    report, shot, work, output = report_of(flags.common), flags.shot or Shot(), flags.work or Work(), reel.output
    size = "{} x {}".format(*reel.written)
    if reel.written != reel.size:
        report.say(f"{output}: {size}, not {reel.size[0]} x {reel.size[1]}; {output.suffix.lower()} films have even sides")
    if work.dry_run:
        report.data(f"{output}: {len(reel.states)} frames of {size}, {reel.seconds:g} s", reel.said)
        return OK
    if reel.framed:
        frames = _shoot(reel, output.parent, flags, caption, report)
        report.data(f"{frames[0]} to {frames[-1].name}", reel.said)
        return OK
    movie.check_codec(output, deep=shot.bits == 10)
    with _kept(output.with_name(output.name + ".frames")) as folder:
        frames = _shoot(reel, folder, flags, caption, report)
        movie.encode(frames, output, shot.fps, deep=shot.bits == 10, force=work.force)
        movie.clear(folder)
    report.data(str(output), reel.said)
    return OK


@contextmanager
def _kept(folder: Path) -> Iterator[Path]:
    """The folder where frames are kept until the film is whole; without one it goes again. Raises WriteError."""
    make_folder(folder)
    try:
        yield folder
    finally:
        with suppress(OSError):  # it holds frames, or is gone already
            folder.rmdir()


def _shoot(reel: _Reel, folder: Path, flags: Flags, caption: Caption, report: Report) -> list[Path]:
    """Draw the frames into a folder; their paths."""
    from viewer.drawing import movie

    work = flags.work or Work()
    with report.progress(f"Filming {reel.output}") as advance:
        return movie.shoot(
            reel.states,
            folder,
            reel.size,
            SUPERSAMPLE[(flags.shot or Shot()).quality],
            name=reel.output.name if reel.framed else "{frame}.png",
            max_triangles=work.max_triangles or movie.TRIANGLES,
            caption=caption,
            advance=lambda done, count: advance(done / count),
        )


def _drawn(name: str, plan: Plan, city: str | None, flags: Flags | None, usual: float = USUAL_S, caption: Caption = _bare) -> int:
    from viewer.command.cli import drawn

    asked = flags or Flags()
    return drawn(lambda: _film(_reel(name, plan, city, asked, usual), asked, caption))


@app.command
def turntable(city: CITY = None, /, *, flags: Flags | None = None) -> int:
    """Once round what is in view; the end is the start."""
    from viewer.journey.tour import turntable as plan

    return _drawn("turntable", plan, city, flags)


@app.command
def day(city: CITY = None, /, *, flags: Flags | None = None) -> int:
    """A day and a night where nothing moves but the light."""
    from viewer.journey.tour import day as plan

    return _drawn("day", plan, city, flags)


@app.command(name="tour")
def on_tour(
    keys: Annotated[Path, Parameter(help="A tour: a TOML file of key frames.", show_env_var=False)],
    city: CITY = None,
    /,
    *,
    flags: Flags | None = None,
) -> int:
    """From key frame to key frame of a tour."""
    from viewer.journey.tour import read

    return _drawn("tour", lambda state, seconds: read(keys, state.city), city, flags)


@app.command
def history(
    city: CITY = None,
    /,
    *,
    captions: Annotated[
        bool,
        Parameter(negative="--no-captions", help="Write the age, the year and how far the City reaches over the picture.", group=_FILM),
    ] = True,
    flags: Flags | None = None,
) -> int:
    """From the bare Earth to now and beyond, drawing back as the City outgrows its picture."""
    from viewer.journey.chronicle import SECONDS, chronicle, told

    return _drawn("history", chronicle, city, flags, SECONDS, told if captions else _bare)


@app.command
def landmarks(city: CITY = None, /, *, flags: Flags | None = None) -> int:
    """From landmark to landmark of the City, a stop at each, with a cut in the dark between them."""
    from viewer.lore.landmarks import tour as plan

    return _drawn("landmarks", lambda state, seconds: plan(state.city), city, flags)


@app.command
def ride(
    city: CITY = None,
    /,
    *,
    clocks: Annotated[
        bool, Parameter(negative="--no-clocks", help="Write the clocks of the City and of the car over the picture.", group=_FILM)
    ] = True,
    flags: Flags | None = None,
) -> int:
    """A ride in the trunk lift at a good part of light's speed: what the passenger sees, and two clocks.

    Light from behind is red and dim, as it would be. Over 0.55 c (`--set lift_beta=0.7`) what truly lies more than 79 degrees off the
    middle of the picture is left black besides: one wide camera does not hold it."""
    from viewer.journey.ride import SECONDS, told
    from viewer.journey.ride import ride as plan

    return _drawn("ride", plan, city, flags, SECONDS, told if clocks else _bare)


@app.command
def dive(
    city: CITY = None,
    /,
    *,
    to: Annotated[
        str | None,
        Parameter(
            show_default=False, metavar="ADDRESS", help="Where it ends; by default a landing, its stair and somebody there.", group=_FILM
        ),
    ] = None,
    out: Annotated[bool, Parameter(negative=(), help="The way back instead: from there out under the stars.", group=_FILM)] = False,
    flags: Flags | None = None,
) -> int:
    """One descent from under the stars, through shafts and voids, to a place at human scale. From a view within the City it leads out of
    where that is, and on."""
    return _drawn("dive", lambda state, seconds: _dive(state, to, seconds, out), city, flags, DIVE_S)


def _dive(state: ViewState, to: str | None, seconds: float, out: bool) -> Tour:
    """The tour of a dive. Raises InputError for an address that is not there."""
    from viewer.journey.dive import place_at
    from viewer.journey.leaving import dive_in, way_back

    place = None if to is None else place_at(state.city, to)
    return way_back(state, place, seconds) if out else dive_in(state, place, seconds)
