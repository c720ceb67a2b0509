"""What canon says, how sure that is, and where the program shows it: read from assets/canon.toml, the one source."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

import assets
from geometry.spec import field
from viewer.errors import InputError
from viewer.lore.canon_places import landmarks

CERTAINTY = {
    "A+": "said in the story's texts, and again elsewhere",
    "A": "said in the story's texts",
    "B": "two readers, or one who cites the chapter",
    "C": "one reader's note",
    "D": "a reader's theory",
    "X": "reckoned",
    "?": "our choice",
}
"""What each letter means, the surest first."""
SOURCES = {
    "texts": "the texts that the City is made after",
    "chapter": "a reader's page that cites a chapter or a caption",
    "page": "a reader's page",
    "interview": "an interview with the author",
    "study": "a paper or an essay",
    "reference": "a page on spheres of other kinds",
    "reckoned": "a formula; the program works it out",
    "readings": "sources that do not agree",
}
NOT_YET, REFUSED = "not yet", "refused"


@dataclass(frozen=True, slots=True)
class Row:
    """One fact, contradiction or reckoning."""

    id: str
    """S01: S said in the texts, P public pages, K contradictions, E reckoned."""
    fact: str
    certainty: str
    """A key of CERTAINTY."""
    source: str
    """A key of SOURCES."""
    where: tuple[str, ...]
    """Where the program shows it: `view:rim`, `kind:hall`, `field:radius_km`, … or `refused: why`, `not yet: what is missing`."""
    tests: tuple[str, ...]
    """`test_shell.test_strata_nest_and_leave_voids`: what holds the program to it."""
    readings: tuple[str, ...] = ()
    """Of a contradiction: what two sources say."""
    ours: str = ""
    """Of a contradiction: what this City has."""

    @property
    def said(self) -> str:
        """The fact as one text, both readings of a contradiction and ours in it."""
        if not self.readings:
            return self.fact
        one, other = self.readings
        return f"{self.fact} Either: {one} Or: {other} Here: {self.ours}"

    @property
    def sure(self) -> str:
        """How sure it is, in words."""
        return CERTAINTY[self.certainty]

    @property
    def missing(self) -> tuple[str, ...]:
        """What the program does not show of it yet."""
        return tuple(place.partition(": ")[2] for place in self.where if place.startswith(NOT_YET))


@dataclass(frozen=True, slots=True)
class Note:
    """What a kind of place rests on."""

    text: str
    rows: tuple[str, ...]
    """Ids of rows; none where the story is silent."""
    certainty: str

    @property
    def source(self) -> str:
        """The rows and how sure the first is: `P90 · two readers, or one who cites the chapter`."""
        said = CERTAINTY[self.certainty]
        return f"{', '.join(self.rows)} · {said}" if self.rows else said


_SILENT = Note("The story is silent about this; it is our own.", (), "?")


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(assets.path("canon.toml").read_text(encoding="utf-8"))


@cache
def rows() -> Mapping[str, Row]:
    """All rows by id, in the order of the file."""
    return {name: _row(name, entry) for name, entry in _table().items() if name != "kind"}


def _row(name: str, entry: Mapping[str, Any]) -> Row:
    lists = {key: tuple(entry.get(key, ())) for key in ("where", "tests", "readings")}
    return Row(name, entry["fact"], entry["certainty"], entry["source"], ours=entry.get("ours", ""), **lists)


@cache
def notes() -> Mapping[str, Note]:
    """The notes on kinds of places, by kind; a landmark's is its card."""
    found = {card["name"]: _of_card(card) for card in landmarks()}
    for kind, entry in _table()["kind"].items():
        ids = tuple(entry["rows"])
        found[kind] = Note(entry["note"], ids, rows()[ids[0]].certainty if ids else "?")
    return found


def _of_card(card: Mapping[str, Any]) -> Note:
    return Note(card["text"], tuple(card["rows"].replace(",", " ").split()), card["certainty"])


def note(kind: str) -> Note:
    """The note of a kind; a kind that the story does not know is our own choice."""
    return notes().get(kind, _SILENT)


def canon_note(name: str) -> str:
    """What a parameter rests on: `S03 · said in the story's texts, and again elsewhere`. Raises SpecError for an unknown one."""
    entry = field(name)
    said = CERTAINTY.get(entry.certainty, entry.certainty)
    return f"{entry.canon} · {said}" if entry.canon else said


def found(words: Iterable[str]) -> tuple[Row, ...]:
    """The row of an id, or all rows that hold all the words. Raises InputError, with the nearest word, if there are none."""
    wanted = [word.lower() for word in words]
    if len(wanted) == 1 and (row := rows().get(wanted[0].upper())):
        return (row,)
    held = tuple(row for row in rows().values() if all(word in _text(row) for word in wanted))
    if not held:
        raise InputError(f"no row of the canon table holds '{' '.join(wanted)[:40]}'; {_hint(wanted)}")
    return held


def _text(row: Row) -> str:
    return " ".join((row.id, row.said, row.sure, SOURCES[row.source], *row.where)).lower()


def _hint(wanted: list[str]) -> str:
    """The nearest id or word there is."""
    said = sorted(
        {word.strip(".,:;?") for row in rows().values() for word in _text(row).split() if len(word) > 3} | {i.lower() for i in rows()}
    )
    near = next((near for word in wanted for near in get_close_matches(word, said, 1, 0.7) if near != word), None)
    if near is None:
        return "`megastructure canon` lists them all"
    return f"did you mean '{near.upper() if near.upper() in rows() else near}'?"


def contradictions(place: str) -> tuple[Row, ...]:
    """Rows with two readings that are shown at a place, such as `field:radius_km`."""
    return tuple(row for row in rows().values() if row.readings and place in row.where)


def told(name: str) -> str:
    """A row as a tooltip tells it: `S03, said in …: its author hints …`; nothing for a text that is no row's id."""
    row = rows().get(name)
    return "" if row is None else f"{row.id}, {row.sure}: {row.said}"
