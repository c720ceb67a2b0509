"""Styles: how a picture is drawn, as text files of parameters in assets/styles and in the user's own folder.

A style is one TOML file: a title, what kind of drawing it is, and tables of parameters. Every parameter is a row of PARAMETERS: its range,
its help, and what it is where a file leaves it out. Shaders get each as a uniform of its name (`grade.glow` is `gradeGlow`), so a new look
needs no code.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from viewer.errors import InputError

Colour = tuple[float, float, float]
Value = float | Colour
Drawing = Literal["paint", "ink", "lines"]
DRAWINGS: tuple[Drawing, ...] = ("paint", "ink", "lines")
FOLDER = Path(__file__).resolve().parent.parent / "assets" / "styles"
DEFAULT = "concrete"
MAX_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number or colour of a style. Colours are linear red, green, blue but for paper, ink and accent, which are as on the screen."""

    default: Value
    help: str
    low: float = 0.0
    high: float = 4.0
    only: tuple[Drawing, ...] = DRAWINGS
    """The kinds of drawing in which it shows."""


PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "air.noon_low": Parameter((0.57, 0.68, 0.73), "Colour of the air at noon, level and below."),
        "air.noon_high": Parameter((1.05, 1.16, 1.20), "Colour of the air at noon, towards the ceiling."),
        "air.night_low": Parameter((0.255, 0.315, 0.345), "Colour of the air at night, level and below."),
        "air.night_high": Parameter((0.10, 0.13, 0.15), "Colour of the air at night, towards the ceiling."),
        "air.abyss": Parameter((0.050, 0.064, 0.072), "Colour of what lies far below."),
        "light.ceiling": Parameter((0.93, 0.985, 1.0), "Light of the lit ceiling."),
        "light.ever": Parameter((0.62, 0.84, 1.0), "The little light that never goes out."),
        "light.warm": Parameter((1.0, 0.66, 0.30), "Warm windows."),
        "light.cold": Parameter((0.62, 0.90, 1.0), "Cold windows."),
        "light.cast": Parameter(1.0, "Light that falls from the ceiling, and its shadows.", 0.0, 3.0),
        "light.shafts": Parameter(1.0, "Shafts of that light in the air.", 0.0, 3.0, ("paint", "ink")),
        "light.windows": Parameter(1.0, "Strength of lit windows.", 0.0, 8.0, ("paint", "lines")),
        "light.wall": Parameter((1.0, 1.0, 1.0), "What walls and floors are tinted with."),
        "section.face": Parameter((0.060, 0.064, 0.068), "The face of a cut."),
        "section.rim": Parameter((0.20, 0.235, 0.25), "The fine line round it."),
        "grade.exposure": Parameter(1.0, "Brightness of the whole picture.", 0.05, 8.0),
        "grade.contrast": Parameter(0.75, "How far dark and light are drawn apart.", 0.0, 1.0, ("paint",)),
        "grade.saturation": Parameter(0.80, "Colour: 0 is grey.", 0.0, 2.0, ("paint",)),
        "grade.middle": Parameter((-0.010, 0.003, 0.010), "Added to the middle tones.", -0.2, 0.2, ("paint",)),
        "grade.glow": Parameter(1.0, "Glow round what is bright.", 0.0, 6.0),
        "grade.grain": Parameter(0.016, "Grain of the film.", 0.0, 0.3, ("paint",)),
        "grade.vignette": Parameter(0.30, "How much darker the corners are.", 0.0, 2.0, ("paint",)),
        "line.weight": Parameter(0.0, "Contours drawn over the picture.", 0.0, 1.0, ("paint",)),
        "line.hatch": Parameter(1.0, "Hatching in the shade.", 0.0, 1.0, ("ink",)),
        "line.black": Parameter(1.0, "Solid blacks in the deepest shade.", 0.0, 1.0, ("ink",)),
        "line.paper": Parameter((1.0, 1.0, 1.0), "The paper, as on the screen.", 0.0, 1.0),
        "line.ink": Parameter((0.0, 0.0, 0.0), "The ink, as on the screen.", 0.0, 1.0),
        "line.accent": Parameter((1.0, 1.0, 1.0), "What shines, as on the screen.", 0.0, 1.0),
    }
)
"""Every parameter of a style, in the order of the panel."""


@dataclass(frozen=True, slots=True)
class Style:
    """A look, whole: every parameter has a value."""

    name: str
    title: str = ""
    drawing: Drawing = "paint"
    """`paint` is lit and graded, `ink` is drawn on paper with blacks and hatching, `lines` are contours alone."""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({name: row.default for name, row in PARAMETERS.items()}))

    def switches(self) -> tuple[str, ...]:
        """What the lighting shader is compiled with for this style."""
        if self.drawing == "paint":
            return ("CONTOURS",) if self.values["line.weight"] else ()
        return ("INK", "LINES") if self.drawing == "lines" else ("INK",)

    @property
    def casts(self) -> bool:
        """Whether light that falls is drawn at all."""
        return bool(self.values["light.cast"] or self.values["light.shafts"])

    def uniforms(self) -> dict[str, Value]:
        """The parameters by the names they have in the shaders."""
        return {"drawn": float(self.drawing != "paint")} | {uniform(name): value for name, value in self.values.items()}


def uniform(name: str) -> str:
    """`grade.glow` -> `gradeGlow`."""
    first, *rest = name.replace(".", "_").split("_")
    return first + "".join(word.capitalize() for word in rest)


def numbers() -> tuple[str, ...]:
    """The parameters that are one number each: those that sliders change."""
    return tuple(name for name, row in PARAMETERS.items() if not isinstance(row.default, tuple))


def tunable(name: str, value: float) -> bool:
    """Whether a parameter is a number and may have this value."""
    row = PARAMETERS.get(name)
    return row is not None and not isinstance(row.default, tuple) and row.low <= value <= row.high


def own_folder() -> Path | None:
    """Where the user's own styles lie: MEGASTRUCTURE_STYLES, or `styles` beside the configuration file."""
    named = os.environ.get("MEGASTRUCTURE_STYLES")
    if named:
        return Path(named)
    home = os.environ.get("XDG_CONFIG_HOME") or (os.path.join(os.environ["HOME"], ".config") if os.environ.get("HOME") else None)
    return Path(home) / "megastructure" / "styles" if home else None


def _listed(folder: Path | None) -> list[str]:
    try:
        return sorted(entry.stem for entry in folder.glob("*.toml")) if folder is not None else []
    except OSError:
        return []


class _Shelf:
    """What has been read. A style in use stays as it was when its file is broken or taken away."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.styles: dict[str, Style] = {}
        self.kept: dict[str, Style] = {}

    def forget(self) -> None:
        self.kept |= self.styles
        self.names, self.styles = (), {}


_SHELF = _Shelf()


def project_names() -> tuple[str, ...]:
    """Names of the project's own styles, the default one first."""
    return tuple(dict.fromkeys([DEFAULT, *_listed(FOLDER)]))


def names() -> tuple[str, ...]:
    """Names of all styles, the default one first, then the project's own, then the user's."""
    if not _SHELF.names:
        _SHELF.names = tuple(dict.fromkeys([*project_names(), *_listed(own_folder())]))
    return _SHELF.names


def reread() -> tuple[str, ...]:
    """Look through the folders again; what is wrong with the user's files, a line each. A broken file leaves its style as it was."""
    _SHELF.forget()
    troubles = []
    for name in names():
        try:
            _loaded(name)
        except InputError as error:
            troubles.append(str(error))
    return tuple(troubles)


def style(name: str, tuned: tuple[tuple[str, float], ...] = ()) -> Style:
    """The style of a name, with some of its numbers set otherwise. Raises InputError, with the nearest name, for one there is not."""
    try:
        base = _loaded(name)
    except InputError:
        if name not in _SHELF.kept:
            raise
        base = _SHELF.kept[name]
    return Style(base.name, base.title, base.drawing, MappingProxyType({**base.values, **dict(tuned)})) if tuned else base


def _loaded(name: str) -> Style:
    if name not in _SHELF.styles:
        _SHELF.styles[name] = _found(name)
    return _SHELF.styles[name]


def _found(name: str) -> Style:
    for folder in (FOLDER, own_folder()):
        path = folder / f"{name}.toml" if folder is not None and name in names() else None
        if path is not None and path.is_file():
            return read(path)
    near = get_close_matches(name, names(), 1)
    raise InputError(f"there is no style '{name[:40]}'; " + (f"did you mean '{near[0]}'?" if near else f"use one of {', '.join(names())}"))


def read(path: Path) -> Style:
    """The style of a file. Raises InputError: what is wrong, where, and what to write instead."""
    import tomllib

    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path}: more than {MAX_BYTES} bytes; a style is a short text file")
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: {error}; a style is a TOML file of numbers and colours") from None
    drawing = table.pop("drawing", "paint")
    if drawing not in DRAWINGS:
        raise InputError(f"{path}: drawing: '{str(drawing)[:40]}'; use one of {', '.join(DRAWINGS)}")
    title = table.pop("title", path.stem)
    if not isinstance(title, str) or not 0 < len(title) <= 80:
        raise InputError(f"{path}: title: write a line of text")
    given: dict[str, object] = {}
    for head, rows in table.items():
        given |= {f"{head}.{key}": value for key, value in rows.items()} if isinstance(rows, dict) else {head: rows}
    values = {name: row.default for name, row in PARAMETERS.items()}
    for name, value in given.items():
        values[name] = _checked(path, name, value)
    return Style(path.stem, title, drawing, MappingProxyType(values))


def _checked(path: Path, name: str, value: object) -> Value:
    row = PARAMETERS.get(name)
    if row is None:
        near = get_close_matches(name, PARAMETERS, 1)
        raise InputError(f"{path}: there is no '{name[:60]}'" + (f"; did you mean '{near[0]}'?" if near else "; leave it out"))
    given = value if isinstance(value, list) else [value]
    found = tuple(float(number) for number in given if isinstance(number, int | float) and not isinstance(number, bool))
    wanted = 3 if isinstance(row.default, tuple) else 1
    if not len(found) == len(given) == wanted or not all(row.low <= number <= row.high for number in found):
        what = f"three numbers from {row.low:g} to {row.high:g}" if wanted == 3 else f"a number from {row.low:g} to {row.high:g}"
        raise InputError(f"{path}: {name}: {str(value)[:60]}; write {what}")
    return found[0] if wanted == 1 else (found[0], found[1], found[2])
