"""The command `places`: what there is by name, and what is looked for by kind, size, neighbours, chaos and light."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from viewer.command.catalog import Table, columns
from viewer.command.options import Common, Which
from viewer.command.report import Advance, Report, report_of
from viewer.command.usage import real, whole
from viewer.errors import OK, InputError, UsageError

if TYPE_CHECKING:
    from viewer.places.find import Found, Search
    from viewer.places.query import Query
    from viewer.state import ViewState

ADDRESSES = (
    ("band 7", "a drawn stratum, all round; 0 is the innermost"),
    ("layer 102345", "one of its layers, all round; 0 is the innermost"),
    ("band 7 / tile 3-02", "a piece of a stratum: face of a cube about the City, then quarters of quarters"),
    ("band 7.16.5 / layer 102345 / tile 3-022222222222222222122 / district 7", "what stands on a layer in the City of seed 40"),
    ("seed 7 / band 3", "in another City"),
)
"""Examples, in all their forms: each can be given to render, view and export."""
_NEAREST = re.compile(r"\s*(the\s+)?nearest\s+(?=\S)", re.IGNORECASE)
_BETWEEN = "The room between two plates, looked at from within."
MOST_SEEDS = 1000
MANY = 5
"""Places that are told if nobody asks for more or fewer."""


def places(
    words: Annotated[
        tuple[str, ...],
        Parameter(
            help="Words that names hold, or what to look for: 'nearest hall', 'hall near shaft', 'void >1000 km beside a shaft'. "
            "Quote it, or a shell takes > for itself. KIND, then sizes (>5 km, tall >300 km, wide <1 km), near KIND, "
            "beside KIND within 2 km, within 50 km, lit, dark, chaos >0.5, layer <1000.",
            show_default=False,
            show_env_var=False,
        ),
    ] = (),
    /,
    *,
    seeds: Annotated[
        str | None,
        Parameter(
            show_default=False, metavar="RANGE", help="Look in many Cities, 1-50 or 3,7,40: the first place in each.", show_env_var=False
        ),
    ] = None,
    limit: Annotated[
        int | None,
        Parameter(converter=whole, metavar="N", show_default=False, help="Stop after so many; 5, or one a City.", show_env_var=False),
    ] = None,
    look: Annotated[
        int, Parameter(converter=whole, metavar="N", help="Unfold at most so many places in a City.", show_env_var=False)
    ] = 2000,
    from_: Annotated[
        str | None,
        Parameter(name="--from", show_default=False, metavar="PLACE", help="Begin at an address, a link or a picture.", show_env_var=False),
    ] = None,
    hour: Annotated[
        float, Parameter(converter=real, metavar="NUMBER", help="Hour on the clock, for lit and dark.", show_env_var=False)
    ] = 12.0,
    what: Which | None = None,
    common: Common | None = None,
) -> int:
    """List named views, landmarks, kinds of places, and how addresses read; or look for places, and print a link to each."""
    from viewer.places.query import is_query, parse

    what, text, report = what or Which(), " ".join(words), report_of(common)
    if nearest := _NEAREST.match(text):  # as the window's go-to box says it
        text, limit = text[nearest.end() :], 1 if limit is None and seeds is None else limit
    asked = seeds is not None or limit is not None or from_ is not None
    rows = [] if asked or is_query(text) else _named(words)
    if rows:
        _tell_named(rows, report)
        return OK
    if not asked and not is_query(text) and not _may_be_query(text):
        raise InputError(_unknown(text))
    if look < 1 or (limit is not None and limit < 1):
        raise UsageError("--look and --limit are 1 or more")
    query = parse(text)
    if not 0.0 <= hour < 24.0:
        raise UsageError(f"--hour {hour:g} is out of range; give 0 to 24")
    states = [_state(what, from_, hour, seed) for seed in _seeds(seeds, what)]
    return _look(query, states, limit or (len(states) if seeds is not None else MANY), look, seeds is not None, report)


def _named(words: tuple[str, ...]) -> Table:
    """Rows whose name or title holds all the words."""
    wanted = [word.lower() for word in words]
    return [row for row in _all_named() if all(word in " ".join(row.values()).lower() for word in wanted)]


def _all_named() -> Table:
    from geometry.landmarks import PREFIX
    from viewer.lore.canon import note
    from viewer.lore.landmarks import cards
    from viewer.places.query import KINDS, VOID
    from viewer.views import VIEWS

    rows: Table = [{"kind": "view", "name": row.name, "title": row.title} for row in VIEWS.values()]
    rows += [{"kind": "landmark", "name": PREFIX + name, "title": f"{card.title} ({card.source})"} for name, card in cards().items()]
    rows += [{"kind": "kind", "name": kind, "title": _BETWEEN if kind == VOID else note(kind).text.split(". ")[0]} for kind in KINDS]
    return rows + [{"kind": "address", "name": name, "title": title} for name, title in ADDRESSES]


def _tell_named(rows: Table, report: Report) -> None:
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    tables = [[(kind, row["name"], row["title"]) for row in rows if row["kind"] == kind] for kind in kinds]
    report.data("\n".join(columns(table) for table in tables), rows)


def _may_be_query(text: str) -> bool:
    """Whether a text that names nothing is a kind of place, or has a sign or a word of the query language in it."""
    from viewer.places.query import KINDS, known

    return known(text.split()[0] if text.split() else "") in KINDS or bool(re.search(r"[<>]|\b(near|beside|within)\b", text))


def _unknown(text: str) -> str:
    from geometry.spec import shown
    from viewer.places.query import KINDS

    said = {row["name"] for row in _all_named()} | set(re.findall(r"[a-z]{4,}", " ".join(row["title"] for row in _all_named()).lower()))
    known = sorted(said | set(KINDS))
    near = next((near for word in text.lower().split() for near in get_close_matches(word, known, 1) if near != word), None)
    hint = f"did you mean '{near}'?" if near else "`megastructure places` lists all that has a name, `places kind` the kinds of places"
    return f"nothing is called '{shown(text)}'; {hint}"


def _seeds(text: str | None, what: Which) -> tuple[int | None, ...]:
    """`1-50`, `1..50`, `3,7,40`. Raises UsageError."""
    if text is None:
        return (None,)
    if what.seed is not None:
        raise UsageError("--seed and --seeds: give one of them")
    found: list[int | None] = []
    for word in text.replace("..", "-").split(","):
        match = re.fullmatch(r"\s*(\d{1,18})(?:-(\d{1,18}))?\s*", word)
        if match is None:
            raise UsageError(f"--seeds '{word[:20]}' is no range; write 1-50 or 3,7,40")
        low = int(match[1])
        high = int(match[2] or low)
        if high < low or high - low + len(found) >= MOST_SEEDS:
            raise UsageError(f"--seeds {word[:20]}: write a range that rises, of at most {MOST_SEEDS} Cities")
        found += range(low, high + 1)
    return tuple(found)


def _state(what: Which, start: str | None, hour: float, seed: int | None) -> ViewState:
    """The City that is looked in, and where the eye is: outside, unless somebody says where to begin."""
    from dataclasses import replace

    from geometry.spec import with_changes
    from viewer.command.options import What
    from viewer.command.sources import resolve, state_of

    state = state_of(resolve(start), What(seed=what.seed, set_=what.set_))
    city = state.city if seed is None else with_changes(state.city, {"seed": seed})
    return replace(state, city=city, hour=hour)


def _look(query: Query, states: list[ViewState], most: int, look: int, each: bool, report: Report) -> int:
    """Say every place as it is found, so that whoever stops the search keeps what there is."""
    rows: Table = []
    opened = 0
    with report.progress("Looking") as advance:
        for index, state in enumerate(states):
            work, found = _searched(query, state, look, partial(_step, advance, index, len(states)))
            for number, one in enumerate(found):
                rows.append(_row(work, one, state))
                if not report.json:
                    report.data(_line(rows[-1]), rows[-1])
                if each or number + 1 >= most or len(rows) >= most:
                    break
            opened += work.opened
            if len(rows) >= most:
                break
    if not rows:
        raise InputError(
            f"no such {query.kind} was found in {opened:,} places; ask for less, allow more with --look, or begin elsewhere with --from"
        )
    if report.json:
        report.data("", rows)
    return OK


def _step(advance: Advance, done: int, count: int, part: float) -> None:
    advance((done + part) / count)


def _searched(query: Query, state: ViewState, look: int, advance: Advance) -> tuple[Search, Iterator[Found]]:
    from geometry.city import City
    from viewer.places.find import Search, begun, search

    city = City(state.city)
    work = Search(city, begun(city, state), state.hour, look, advance)
    return work, search(work, query)


def _row(work: Search, found: Found, state: ViewState) -> dict[str, Any]:
    from viewer.link import link
    from viewer.places.find import measured, seen

    return {
        "kind": found.place.kind,
        "address": str(found.place.address),
        "size_m": measured(work, found.place, "size"),
        "distance_m": found.distance,
        "chaos": measured(work, found.place, "chaos"),
        "near": [str(place.address) for place in found.near],
        "link": link(seen(work.city, found, state)),
    }


def _line(row: dict[str, Any]) -> str:
    from viewer.measure import length

    near = "".join(f", near {address.rpartition(' / ')[2]}" for address in row["near"])
    return f"{row['address']}\n    {length(row['size_m'])}{near}\n    {row['link']}"
