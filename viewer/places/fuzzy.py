"""Fuzzy matching for the palette: the letters of the query in order, better where they begin words or stand together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

Row = TypeVar("Row")


def score(query: str, text: str) -> float | None:
    """How well a text answers a query, higher is better; None if it does not hold its letters in order."""
    wanted, within = "".join(query.lower().split()), text.lower()
    if not wanted:
        return 0.0
    plain = within.find(query.strip().lower())
    if plain >= 0:
        return 1000.0 - plain - 0.01 * len(text) + (200.0 if plain == 0 or not within[plain - 1].isalnum() else 0.0)
    total, last = 0.0, -1
    for letter in wanted:
        found = within.find(letter, last + 1)
        if found < 0:
            return None
        begins = found == 0 or not within[found - 1].isalnum()
        total += 8.0 if begins else 4.0 if found == last + 1 else 1.0
        total -= 0.05 * (found - last)
        last = found
    return total - 0.01 * len(text)


def ranked(query: str, rows: Iterable[Row], text: Callable[[Row], str]) -> list[Row]:
    """The rows that answer a query, best first; equal ones keep their order."""
    scored = [(value, row) for row in rows if (value := score(query, text(row))) is not None]
    return [row for _, row in sorted(scored, key=lambda pair: -pair[0])]
