"""Names that rows of the canon table may give as a place besides those of other tables."""

from __future__ import annotations

import tomllib
from functools import cache

import assets

LABELS = {"canon": "a caption: `megastructure canon` and Help > Canon", "about": "the About box"}
"""Where captions stand."""


@cache
def landmark_ids() -> frozenset[str]:
    """Ids of landmarks; none where there is no list of them."""
    try:
        table = tomllib.loads(assets.path("landmarks.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return frozenset()
    return frozenset(name for name, entry in table.items() if isinstance(entry, dict))
