"""A style as a text file of the user's own: its name checked, written whole, over nothing that was not meant."""

from __future__ import annotations

import json
import re
from pathlib import Path

from geometry.export.atomic import atomic
from viewer.errors import InputError
from viewer.styles import FOLDER, PARAMETERS, Style, Value, own_folder

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 40


def name_of(title: str) -> str:
    """The file's name for a title: `Red dawn` -> `red-dawn`. Raises InputError: what is wrong with it."""
    name = "-".join(title.lower().split())
    if len(name) > LONGEST or not _NAME.fullmatch(name):
        raise InputError(f"'{title[:LONGEST]}' cannot name a style; use up to {LONGEST} letters a to z, digits, spaces and hyphens")
    if (FOLDER / f"{name}.toml").exists():
        raise InputError(f"'{name}' is a style of the program's own; choose another name")
    return name


def path_of(name: str) -> Path:
    """Where the user's style of a name lies. Raises InputError where there is no folder for it."""
    folder = own_folder()
    if folder is None:
        raise InputError("there is no folder for styles; set HOME, or MEGASTRUCTURE_STYLES to a folder")
    return folder / f"{name}.toml"


def text(style: Style, title: str) -> str:
    """The file of a style, every parameter with what it does: to be changed with any editor."""
    lines = [
        "# Numbers have sliders in the window; colours are red, green and blue. What is left out is as in concrete.",
        f"title = {json.dumps(title)}",
        f'drawing = "{style.drawing}"  # paint, ink or lines',
    ]
    table = ""
    for name, row in PARAMETERS.items():
        head, _, key = name.partition(".")
        if head != table:
            table = head
            lines += ["", f"[{head}]"]
        span = f"{row.low:g} to {row.high:g}"
        lines.append(f"{key} = {_shown(style.values[name])}  # {row.help} {span}")
    return "\n".join(lines) + "\n"


def _shown(value: Value) -> str:
    return repr(float(value)) if not isinstance(value, tuple) else f"[{', '.join(repr(float(part)) for part in value)}]"


def save(style: Style, title: str, *, force: bool = False) -> Path:
    """Write a style among the user's own; its path. Raises InputError for a title that cannot be, OutputError for a file that
    exists, without `force`, or cannot be written."""
    path = path_of(name_of(title))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path.parent}: {error.strerror or error}; make the folder, or set MEGASTRUCTURE_STYLES to another") from None
    with atomic(path, force=force) as output:
        output.write(text(style, title).encode())
    return path
