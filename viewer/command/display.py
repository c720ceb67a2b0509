"""Whether a window can be opened, found out without loading Qt, which would abort the program if it cannot."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Mapping


def problem(environment: Mapping[str, str] | None = None) -> str | None:
    """Why no window can be opened, in one line, or None if one can."""
    env = os.environ if environment is None else environment
    platform = env.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in ("offscreen", "minimal", "vnc", "linuxfb"):
        return f"QT_QPA_PLATFORM={platform} draws no picture of ours; unset it, or use `render`"
    if sys.platform in ("darwin", "win32") or _wayland(env):
        return None
    name = env.get("DISPLAY", "")
    if not name:
        return "there is no display (DISPLAY is not set); use `render`, or start it under Xvfb"
    return None if _x_answers(name) else f"the display {name[:40]} does not answer; use `render`, or correct DISPLAY"


def _wayland(env: Mapping[str, str]) -> bool:
    name = env.get("WAYLAND_DISPLAY", "")
    path = name if name.startswith("/") else os.path.join(env.get("XDG_RUNTIME_DIR", "/nonexistent"), name)
    return bool(name) and os.path.exists(path)


def _x_answers(name: str) -> bool:
    """Whether somebody listens at an X display."""
    match = re.fullmatch(r"(?:unix/?|localhost/unix)?([^:]*):(\d{1,5})(?:\.\d+)?", name)
    if match is None:
        return False
    host, number = match[1], int(match[2])
    if host:
        return _connects(socket.AF_INET, (host, 6000 + number)) or _connects(socket.AF_INET6, (host, 6000 + number))
    path = f"/tmp/.X11-unix/X{number}"
    return _connects(socket.AF_UNIX, path) or _connects(socket.AF_UNIX, "\0" + path)


def _connects(family: int, address: object) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as door:
            door.settimeout(2.0)
            door.connect(address)  # type: ignore[arg-type]
    except (OSError, OverflowError):
        return False
    return True
