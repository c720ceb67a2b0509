"""The view of each running program, kept on disk, so that even a killed one can be taken up again."""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from geometry.export.atomic import OutputError, atomic, sweep
from viewer.errors import LinkError
from viewer.link import MAX_LENGTH, link, parse
from viewer.state import ViewState
from viewer.views import roomy

LOG = logging.getLogger("megastructure")


def user_folder(of_user: str) -> Path:
    """The user's folder, or a temporary one where there is none or it cannot be written."""
    try:
        folder = Path(of_user)
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except (OSError, RuntimeError) as error:
        LOG.warning("settings are not kept: %s", error)
    return Path(tempfile.mkdtemp(prefix="megastructure-"))


@dataclass(frozen=True, slots=True)
class Lost:
    """A session that ended without saying so."""

    path: Path
    state: ViewState


class Session:
    """The view of this instance, saved as a link every few seconds; a file left behind by a dead process is a lost session."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = (folder or user_folder(platformdirs.user_state_dir("megastructure"))) / "sessions"
        self._path = self._folder / f"{os.getpid()}.link"
        self._last = ""

    def save(self, state: ViewState) -> None:
        """Keep the view, if it is another than the one kept. A full disk is logged, not shown."""
        try:
            text = link(state)
            if text == self._last:
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            if not self._last:
                sweep(self._folder)
            with atomic(self._path, force=True) as file:
                file.write(text.encode())
            self._last = text
        except (OSError, OutputError, LinkError) as error:
            LOG.warning("the session could not be saved: %s", error)

    def end(self, state: ViewState) -> None:
        """A good end: the view is kept as the last one, nothing is lost."""
        self.save(state)
        with suppress(OSError):
            os.replace(self._path, self._folder / "last")

    def last(self) -> ViewState | None:
        """The view of the last good end."""
        return _read(self._folder / "last")

    def lost(self) -> Lost | None:
        """The newest session whose process is gone."""
        if not self._folder.is_dir():
            return None
        files = sorted(self._folder.glob("*.link"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in files:
            if path != self._path and not _alive(path.stem):
                state = _read(path)
                if state is not None:
                    return Lost(path, state)
                path.unlink(missing_ok=True)
        return None

    @staticmethod
    def forget(lost: Lost) -> None:
        """Do not offer it again."""
        with suppress(OSError):
            lost.path.unlink(missing_ok=True)


def _read(path: Path) -> ViewState | None:
    try:
        with path.open("rb") as file:
            return parse(file.read(MAX_LENGTH + 1).decode("utf-8"))
    except (OSError, UnicodeDecodeError, LinkError):
        return None


def _alive(stem: str) -> bool:
    if not stem.isdecimal() or len(stem) > 9:
        return False
    try:
        os.kill(int(stem), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def beginning(state: ViewState, session: Session, resume: bool) -> ViewState:
    """The first view: the last session's where it may be resumed and no lost one is to be offered, else the one given."""
    if not resume:
        return state
    last = None if session.lost() is not None else session.last()
    return last or roomy(state)
