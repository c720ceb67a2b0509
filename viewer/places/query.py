"""The language that places are asked for in: `hall near shaft`, `void >1000 km beside a shaft`, `tower tall >300 km lit chaos <0.4`.

    QUERY      = KIND {CONDITION}
    CONDITION  = [MEASURE] ("<" | ">" | "<=" | ">=" | "over" | "under") NUMBER [UNIT]
               | ("near" | "beside" | "by") KIND ["within" NUMBER UNIT]
               | "within" NUMBER UNIT
               | "lit" | "dark" | "chaotic" | "ordered"
    MEASURE    = "size" | "tall" | "wide" | "chaos" | "light" | "layer" | "distance"
    UNIT       = "m" | "km" | "million km" | "au" | "lx"

A bare size is that of the longest side. `near` means within 10 km, `beside` and `by` within 1 km. `within 50 km` alone is from where
the search begins. Chaos goes from 0, the first City's order, to 1. Small words (a, the, and, with, is) are passed over; a plural is its
singular.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from geometry.rules import RULES
from viewer.errors import InputError

VOID = "void"
"""The room between two plates: a tile of a layer that is looked at from within."""
KINDS = (VOID, *(kind for kind in RULES if kind not in ("city", "band", "stratum", "tile")))
"""What can be asked for."""
MEASURES = {
    "size": "m",
    "tall": "m",
    "wide": "m",
    "distance": "m",
    "chaos": "",
    "light": "lx",
    "layer": "",
}
"""What can be compared, and in what."""
_SAME = {"high": "tall", "height": "tall", "long": "size", "large": "size", "width": "wide", "away": "distance"}
UNITS = {"m": ("m", 1.0), "km": ("m", 1e3), "million km": ("m", 1e9), "au": ("m", 1.495979e11), "lx": ("lx", 1.0), "lux": ("lx", 1.0)}
"""Unit to what it measures, and how much of that."""
_SIGNS = {"<": "<", ">": ">", "<=": "<", ">=": ">", "over": ">", "above": ">", "under": "<", "below": "<"}
_NEAR = {"near": 10e3, "beside": 1e3, "by": 1e3}
"""Metres."""
_WORDS = {"lit": ("light", ">", 50.0), "dark": ("light", "<", 50.0), "chaotic": ("chaos", ">", 0.7), "ordered": ("chaos", "<", 0.3)}
_PASSED = frozenset(("a", "an", "the", "and", "with", "is", "that", "than", "of", "to", "next", "here", "in", "some", "any"))
_TOKEN = re.compile(r"\s*(<=|>=|<|>|\d[\d,_]*(?:\.\d+)?(?:e[+-]?\d+)?|[a-z-]+|,|\S)", re.I)
_HOW = "write like 'hall near shaft' or 'void >1000 km beside a shaft'"


@dataclass(frozen=True, slots=True)
class Bound:
    """A measure that must be less or more than a value."""

    measure: str
    """A key of MEASURES."""
    sign: str
    """< or >."""
    value: float
    """Metres, lux, or a plain number."""

    def holds(self, value: float) -> bool:
        """Whether a value is within it."""
        return value < self.value if self.sign == "<" else value > self.value


@dataclass(frozen=True, slots=True)
class Near:
    """Another place that must be so near."""

    kind: str
    within: float
    """Metres between the two."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for."""

    kind: str
    bounds: tuple[Bound, ...] = ()
    near: tuple[Near, ...] = ()


def is_query(text: str) -> bool:
    """Whether a text means to be a query: it begins with a kind of place, and says more than an address would."""
    words = _tokens(text)
    if not words or known(words[0]) is None:
        return False
    return any(word in _NEAR or word in _SIGNS or word in _WORDS or word == "within" for word in words[1:])


def parse(text: str) -> Query:
    """Read a query. Raises InputError, one line, that names what it does not know and the nearest to it."""
    words = _tokens(text)
    if not words:
        raise InputError(f"nothing is asked for; {_HOW}")
    query = Query(_known_kind(words[0]))
    rest: Sequence[str] = words[1:]
    while rest:
        query, rest = _condition(query, rest)
    return query


def _tokens(text: str) -> list[str]:
    text = re.sub(r"million\s+(?=km\b)", "million-", text.strip().lower())
    words = [word.replace("million-km", "million km") for word in _TOKEN.findall(text)]
    return [word for word in words if word not in _PASSED and word != ","]


def _condition(query: Query, words: Sequence[str]) -> tuple[Query, Sequence[str]]:
    """The query with its next condition, and the words after it."""
    word = words[0]
    if word in _NEAR:
        if len(words) < 2:
            raise InputError(f"'{word}' what? {_HOW}")
        near, rest = Near(_known_kind(words[1]), _NEAR[word]), words[2:]
        if rest[:1] == ["within"]:
            length, rest = _value(rest[1:], "m", "within")
            near = replace(near, within=length)
        return replace(query, near=(*query.near, near)), rest
    if word == "within":
        length, rest = _value(words[1:], "m", word)
        return replace(query, bounds=(*query.bounds, Bound("distance", "<", length))), rest
    if word in _WORDS:
        return replace(query, bounds=(*query.bounds, Bound(*_WORDS[word]))), words[1:]
    measure, rest = ("size", words) if word in _SIGNS else (_measure(word), words[1:])
    if not rest or rest[0] not in _SIGNS:
        raise InputError(f"'{word}' needs < or > and a number, like '{word} >{' 10 km' if MEASURES[measure] == 'm' else '0.5'}'")
    value, after = _value(rest[1:], MEASURES[measure], word)
    return replace(query, bounds=(*query.bounds, Bound(measure, _SIGNS[rest[0]], value))), after


def _value(words: Sequence[str], unit: str, what: str) -> tuple[float, Sequence[str]]:
    """A number with its unit, in metres or lux, and the words after it."""
    number = words[0].replace(",", "").replace("_", "") if words else ""
    if not re.fullmatch(r"\d+(\.\d+)?(e[+-]?\d+)?", number):
        raise InputError(f"after '{what}' comes a number, not '{words[0][:20] if words else 'nothing'}'; {_HOW}")
    value, rest = float(number), words[1:]
    if not unit:
        return value, rest
    given = rest[0] if rest else ""
    kind, factor = UNITS.get(given, ("", 0.0))
    if kind != unit:
        fitting = ", ".join(name for name, (found, _) in UNITS.items() if found == unit)
        raise InputError(f"{number}{f' {given[:20]}' if given else ''}: say a unit: {fitting}")
    return value * factor, rest[1:]


def _measure(word: str) -> str:
    found = _SAME.get(word, word)
    if found not in MEASURES:
        conditions = [*MEASURES, *_SAME, *_NEAR, *_WORDS, "within"]
        raise InputError(
            f"'{word[:20]}' is no condition; {_nearest(word, conditions) or 'use ' + ', '.join([*MEASURES, *_NEAR, *_WORDS, 'within'])}"
        )
    return found


def known(word: str) -> str | None:
    """The kind that a word names, singular or plural; None if it names none."""
    word = word.lower()
    words = (word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y")
    return next((kind for kind in words if kind in KINDS), None) or (f"{word}s" if f"{word}s" in KINDS else None)


def _known_kind(word: str) -> str:
    kind = known(word)
    if kind is None:
        near = _nearest(word, KINDS, 3) or f"there are {len(KINDS)}, like {', '.join(KINDS[:3])};"
        raise InputError(f"there is no kind of place called '{word[:20]}'; {near} `megastructure places kind` lists all")
    return kind


def _nearest(word: str, names: Sequence[str], most: int = 1) -> str:
    found = get_close_matches(word, names, most, 0.6)
    return f"did you mean {' or '.join(map(repr, found))}?" if found else ""
