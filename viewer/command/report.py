"""How the command talks: data on stdout, progress and remarks on stderr, everything in the log, and no traceback to anybody."""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viewer.errors import BUG, OK, WriteError, exit_code, one_line

if TYPE_CHECKING:
    from viewer.command.options import Common

LOG = logging.getLogger("megastructure")
LOG.addHandler(logging.NullHandler())  # else errors without a log file would be said twice
Advance = Callable[[float], None]
"""Called with the part done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Report:
    """Where and how much to say."""

    json: bool = False
    quiet: bool = False
    verbose: int = 0
    color: str = "auto"

    def data(self, plain: str, value: Any) -> None:
        """The answer on stdout: text, or the value as JSON."""
        text = json.dumps(value, ensure_ascii=False) if self.json else plain
        flush_stdout(lambda: print(text))

    def rows(self, found: list[dict[str, Any]]) -> int:
        """Rows as the answer, a line each: what would be made."""
        self.data("\n".join("  ".join(f"{key}={value}" for key, value in row.items()) for row in found), found)
        return OK

    def say(self, line: str) -> None:
        """A remark on stderr."""
        LOG.info(line)
        if not self.quiet:
            print(line, file=sys.stderr)

    def detail(self, line: str) -> None:
        """A remark for -v."""
        LOG.info(line)
        if self.verbose and not self.quiet:
            print(line, file=sys.stderr)

    @contextmanager
    def progress(self, title: str) -> Iterator[Advance]:
        """A bar with the time left, on a terminal only."""
        if self.quiet or sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            yield lambda part: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True, **colours(self.color))
        columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(title, total=1.0)
            yield lambda part: bar.update(task, completed=part)


def flush_stdout(first: Callable[[], None] = lambda: None) -> None:
    """Do something that prints, and send on what was printed. Raises WriteError where nobody can take it: a full disk, a closed pipe."""
    try:
        first()
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        _drop_stdout()
        raise WriteError(f"stdout: could not be written ({error.strerror or error}); send it elsewhere") from None


def _drop_stdout() -> None:
    """Point stdout at nothing, or the interpreter would fail on it once more when it ends."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, sys.stdout.fileno())
    except (OSError, ValueError):
        LOG.debug("stdout is already gone")
    os.close(nothing)


def colours(choice: str) -> dict[str, Any]:
    """What rich needs to know about colour: the flag, then NO_COLOR (rich's own rule), then the terminal."""
    if choice == "auto":
        return {}
    return {"force_terminal": True} if choice == "always" else {"no_color": True, "highlight": False}


def report_of(common: Common | None) -> Report:
    """The report that the common flags ask for."""
    if common is None:
        return Report()
    if common.log_file is not None:
        open_log(common.log_file)
    return Report(common.json, common.quiet, common.verbose, common.color)


def log_path() -> Path:
    """Where the log of this program goes: the user's log folder, or the temporary one where that cannot be written."""
    import platformdirs

    try:
        folder = Path(platformdirs.user_log_dir("megastructure"))
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder / "megastructure.log"
    except (OSError, RuntimeError):
        LOG.debug("no log folder at home")
    return Path(tempfile.gettempdir()) / f"megastructure-{os.getuid() if hasattr(os, 'getuid') else 0}.log"


def open_log(path: Path) -> None:
    """Send the log to a file. Raises WriteError."""
    try:
        handler = logging.FileHandler(path, encoding="utf-8")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no path"
        raise WriteError(f"--log-file {path}: cannot be written ({why}); name a file in a folder that exists") from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)


def explain(error: BaseException) -> int:
    """One line on stderr for an error; its exit code. A bug goes to the log with its traceback."""
    code = exit_code(error)
    if code == BUG:
        where = _log_bug(error)
        kind = type(error).__name__
        _complain(f"error: this is a bug in the program ({kind}: {one_line(error)[:120]}); details are in {where}")
    elif not isinstance(error, KeyboardInterrupt):
        LOG.error(one_line(error))
        _complain(f"error: {one_line(error)}")
    return code


def _complain(line: str) -> None:
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        LOG.error(line)


def _log_bug(error: BaseException) -> str:
    import traceback

    text = "".join(traceback.format_exception(error))
    LOG.error(text)
    path = log_path()
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"--- {time.strftime('%Y-%m-%d %H:%M:%S')}\n{text}")
    except OSError as trouble:
        return f"no file ({trouble.strerror})"
    return str(path)
