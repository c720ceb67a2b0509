"""What the window remembers of itself: an INI file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import platformdirs
from PySide6.QtCore import QByteArray, QSettings

from viewer.session import user_folder

MAX_SETTINGS = 1_000_000


class Settings:
    """An INI file under the user's configuration folder. A damaged one is set aside as `.bad`; `warning` says so."""

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or user_folder(platformdirs.user_config_dir("megastructure"))) / "window.ini"
        self.warning = self._set_aside_damaged()
        self._ini = QSettings(str(self.path), QSettings.Format.IniFormat)

    def _set_aside_damaged(self) -> str:
        if not self.path.exists():
            return ""
        try:
            good = self.path.stat().st_size <= MAX_SETTINGS and "\0" not in self.path.read_text(encoding="utf-8")
            probe = QSettings(str(self.path), QSettings.Format.IniFormat)
            good = good and probe.status() == QSettings.Status.NoError
        except (OSError, UnicodeDecodeError):
            good = False
        if good:
            return ""
        aside = self.path.with_name(self.path.name + ".bad")
        with suppress(OSError):
            os.replace(self.path, aside)
        return f"The settings were damaged; defaults are used, the file is kept as {aside.name}"

    def text(self, key: str, default: str = "") -> str:
        """A word, whatever the file holds."""
        value = self._ini.value(key, default)
        return value if isinstance(value, str) else default

    def flag(self, key: str, default: bool) -> bool:
        """Yes or no."""
        return self.text(key, "yes" if default else "no") in ("yes", "true", "1")

    def block(self, key: str) -> QByteArray:
        """Qt's own bytes: geometry."""
        value = self._ini.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def put(self, key: str, value: str | bool | QByteArray) -> None:
        """Keep a value; other instances' keys are left alone."""
        self._ini.setValue(key, ("yes" if value else "no") if isinstance(value, bool) else value)

    def sync(self) -> None:
        """Write to disk."""
        self._ini.sync()

    def recent(self) -> list[str]:
        """City files opened or saved, newest first."""
        return [line for line in self.text("recent").split("\n") if line][:9]

    def add_recent(self, path: str) -> None:
        """Remember a city file."""
        self.put("recent", "\n".join([path, *(row for row in self.recent() if row != path)][:9]))
