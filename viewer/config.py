"""The configuration file: defaults for flags, in TOML. Flags and MEGASTRUCTURE_* variables override it.

size = "4K"
style = "ink"
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from viewer.errors import InputError

MAX_BYTES = 100_000
PREFIX = "MEGASTRUCTURE_"
TEMPLATE = """\
# Defaults for the flags of megastructure, without their dashes. A flag or MEGASTRUCTURE_... in the environment overrides them.
# size = "4K"
# style = "ink"
# quality = "best"
#
# Keys of the window, by action; `megastructure` lists both with F1. An empty list takes a key away.
# [keys]
# "light.day-night" = ["B"]
"""


@dataclass(frozen=True, slots=True)
class Config:
    """What the file holds."""

    path: Path
    values: dict[str, Any]
    warning: str = ""
    """What was wrong with the file, in one line."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other keys of the window's actions, by id."""


def default_path() -> Path:
    """Where the file is looked for: MEGASTRUCTURE_CONFIG, or the user's configuration folder."""
    import platformdirs

    named = os.environ.get(PREFIX + "CONFIG")
    if named:
        return Path(named)
    try:
        return Path(platformdirs.user_config_dir("megastructure")) / "config.toml"
    except RuntimeError:  # no home folder
        return Path("megastructure.toml")


def load(path: Path | None, chosen: bool = False) -> Config:
    """The configuration; a damaged file is set aside as `.bad` and said once.

    `chosen`: the user named it, so it is left alone, and InputError says what is wrong with it."""
    where = path or default_path()
    try:
        values = _read(where)
        keys = _keys(values.pop("keys", {}))
    except FileNotFoundError:
        if chosen:
            raise InputError(f"{where}: there is no such configuration file; check the path") from None
        return Config(where, {})
    except (OSError, ValueError, RecursionError) as error:
        if chosen:
            raise InputError(f"{where}: {_why(error)}; correct it, or leave out --config") from None
        return Config(where, {}, f"{where}: {_why(error)}; defaults are used{_set_aside(where, error)}")
    return Config(where, {key.replace("-", "_"): value for key, value in values.items()}, keys=keys)


def _keys(table: object) -> dict[str, tuple[str, ...]]:
    """The table `[keys]`: an action's id, and one key or a list of them. Raises ValueError."""
    if not isinstance(table, dict):
        raise ValueError("keys: is not a table")
    made: dict[str, tuple[str, ...]] = {}
    for name, value in table.items():
        keys = [value] if isinstance(value, str) else value
        if not isinstance(keys, list) or not all(isinstance(key, str) and 0 < len(key) <= 40 for key in keys):
            raise ValueError(f"keys.{name[:40]}: give a key like 'Ctrl+B', or a list of them")
        made[name] = tuple(keys)
    return made


def _read(path: Path) -> dict[str, Any]:
    if path.exists() and not path.is_file():
        raise ValueError("is not a plain file")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError("is larger than 100 kB")
    values = tomllib.loads(data.decode("utf-8"))
    for key, value in values.items():
        if key != "keys" and not isinstance(value, str | int | float | bool | list):
            raise ValueError(f"{key[:40]}: is not a plain value")
    return values


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "is nested too deep"
    if isinstance(error, OSError):
        return f"cannot be read ({error.strerror})"
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8 text"
    if type(error) is ValueError and "digits" in str(error):
        return "a number has too many digits"
    return " ".join(str(error).split())[:120]


def _set_aside(path: Path, error: Exception) -> str:
    if isinstance(error, OSError) or not path.is_file():
        return ""
    aside = path.with_name(path.name + ".bad")
    try:
        os.replace(path, aside)
    except OSError:
        return ""
    return f", the file is kept as {aside.name}"


def reset(path: Path) -> None:
    """Write the template, every line a comment. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(TEMPLATE, encoding="utf-8")
    os.replace(part, path)
