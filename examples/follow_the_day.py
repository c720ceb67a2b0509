"""Let the desktop follow the day: show the picture of the hour from a folder that every_hour.py has filled.

`python examples/follow_the_day.py ~/Pictures/city` stays and changes it on the hour; `--once` sets it once (for cron or a timer),
`--dry-run` only says what it would run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

DESKTOPS = ("gnome", "kde", "feh", "macos", "windows")


def desktop() -> str:
    """What sets the background here, by the best guess."""
    if sys.platform in ("win32", "darwin"):
        return "windows" if sys.platform == "win32" else "macos"
    named = os.environ.get("XDG_CURRENT_DESKTOP", "").lower()
    if "kde" in named and shutil.which("plasma-apply-wallpaperimage"):
        return "kde"
    return "gnome" if shutil.which("gsettings") and any(word in named for word in ("gnome", "unity", "cinnamon", "budgie")) else "feh"


def commands(kind: str, picture: Path) -> list[list[str]]:
    """The commands that make a picture the background of a desktop."""
    path = picture.resolve()
    if kind == "gnome":
        return [["gsettings", "set", "org.gnome.desktop.background", key, path.as_uri()] for key in ("picture-uri", "picture-uri-dark")]
    if kind == "kde":
        return [["plasma-apply-wallpaperimage", str(path)]]
    if kind == "macos":
        quoted = str(path).replace("\\", "\\\\").replace('"', '\\"')
        return [["osascript", "-e", f'tell application "System Events" to tell every desktop to set picture to "{quoted}"']]
    if kind == "windows":
        code = "import ctypes, sys; sys.exit(not ctypes.windll.user32.SystemParametersInfoW(20, 0, sys.argv[1], 3))"
        return [[sys.executable, "-c", code, str(path)]]
    return [["feh", "--bg-fill", str(path)]]


def picture_of(folder: Path, hour: int) -> Path:
    """The picture of an hour, or else of the nearest hour before it, round the clock. SystemExit where there is none."""
    for back in range(24):
        found = sorted(folder.glob(f"{(hour - back) % 24:02}.*"))
        if found:
            return found[0]
    raise SystemExit(f"{folder}: there is no picture like 07.png; fill it with every_hour.py")


def show(folder: Path, kind: str, dry: bool) -> None:
    """Set the picture of this hour. SystemExit where the desktop's own program fails."""
    for words in commands(kind, picture_of(folder, datetime.now().hour)):
        if dry:
            print(*words)
            continue
        try:
            subprocess.run(words, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise SystemExit(f"{words[0]} could not set the background ({error}); try another --desktop") from None


def main() -> None:
    """Read the flags and follow the day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--desktop", choices=DESKTOPS, default=desktop())
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--dry-run", action="store_true")
    given = parser.parse_args()
    while True:
        show(given.folder, given.desktop, given.dry_run)
        if given.once or given.dry_run:
            return
        now = datetime.now()
        time.sleep((now.replace(minute=0, second=1, microsecond=0) + timedelta(hours=1) - now).total_seconds())


if __name__ == "__main__":
    main()
