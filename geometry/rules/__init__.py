"""The table of rules: how each kind of place unfolds. A new kind of structure is a file here and a line below."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from geometry.place import Growth, Place
from geometry.spec import CitySpec

Rule = Callable[[Place, CitySpec], Growth]

RULES: dict[str, str] = {
    "city": "city",
    "band": "band",
    "stratum": "stratum",
    "tile": "tile",
    "sprawl": "sprawl",
    "district": "district",
    "tower": "tower",
    "block": "block",
    "canyon": "canyon",
    "shaft": "shaft",
    "bridge": "bridge",
    "pipes": "pipes",
    "cables": "cables",
    "hall": "hall",
    "corridor": "corridor",
    "room": "room",
    "stair": "stair",
    "walkway": "walkway",
    "builder": "builder",
    "village": "village",
    "terrace": "terrace",
    "jupiter-room": "landmark_room",
    "spiral-stair": "landmark_stair",
    "fishers-village": "landmark_fishers",
    "toha": "landmark_toha",
    "toha-junction": "landmark_toha_inside",
    "long-bridge": "landmark_gulf",
    "cable-wall": "landmark_gulf",
    "moored-block": "landmark_gulf",
    "window": "landmark_gulf",
    "dock": "landmark_gulf",
    "nexus": "landmark_works",
    "pipe-forest": "landmark_works",
    "well": "landmark_works",
    "silicon-region": "landmark_silicon",
    "abandoned-stratum": "landmark_works",
    "torch-town": "landmark_quarters",
    "growth-zone": "landmark_quarters",
    "unregistered-layer": "landmark_quarters",
    "sealed-quarter": "landmark_sealed",
    "lift": "landmark_lift",
    "trunk-lift": "landmark_lift",
    "cavity": "landmark_erased",
    "unrepaired-hole": "landmark_erased",
    "rim": "landmark_rim",
    "room-wall": "landmark_room_wall",
    "earth": "earth",
    "dome": "dome",
    "orbits": "orbits",
}
"""Kind of place to the module of this package whose `unfold` grows it."""


def rule(kind: str) -> Rule:
    """The rule of a kind of place; KeyError names an unknown kind."""
    found: Rule = import_module(f"geometry.rules.{RULES[kind]}").unfold
    return found
