"""City files: a specification as TOML text. Reading trusts nothing; writing is atomic and reads back to the same City.

schema = 1
title = "A quiet City"
preset = "canon"        # what the fields below change; optional

[city]
seed = 7

[[scar]]                # a shot of the Gravitational Beam Emitter; as many as there were
power = 3
muzzle = [6.1e11, 0.0, 0.0]
direction = [0.0, 1.0, 0.0]
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

import assets
from geometry.scar import FIELDS as SCAR_FIELDS
from geometry.scar import ScarError, scar_of
from geometry.spec import CitySpec, SpecError, differences, shown, with_changes, with_scars
from geometry.version import GENERATOR_VERSION

SCHEMA = 1
MAX_BYTES = 1_000_000
MAX_LINE = 4096
TEXT_LIMITS = {"title": 200, "description": 2000}
_KEYS = ("schema", "generator", "title", "description", "preset", "city", "scar")
_LINE = re.compile(r"line (\d+)")


class CityFileError(ValueError):
    """A file is not a city file; the text is `file:line: key: what is wrong; what to do`."""

    def __init__(self, source: str, what: str, line: int | None = None) -> None:
        super().__init__(f"{source}:{line}: {what}" if line else f"{source}: {what}")
        self.line = line


@dataclass(frozen=True, slots=True)
class CityFile:
    """What a city file holds."""

    spec: CitySpec
    title: str = ""
    description: str = ""
    preset: str = ""
    """Name of the preset it starts from, or empty for the default City."""
    generator: int = GENERATOR_VERSION
    """Version of the generator it was written for."""


def read(path: str | os.PathLike[str]) -> CityFile:
    """Read a city file. Raises CityFileError for anything that is not one, a missing file included."""
    source = os.fspath(path)
    try:
        with open(source, "rb", opener=_open_regular) as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CityFileError(shown_path(source), f"cannot be read ({error.strerror or error}); check the path") from None
    return parse(data, shown_path(source))


def shown_path(path: str) -> str:
    """A path on one printable line."""
    return "".join(c if c.isprintable() else "\ufffd" for c in path)


def _open_regular(path: str, flags: int) -> int:
    """Open without waiting for a FIFO's writer, and refuse what is not a plain file."""
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(0, "it is not a plain file")
    return handle


def parse(data: bytes, source: str = "city") -> CityFile:
    """A city file from its bytes. Raises CityFileError."""
    text = _text(data, source)
    document = _document(text, source)
    for key in document:
        if key not in _KEYS:
            raise _at(source, text, key, "", f"there is no such key; use one of {', '.join(_KEYS)}")
    version = _version(document, text, source)
    words = {key: _words(document, key, text, source) for key in (*TEXT_LIMITS, "preset")}
    base = _base(words["preset"], text, source)
    table = document.get("city", {})
    if not isinstance(table, dict):
        raise _at(source, text, "city", "", "must be a table; write [city] on a line of its own")
    try:
        spec = with_changes(base, table)
    except SpecError as error:
        raise _at(source, text, error.key, "city", error.what) from None
    spec = _with_scars(spec, document.get("scar", []), text, source)
    return CityFile(spec, words["title"], words["description"], words["preset"], version)


def _with_scars(spec: CitySpec, tables: object, text: str, source: str) -> CitySpec:
    if not isinstance(tables, list):
        raise _at(source, text, "scar", "", "must be tables; write [[scar]] on a line of its own before each")
    scars = []
    for number, table in enumerate(tables, 1):
        try:
            scars.append(scar_of(table))
        except ScarError as error:
            raise CityFileError(source, f"scar {number}: {shown(error.key)}: {error.what}", _scar_line(text, number, error.key)) from None
    try:
        return with_scars(spec, tuple(scars))
    except SpecError as error:
        raise _at(source, text, "scar", "", error.what) from None


def _scar_line(text: str, number: int, key: str) -> int | None:
    """The line of a key of one of the tables [[scar]], or of the table."""
    lines = text.split("\n")
    starts = [i for i, line in enumerate(lines, 1) if re.match(r"\s*\[\[\s*scar\s*\]\]", line)]
    if len(starts) < number:
        return _line_of(text, "scar", "")
    own = range(starts[number - 1], starts[number] - 1 if number < len(starts) else len(lines))
    return next((i + 1 for i in own if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", lines[i])), starts[number - 1])


def _text(data: bytes, source: str) -> str:
    if len(data) > MAX_BYTES:
        raise CityFileError(source, "is larger than 1 MB; a city file holds a few lines")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CityFileError(source, "is not UTF-8 text; save it as UTF-8", line) from None
    for index, row in enumerate(text.split("\n"), 1):
        if len(row) > MAX_LINE:
            raise CityFileError(source, f"line is longer than {MAX_LINE} characters; shorten it", index)
    return text


def _document(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _LINE.search(str(error))
        what = re.sub(r" \(at (line|end)[^)]*\)", "", str(error))
        last = text.count("\n") + 1
        raise CityFileError(source, f"not TOML: {shown(what)}; correct the line", int(match[1]) if match else last) from None
    except RecursionError:
        raise CityFileError(source, "tables or lists are nested too deep; a city file needs one level", _deep_line(text)) from None
    except ValueError:
        raise CityFileError(source, "a number has too many digits; shorten it", _long_number_line(text)) from None


def _long_number_line(text: str) -> int | None:
    match = re.search(r"[0-9_]{1000}", text)
    return text.count("\n", 0, match.start()) + 1 if match else None


def _deep_line(text: str) -> int:
    """The line on which brackets nest past any sense, or a dotted key does: newer tomllibs take 1000 parts of one at most."""
    depth = 0
    for index, line in enumerate(text.split("\n"), 1):
        depth += sum(line.count(c) for c in "[{") - sum(line.count(c) for c in "]}")
        if depth > 8 or line.count(".") >= 1000:
            return index
    return 1


def _version(document: dict[str, Any], text: str, source: str) -> int:
    """Check `schema`, return `generator`."""
    for key, newest in (("schema", SCHEMA), ("generator", GENERATOR_VERSION)):
        value = document.get(key, None if key == "schema" else newest)
        if value is None:
            raise CityFileError(source, f"schema: is missing; write schema = {SCHEMA} on the first line", 1)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise _at(source, text, key, "", f"'{shown(value)}' is not a version; write {key} = {newest}")
        if value > newest:
            raise _at(source, text, key, "", f"{shown(value)} is newer than this program's {newest}; update the program")
    return int(document.get("generator", GENERATOR_VERSION))


def _words(document: dict[str, Any], key: str, text: str, source: str) -> str:
    value = document.get(key, "")
    if not isinstance(value, str):
        raise _at(source, text, key, "", "must be text; put it in quotes")
    limit = TEXT_LIMITS.get(key, 64)
    if len(value) > limit:
        raise _at(source, text, key, "", f"is longer than {limit} characters; shorten it")
    if any(not c.isprintable() and c != "\n" for c in value):
        raise _at(source, text, key, "", "holds control characters; remove them")
    return value


def _base(name: str, text: str, source: str) -> CitySpec:
    if not name:
        return CitySpec()
    if name not in preset_names():
        raise _at(source, text, "preset", "", f"there is no preset '{shown(name)}'; use one of {', '.join(preset_names())}")
    return preset(name).spec


def _at(source: str, text: str, key: str, table: str, what: str) -> CityFileError:
    return CityFileError(source, f"{shown(key)}: {what}", _line_of(text, key, table))


def _line_of(text: str, key: str, table: str) -> int | None:
    """The line on which a table's key stands, as far as a simple look can tell."""
    here = ""
    wanted = re.compile(rf"\s*(?:\[\s*)?[\"']?(?:{re.escape(table)}\s*\.\s*)?{re.escape(key)}[\"']?\s*(?:[.=]|\]|$)")
    lines = text.split("\n")
    for index, line in enumerate(lines, 1):
        header = re.match(r"\s*\[\s*[\"']?([\w-]+)[\"']?\s*\]", line)
        if wanted.match(line) and (here == table or (table and f"{table}." in line.replace(" ", "")) or header):
            return index
        here = header[1] if header else here
    return next((i for i, line in enumerate(lines, 1) if key in line), None)


def text_of(city: CityFile) -> str:
    """The city file's text; `parse` gives the same CityFile back."""
    base = preset(city.preset).spec if city.preset else CitySpec()
    rows = [f"schema = {SCHEMA}", f"generator = {city.generator}"]
    rows += [f"{key} = {_quoted(value)}" for key in (*TEXT_LIMITS, "preset") if (value := getattr(city, key))]
    rows += ["", "[city]"]
    rows += [f"{key} = {_quoted(v) if isinstance(v, str) else repr(v)}" for key, v in differences(city.spec, base).items()]
    for scar in city.spec.scars:
        rows += ["", "[[scar]]"]
        rows += [f"{name} = {_value(getattr(scar, name))}" for name in SCAR_FIELDS if getattr(scar, name) != ""]
    return "\n".join(rows) + "\n"


def _value(value: object) -> str:
    return _quoted(value) if isinstance(value, str) else repr(list(value)) if isinstance(value, tuple) else repr(value)


def _quoted(text: str) -> str:
    safe = text.replace("\\", "\\\\").replace('"', '\\"')
    if "\n" in safe:
        return f'"""\n{safe}"""'
    return f'"{safe}"'


def write(path: str | os.PathLike[str], city: CityFile) -> None:
    """Write a city file, over an old one too: the whole file or nothing. Raises geometry.export.OutputError."""
    from geometry.export.atomic import atomic

    with atomic(path, force=True) as output:
        output.write(text_of(city).encode())


@cache
def preset_names() -> tuple[str, ...]:
    """Names of all presets, sorted."""
    return tuple(sorted(file.stem for file in assets.path("presets").glob("*.toml")))


@cache
def preset(name: str) -> CityFile:
    """A preset by name. Raises CityFileError if there is none of that name."""
    if name not in preset_names():
        raise CityFileError(shown(name), f"there is no such preset; use one of {', '.join(preset_names())}")
    return read(assets.path(f"presets/{name}.toml"))
