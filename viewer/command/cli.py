"""The command `megastructure`. Every command is a thin line from flags to a job.

What a command works with is imported inside it, so that --help waits for none of it: not for NumPy, let alone VTK and Qt.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import cyclopts
from cyclopts import App, Parameter
from cyclopts.config import Dict, Env

from viewer.command import catalog, exporting, film
from viewer.command.options import DEFAULT_SIZE, Common, Depth, Many, Quality, What, Work, read_size
from viewer.command.report import Advance, Report, explain, flush_stdout, report_of
from viewer.command.usage import unfit, whole
from viewer.config import PREFIX, load
from viewer.errors import INTERRUPTED, OK, TERMINATED, USAGE, DisplayError, UsageError, WriteError
from viewer.outputs import STDOUT, check_outputs

if TYPE_CHECKING:
    from viewer.command.stills import Still
    from viewer.composer_process import ComposerProcess
    from viewer.state import ViewState

app = App(
    name="megastructure",
    help="The City of BLAME!: grow it, look at it, light it, cut it open, take it with you. Without a command the window opens.",
    help_epilogue="Flags override MEGASTRUCTURE_* variables, these the configuration file, that the defaults. "
    "Exit codes: 0 done, 1 a bug, 2 usage, 3 bad input, 4 output failed, 5 no display or OpenGL, 6 too large, 7 check failed.",
    help_format="plaintext",  # the default would load a Markdown parser, a third of the time that --help takes
    version=catalog.version,
    help_flags=["--help", "-h"],
)

CITY = Parameter(help="A preset, a city file, a link (city://…), a picture or GLB of ours, or an address ('band 7').", show_env_var=False)
SAY_SOURCE = Annotated[str | None, CITY]


@app.default
def opening(*, what: What | None = None, common: Common | None = None) -> int:
    """Open the window; without a display render the opening view to a PNG."""
    from viewer.command.display import problem
    from viewer.composer_process import expected

    report, what = report_of(common), what or What()
    with expected(problem() is None) as composer:
        from viewer.command.sources import resolve, state_of

        state = state_of(resolve(None), what)
        if composer is not None:
            return _window(state, what == What(), composer)
    from viewer.command import stills

    output = _free_name("megastructure")
    job = stills.Still(state, read_size(DEFAULT_SIZE), output)

    def work() -> int:
        with report.progress(f"Rendering {output}"):
            stills.make_still(job)
        report.data(f"No display, so the opening view was rendered to {output}", {"output": output})
        return OK

    return drawn(work)


def drawn(work: Callable[[], int]) -> int:
    """Run what draws: in a shelter when we are the whole program, here when somebody calls us."""
    from viewer.command.shelter import sheltered

    return sheltered(work) if _ALONE.get() else work()


def _free_name(stem: str) -> str:
    """The first of stem.png, stem-2.png, … that does not exist."""
    tried = (f"{stem}.png" if n == 1 else f"{stem}-{n}.png" for n in range(1, 10_000))
    found = next((name for name in tried if not Path(name).exists()), None)
    if found is None:
        raise WriteError(f"{stem}.png and 9,999 like it exist; clear the folder")
    check_outputs([found], (".png",), force=False)
    return found


def _window(state: ViewState, plain: bool, composer: ComposerProcess) -> int:
    """`plain`: nothing was asked for, so the window may take up where the last one ended."""
    from viewer.composer_process import begun
    from viewer.session import Session, beginning

    session = Session()
    state = beginning(state, session, plain)
    begun(state, composer)
    gc.disable()  # until the window's Collector takes over: loading makes no cycles worth a tenth of the start
    from viewer.qt.app import run

    return int(run(state, session, sys.argv, composer))


@app.command(help_epilogue="Example: megastructure view --view canyon")
def view(
    city: SAY_SOURCE = None,
    /,
    *,
    view: Annotated[str | None, Parameter(show_default=False, metavar="VIEW", help="A named view or a link to start from.")] = None,
    what: What | None = None,
    common: Common | None = None,
) -> int:
    """Open the window on a City, a link, a picture or an address."""
    from viewer.command.display import problem
    from viewer.composer_process import expected

    report_of(common)
    trouble = problem()
    with expected(trouble is None) as composer:
        from viewer.command.sources import resolve, state_of

        state = state_of(resolve(city), what or What(), view)
        if composer is None:
            raise DisplayError(trouble or "")
        return _window(state, city is None and view is None and what in (None, What()), composer)


@app.command(help_epilogue="Example: megastructure render 'band 7' --hour 19 --size 4K -o stratum.png")
def render(
    city: SAY_SOURCE = None,
    /,
    *,
    output: Annotated[
        list[str],
        Parameter(
            name=["--output", "-o"],
            allow_leading_hyphen=True,
            negative="",
            show_default=False,
            metavar="FILE",
            help="PNG, JPEG, WebP or EXR to write; - is stdout; {n} {seed} {hour} {view} {style} {size} {date} are filled in.",
        ),
    ] = [],  # noqa: B006  # cyclopts reads the default, nobody changes it
    view: Annotated[
        list[str], Parameter(negative="", show_default=False, metavar="VIEW", help="A named view or a link; several make a batch.")
    ] = [],  # noqa: B006
    size: Annotated[
        list[str], Parameter(negative="", show_default=False, metavar="SIZE", help="3840x2160, or FHD, 4K, 8K, ultrawide, dual-4K, phone …")
    ] = [],  # noqa: B006
    quality: Annotated[
        Quality, Parameter(show_choices=False, metavar="WORD", help="How finely edges are sampled: draft, good or best.")
    ] = "good",
    transparent: Annotated[bool, Parameter(negative="", show_default=False, help="Leave the background clear.")] = False,
    depth: Annotated[Depth, Parameter(show_choices=False, metavar="BITS", help="Bits a sample: 8 or 16 (PNG)")] = 8,
    passes: Annotated[
        str | None, Parameter(metavar="WORDS", help="Write beside it depth (metres, EXR), normal (16-bit PNG) or depth,normal.")
    ] = None,
    legend: Annotated[bool, Parameter(negative="", show_default=False, help="Write what the colours of --overlay mean.")] = False,
    rays: Annotated[
        int | None, Parameter(converter=whole, metavar="N", help="Gather light by N rays a pixel, 16 are good; needs megastructure[bake].")
    ] = None,
    compose: Annotated[int | None, Parameter(converter=whole, metavar="N", help="Look at N viewpoints there and draw the best.")] = None,
    sheet: Annotated[str | None, Parameter(metavar="FILE", help="Write all that --compose looked at side by side.")] = None,
    what: Many | None = None,
    work: Work | None = None,
    common: Common | None = None,
) -> int:
    """Draw stills, off screen. Several -o, --view, --size, seeds or hours make a batch."""
    from viewer.command import batch, stills
    from viewer.command.sources import resolve

    report, what, work = report_of(common), what or Many(), work or Work()
    wish = batch.Wish(output, view, size, quality, transparent, depth, passes, compose, sheet, legend, rays or 0)
    made = batch.stills(resolve(city), wish, what, work)
    _check_stdout([still.output for still in made], report)
    for still in made:
        stills.refuse_over(still)
    if work.dry_run:
        return report.rows([stills.dry_still(still) for still in made])
    return drawn(lambda: _render_all(report, made))


def _check_stdout(outputs: list[str], report: Report) -> None:
    if STDOUT in outputs and (report.json or len(outputs) > 1 or sys.stdout is None or sys.stdout.isatty()):
        raise UsageError("-o - sends one picture to a pipe; leave out --json, or name a file")


def _render_all(report: Report, wanted: list[Still]) -> int:
    from viewer.command import stills

    made = []
    with report.progress("Rendering") as advance:
        for n, still in enumerate(wanted):
            row = stills.make_still(still, partial(_share, advance, n, len(wanted)))
            made.append(row)
            advance((n + 1) / len(wanted))
            if still.output != STDOUT and not report.json and not report.quiet:
                report.data(_told(row), row)
            report.detail(f"{row['triangles']} triangles, {row['seconds']} s, {row['link']}")
    if report.json:
        report.data("", made)
    return OK


def _share(advance: Advance, done: int, count: int, part: float) -> None:
    advance((done + part) / count)


def _told(row: dict[str, Any]) -> str:
    """A line for a picture; of one that was found, where and how good it is."""
    return f"{row['output']}: {row['view']}, {row['passed']} of 10 checks" if "checks" in row else str(row["output"])


catalog.register(app)
app.command(film.app)
app.command(exporting.export, help_epilogue=exporting.EXAMPLES)

_ALONE: ContextVar[bool] = ContextVar("alone", default=False)


def entry() -> int:
    """The program: `main`, with what draws in a shelter."""
    _ALONE.set(True)
    code = main()
    if code in (INTERRUPTED, TERMINATED):
        _leave(code)
    with suppress(ValueError):  # the work is done, and its code stands, whatever is pressed while the interpreter ends
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    return code


def _leave(code: int) -> NoReturn:
    """End at once. All that was begun is cleaned up by now; what is left is to give memory back piece by piece, which a person who has
    pressed Ctrl+C would wait for."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            if stream is not None:
                stream.flush()
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit code. Never raises, never shows a traceback."""
    tokens = list(sys.argv[1:] if argv is None else argv)
    try:
        _prepare()
        code = _dispatch(tokens)
        flush_stdout()
        return code
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else OK if leaving.code is None else USAGE
    except BaseException as error:  # noqa: BLE001  # the last door: whatever happened becomes one line and a code
        return explain(error)


def _prepare() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        signal.signal(signal.SIGTERM, _terminated)
    except ValueError:  # not in the main thread: whoever runs us there handles signals
        return


def _terminated(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise SystemExit(TERMINATED)


def _dispatch(tokens: list[str]) -> int:
    """Parse with the configuration below the environment below the flags, and run."""
    path, skipped = _config_choice(tokens)
    config = None if skipped else load(path, chosen=path is not None)
    if config is not None and config.warning:
        print(f"warning: {config.warning}", file=sys.stderr)
    app.config = [
        Env(PREFIX, command=False, show=False),
        *([Dict(config.values, source=str(config.path), allow_unknown=True, use_commands_as_keys=False)] if config else []),
    ]
    try:
        result = app(tokens, exit_on_error=False, print_error=False, result_action="return_value")
    except cyclopts.CycloptsError as error:
        raise UsageError(unfit(error, tokens, app)) from None
    return result if isinstance(result, int) else OK


def _config_choice(tokens: list[str]) -> tuple[Path | None, bool]:
    """The file that --config or the environment names, and whether to read none, before anything else is parsed."""
    for n, token in enumerate(tokens):
        if token == "--config" and n + 1 < len(tokens):
            return Path(tokens[n + 1]), False
        if token.startswith("--config="):
            return Path(token.partition("=")[2]), False
    if "--no-config" in tokens or tokens[:1] in (["config"], ["completion"]):
        return None, True
    named = os.environ.get(PREFIX + "CONFIG")
    return Path(named) if named else None, False
