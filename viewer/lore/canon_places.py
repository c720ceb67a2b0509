"""Names that rows of the canon table may give as a place besides those of other tables."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

import assets

LABELS = {"canon": "a caption: `megastructure canon` and Help > Canon", "about": "the About box"}
"""Where captions stand."""


@cache
def landmarks() -> tuple[Mapping[str, Any], ...]:
    """The cards of landmarks; none where there is no list of them."""
    try:
        text = assets.path("landmarks.toml").read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    return tuple(tomllib.loads(text)["landmark"])


def landmark_ids() -> frozenset[str]:
    """Their names."""
    return frozenset(card["name"] for card in landmarks())
