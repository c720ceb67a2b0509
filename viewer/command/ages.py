"""What `info` says of a year: the age it lies in, how far the City reaches, what it is made of, and the ages there are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from geometry.history import STAGES, year_of
from viewer.command.options import as_usage
from viewer.history import staged, told, year_text
from viewer.state import ViewState


def then(state: ViewState, year: float | None, stage: str | None) -> ViewState:
    """The state in another year, or at the beginning of an age. Raises UsageError."""
    if stage is not None:
        state = as_usage("--stage", lambda: staged(state, stage))
    return state if year is None else replace(state, year=year)


def ages(state: ViewState) -> list[dict[str, Any]]:
    """The ages, one a row."""
    return [
        {
            "number": one.number,
            "id": one.id,
            "name": one.name,
            "year": year_of(one, state.city),
            "canon": one.canon,
            "certainty": one.certainty,
            "caption": one.caption,
        }
        for one in STAGES
    ]


def lines(state: ViewState) -> list[tuple[str, str]]:
    """What is told of a state's year, and the ages, in two columns."""
    listed = [(f"age {one.number} {one.id}", f"{year_text(year_of(one, state.city))}: {one.name} ({one.canon})") for one in STAGES]
    return [*told(state).items(), *listed]
