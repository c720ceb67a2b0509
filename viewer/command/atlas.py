"""The commands that tell of the City: what canon says, what its parameters are, what can be reckoned. None of them draws."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from viewer.command.catalog import LIBRARIES, columns, version, version_of
from viewer.command.options import Common
from viewer.command.report import log_path, report_of
from viewer.command.usage import real
from viewer.errors import OK, UsageError

if TYPE_CHECKING:
    from geometry.spec import Field
    from viewer.lore.canon import Row


def canon(
    words: Annotated[
        tuple[str, ...], Parameter(help="A row (S13), or words that rows hold: 'lifts', 'theory'.", show_default=False, show_env_var=False)
    ] = (),
    /,
    *,
    missing: Annotated[bool, Parameter(negative="", show_default=False, help="Only what the program does not show yet.")] = False,
    common: Common | None = None,
) -> int:
    """Say what canon says of the City, how sure that is, and where the program shows it."""
    from viewer.lore.canon import CERTAINTY, found, rows

    chosen = [row for row in (found(words) if words else rows().values()) if row.missing or not missing]
    if missing and not chosen:
        report_of(common).data("Every such row is shown.", [])
        return OK
    said = _whole(chosen[0]) if len(chosen) == 1 else "\n".join(_line(row) for row in chosen) + "\n\n" + _legend(CERTAINTY)
    report_of(common).data(said, [_entry(row) for row in chosen])
    return OK


def _line(row: Row) -> str:
    return f"{row.id:<5}{row.certainty:<3}{row.said}" + "".join(f" [not yet: {what}]" for what in row.missing)


def _legend(letters: dict[str, str]) -> str:
    return "\n".join(f"{letter:<3}{meaning}" for letter, meaning in letters.items())


def _whole(row: Row) -> str:
    """One row with all there is to it; numbers for the City of the default specification."""
    from viewer.lore.canon import SOURCES

    lines: list[tuple[str, ...]] = [(row.id, row.fact)]
    lines += [("either", row.readings[0]), ("or", row.readings[1]), ("here", row.ours)] if row.readings else []
    lines += [("certainty", f"{row.certainty}: {row.sure}"), ("source", SOURCES[row.source])]
    lines += [("shown", place) for place in row.where]
    lines += [("tested", test) for test in row.tests]
    lines += [("reckoned", f"{number['label']}: {number['text']}") for number in _numbers(row)]
    return columns(lines)


def _entry(row: Row) -> dict[str, Any]:
    return asdict(row) | {"meaning": row.sure, "numbers": _numbers(row)}


def _numbers(row: Row) -> list[dict[str, Any]]:
    """What is reckoned of a row, for the default City."""
    from geometry.spec import CitySpec
    from viewer.lore.reckoning import ROWS, reckoned
    from viewer.measure import digits

    names = [name for place in row.where for kind, _, name in (place.partition(":"),) if kind == "reckoned" and name in ROWS]
    numbers = [number for name in names for number in reckoned(name, CitySpec())]
    return [asdict(number) | {"text": f"{digits(number.value)} {number.unit}".rstrip()} for number in numbers]


def parameters(*, common: Common | None = None) -> int:
    """List every parameter: default, range, canon row and how certain it is."""
    from geometry.spec import fields

    rows = [asdict(row) | {"type": row.type.__name__} for row in fields()]
    lines = [(row.name, _default(row), row.range, f"{row.canon or '-'} {row.certainty}", row.help) for row in fields()]
    report_of(common).data(columns([("parameter", "default", "range", "canon", "meaning"), *lines]), rows)
    return OK


def _default(row: Field) -> str:
    return f"{row.default:g}" if isinstance(row.default, float) else str(row.default)


def info(
    city: Annotated[
        str | None, Parameter(help="A preset, city file, link, picture or address: say what can be reckoned there.", show_env_var=False)
    ] = None,
    /,
    *,
    year: Annotated[
        float | None, Parameter(converter=real, show_default=False, metavar="NUMBER", help="Tell of this year, counted from now.")
    ] = None,
    stage: Annotated[
        str | None, Parameter(show_default=False, metavar="AGE", help="Or of an age of the history: 0 to 11, or its word, like dome.")
    ] = None,
    all_: Annotated[
        bool, Parameter(name="--all", negative="", show_default=False, help="Of a City, all that can be reckoned: 150 lines more.")
    ] = False,
    common: Common | None = None,
) -> int:
    """Say what is installed and where things are; of a City, its sizes, times and masses, and its history. Opens no display."""
    if city is not None:
        return _info_of(city, year, stage, all_, common)
    import platform

    from geometry.version import GENERATOR_VERSION
    from viewer.command.ages import ages, lines, then
    from viewer.command.display import problem
    from viewer.config import default_path
    from viewer.history import told
    from viewer.state import ViewState

    rows = {
        "megastructure": version(),
        "generator": GENERATOR_VERSION,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count() or 1,
        "display": problem() or "available",
        "configuration": str(default_path()),
        "log": str(log_path()),
        **{name: version_of(name) or "missing" for name in LIBRARIES},
    }
    state = then(ViewState(), year, stage)
    said = [*((name, str(value)) for name, value in rows.items()), *lines(state)]
    report_of(common).data(columns(said), {**rows, "then": told(state), "ages": ages(state)})
    return OK


def _info_of(city: str, year: float | None, stage: str | None, whole: bool, common: Common | None) -> int:
    """The readouts of the eye's place, and the rows that are reckoned."""
    import msgspec

    from viewer.command.ages import then
    from viewer.command.options import What
    from viewer.command.sources import resolve, state_of
    from viewer.emitter.beam import told_of
    from viewer.history import told
    from viewer.lore.canon import rows
    from viewer.lore.readouts import readouts
    from viewer.lore.reckoning import reckoned
    from viewer.measure import digits

    if not city.strip():
        raise UsageError("info: name a City, or leave it out")
    state = then(state_of(resolve(city), What()), year, stage)
    groups = readouts(state)
    lines: list[tuple[str, ...]] = []
    for title, facts in groups:
        lines += [(title, fact.label, fact.value, fact.note) for fact in facts]
    lines += [(f"Scar {number}", *told_of(scar)) for number, scar in enumerate(state.city.scars, 1)]
    lines += [("History", name, text, "") for name, text in told(state).items()]
    numbers = {row.id: reckoned(row.id, state.city) for row in rows().values() if row.source == "reckoned"}
    for name, found in numbers.items() if whole else ():
        lines += [(name, number.label, f"{digits(number.value)} {number.unit}".rstrip(), rows()[name].fact) for number in found]
    value = {
        "readouts": {title: {fact.label: fact.value for fact in facts} for title, facts in groups},
        "scars": [msgspec.to_builtins(scar) for scar in state.city.scars],
        "then": told(state),
        "reckoned": {name: [asdict(number) for number in found] for name, found in numbers.items()},
    }
    if not whole:
        count = sum(map(len, numbers.values()))
        lines.append(("Reckoned", f"{count} numbers", "`info --all` tells them", "E01 to E86"))
    report_of(common).data(columns(lines), value)
    return OK
