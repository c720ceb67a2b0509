"""The flags commands share, each declared once, and how their text becomes values."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from cyclopts import Group, Parameter

from viewer.command.usage import real, reals, whole, wholes
from viewer.errors import InputError, LimitError, UsageError
from viewer.styles import names

T = TypeVar("T")
POWERS = ("netsphere", "alarm", "infection", "silicon", "builders", "settlements")
"""The names of geometry.fields.FIELDS, which --help does not wait for."""
OVERLAYS = (*POWERS, "orbits")
"""What can be laid over a view: each power, and the ghost orbits of viewer.lore.orbits."""
Quality = Literal["draft", "good", "best"]
Thin = Literal["keep", "thicken", "drop"]
Mode = Literal["merged", "instanced", "nodes"]
Purposes = Literal["desk", "district", "bookend", "toha"]
Light = Literal["day", "night"]
Section = Literal["along", "across", "plan"]
Paper = Literal["A4", "A3", "A2", "A1", "A0"]
Depth = Literal[8, 16]
_WHAT = Group("The City and the view", sort_key=1)
_HOW = Group("The work", sort_key=2)
_COMMON = Group("Every command", sort_key=3)


def _flag(group: Group, help_text: str, *names: str, **more: Any) -> Parameter:
    return Parameter(name=names or None, help=help_text, group=group, negative="", show_default=False, **more)


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """Flags of every command."""

    json: Annotated[bool, _flag(_COMMON, "Answer as JSON on stdout.")] = False
    quiet: Annotated[bool, _flag(_COMMON, "Say nothing but errors.", "--quiet", "-q")] = False
    verbose: Annotated[int, _flag(_COMMON, "Say more; twice says all.", "--verbose", "-v", count=True)] = 0
    log_file: Annotated[Path | None, _flag(_COMMON, "Write the log there.", metavar="FILE")] = None
    config: Annotated[Path | None, _flag(_COMMON, "Read defaults from this file.", metavar="FILE")] = None
    no_config: Annotated[bool, _flag(_COMMON, "Read no configuration file.", "--no-config")] = False
    color: Annotated[
        Literal["auto", "always", "never"],
        _flag(_COMMON, "Colour on the terminal: auto, always or never; NO_COLOR counts too.", show_choices=False, metavar="WHEN"),
    ] = "auto"


Changes = Annotated[list[str], _flag(_WHAT, "Change a parameter: fill=0.3. `parameters` lists them.", "--set", metavar="KEY=VALUE")]
_HOUR = "Hour on the clock, 0 to 24, however long a day takes (day_length_h)."


@Parameter(name="*")
@dataclass(frozen=True)
class Which:
    """Flags that say which City."""

    seed: Annotated[int | None, _flag(_WHAT, "Which of all possible Cities.", converter=whole, metavar="N")] = None
    set_: Changes = field(default_factory=list)

    def changes(self) -> dict[str, int | float | str]:
        """What --set and --seed change in the specification. Raises UsageError or SpecError."""
        from geometry.spec import read_value

        found = dict(_assignment(text) for text in self.set_)
        return found if self.seed is None else {**found, "seed": read_value("seed", str(self.seed))}


@Parameter(name="*")
@dataclass(frozen=True)
class View:
    """Flags that change a view, whichever City and hour it is of."""

    year: Annotated[float | None, _flag(_WHAT, "Years since now; what is younger is not there.", converter=real, metavar="NUMBER")] = None
    stage: Annotated[str | None, _flag(_WHAT, "Or an age of the history: 0 to 11, or its word, like dome.", metavar="AGE")] = None
    slice: Annotated[
        list[str],
        _flag(_WHAT, "Cut open: wedge:-45,90 or plane:x,0.2 or shells:0.4,1 (parts of the radius); none shuts all.", metavar="SLICE"),
    ] = field(default_factory=list)
    peel: Annotated[int | None, _flag(_WHAT, "Take off so many strata from outside.", converter=whole, metavar="N")] = None
    isolate: Annotated[int | None, _flag(_WHAT, "Show one stratum only, 0 is the innermost.", converter=whole, metavar="N")] = None
    explode: Annotated[float | None, _flag(_WHAT, "Pull strata apart, in parts of the radius.", converter=real, metavar="NUMBER")] = None
    style: Annotated[str | None, _flag(_WHAT, f"How it is drawn: {', '.join(names())}.", metavar="STYLE")] = None
    haze: Annotated[float | None, _flag(_WHAT, "Strength of the haze, 1 by default.", converter=real, metavar="NUMBER")] = None
    overlay: Annotated[str | None, _flag(_WHAT, f"Lay a power over it, or ghost orbits: {', '.join(OVERLAYS)}.", metavar="NAME")] = None
    scars: Annotated[str | None, _flag(_WHAT, "Shot through as the City of this city file is.", metavar="FILE")] = None
    do: Annotated[list[str], _flag(_WHAT, "Apply an action by its id, in order, like layers.peel.", metavar="ACTION")] = field(
        default_factory=list
    )


@Parameter(name="*")
@dataclass(frozen=True)
class What(View, Which):
    """Flags that say which City and which view of it."""

    hour: Annotated[float | None, _flag(_WHAT, _HOUR, converter=real, metavar="NUMBER")] = None


@Parameter(name="*")
@dataclass(frozen=True)
class Seeds:
    """Flags that say which Cities."""

    seed: Annotated[
        tuple[int, ...],
        _flag(_WHAT, "Which of all possible Cities; 1,2,3 or 1..8 make a batch.", converter=wholes, n_tokens=1, metavar="N"),
    ] = ()
    set_: Changes = field(default_factory=list)


@Parameter(name="*")
@dataclass(frozen=True)
class Many(View, Seeds):
    """Flags that say which Cities, at which hours, and which view of them."""

    hour: Annotated[tuple[float, ...], _flag(_WHAT, f"{_HOUR} 0,6,12 make a batch.", converter=reals, n_tokens=1, metavar="NUMBER")] = ()

    def each(self) -> list[What]:
        """One for each seed and hour, hours within seeds."""
        shared = {row.name: getattr(self, row.name) for row in fields(View)}
        return [What(seed=seed, set_=self.set_, hour=hour, **shared) for seed in self.seed or (None,) for hour in self.hour or (None,)]


@Parameter(name="*")
@dataclass(frozen=True)
class Work:
    """Flags of commands that write files."""

    detail: Annotated[float | None, _flag(_HOW, "Unfold more (2) or less (0.5).", converter=real, metavar="NUMBER")] = None
    max_triangles: Annotated[int | None, _flag(_HOW, "Unfold at most so many triangles.", converter=whole, metavar="N")] = None
    max_memory: Annotated[str | None, _flag(_HOW, "Refuse work that would need more, like 2G.", metavar="AMOUNT")] = None
    force: Annotated[bool, _flag(_HOW, "Overwrite what exists.", "--force", "-f")] = False
    dry_run: Annotated[bool, _flag(_HOW, "Only say what would be made.", "--dry-run", "-n")] = False


def _assignment(text: str) -> tuple[str, int | float | str]:
    from geometry.spec import read_value

    name, sign, value = text.partition("=")
    if not sign:
        raise UsageError(f"--set '{text[:60]}' has no value; write --set key=value")
    name = name.strip().replace("-", "_")
    return name, read_value(name, value.strip())


SIZES = {
    "HD": (1280, 720),
    "FHD": (1920, 1080),
    "2K": (2560, 1440),
    "4K": (3840, 2160),
    "5K": (5120, 2880),
    "8K": (7680, 4320),
    "16K": (15360, 8640),
    "ultrawide": (3440, 1440),
    "superwide": (5120, 1440),
    "dual-FHD": (3840, 1080),
    "dual-4K": (7680, 2160),
    "laptop": (2880, 1800),
    "tablet": (2048, 2732),
    "phone": (1179, 2556),
    "phone-large": (1290, 2796),
    "phone-tall": (1440, 3120),
}
MAX_PIXELS = 300_000_000
DEFAULT_SIZE = "FHD"


def read_size(text: str) -> tuple[int, int]:
    """Width and height in pixels of `3840x2160` or a name like 4K. Raises UsageError for nonsense, LimitError for too much."""
    named = next((pixels for name, pixels in SIZES.items() if name.casefold() == text.strip().casefold()), None)
    if named is not None:
        return named
    match = re.fullmatch(r"([0-9]{1,12})[xX×]([0-9]{1,12})", text.strip())
    if match is None or int(match[1]) == 0 or int(match[2]) == 0:
        raise UsageError(f"--size '{text[:40]}' is not a size; write 3840x2160 or {', '.join(SIZES)}")
    width, height = int(match[1]), int(match[2])
    if width * height > MAX_PIXELS or max(width, height) > 65_535:
        raise LimitError(f"--size {width}x{height} is more than {MAX_PIXELS // 10**6} megapixels or 65,535 a side; give a smaller size")
    return width, height


def read_bytes(text: str, flag: str = "--max-memory") -> int:
    """Bytes of `500M` or `2G`. Raises UsageError."""
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)([KMGT]?)i?B?", text.strip(), re.IGNORECASE)
    if match is None or float(match[1]) == 0:
        raise UsageError(f"{flag} '{text[:40]}' is not an amount; write 500M or 2G")
    return int(float(match[1]) * 1024 ** " KMGT".index(match[2].upper() or " "))


def read_mm(text: str, flag: str = "--fit") -> float:
    """Millimetres of `200mm`, `20cm`, `0.2m`, `8in` or `200`. Raises UsageError."""
    match = re.fullmatch(r"([0-9]{1,5}(?:\.[0-9]{1,4})?)\s*(mm|cm|m|in)?", text.strip().lower())
    value = 0.0 if match is None else float(match[1]) * {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4}[match[2] or "mm"]
    if match is None:
        raise UsageError(f"{flag} '{text[:40]}' is not a length; write 200mm or 20cm")
    if not 1.0 <= value <= 10_000.0:
        raise UsageError(f"{flag} {text[:40]} is out of range; give 1mm to 10000mm")
    return value


def read_thickness(text: str, flag: str, least: float, most: float) -> float:
    """Millimetres of `2mm` or `0.8`. Raises UsageError."""
    match = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*(?:mm)?", text.strip().lower())
    value = 0.0 if match is None else float(match[1])
    if not least <= value <= most:
        raise UsageError(f"{flag} '{text[:40]}' is not a wall; write 2mm, from {least:g} to {most:g}")
    return value


def read_ratio(text: str) -> float:
    """N of `1:N`; N may be written 5e12 or 5,000. Raises UsageError."""
    match = re.fullmatch(r"1\s*:\s*([0-9][0-9,_]*(?:\.[0-9]+)?(?:[eE][+]?[0-9]{1,2})?)", text.strip())
    value = float(re.sub(r"[,_]", "", match[1])) if match else 0.0
    if not 1e-3 <= value <= 1e18:
        raise UsageError(f"--scale '{text[:40]}' is not a scale; write 1:100000 or 1:5e12")
    return value


def read_bed(text: str) -> tuple[float, float, float]:
    """Width, depth and height in millimetres of `220x220x250`. Raises UsageError."""
    match = re.fullmatch(r"([0-9]{2,4})\s*[xX×]\s*([0-9]{2,4})\s*[xX×]\s*([0-9]{2,4})(?:\s*mm)?", text.strip())
    if match is None or min(map(int, match.groups())) < 20:
        raise UsageError(f"--bed '{text[:40]}' is not the room of a printer; write 220x220x250, millimetres, each at least 20")
    return float(match[1]), float(match[2]), float(match[3])


PASSES = ("depth", "normal")
"""What can be written beside a picture."""


def read_passes(text: str) -> tuple[str, ...]:
    """The passes that `depth,normal` names. Raises UsageError."""
    found = tuple(dict.fromkeys(word.strip() for word in text.split(",")))
    if not set(found) <= set(PASSES):
        raise UsageError(f"--passes '{text[:40]}' is not one of {', '.join(PASSES)}; write --passes depth,normal")
    return found


def within(flag: str, value: T | None, good: Callable[[T], bool], hint: str) -> T | None:
    """The flag's value, or UsageError if it is not good."""
    if value is not None and not good(value):
        raise UsageError(f"{flag} {value} is out of range; {hint}")
    return value


def as_usage(flag: str, work: Callable[[], T]) -> T:
    """Run it; what it finds wrong with a flag's text is a mistake in the command."""
    try:
        return work()
    except InputError as error:
        raise UsageError(f"{flag}: {error}") from None
