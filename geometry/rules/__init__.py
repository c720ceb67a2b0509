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
    "jupiter-room": "landmarks.room",
    "spiral-stair": "landmarks.stair",
    "fishers-village": "landmarks.fishers",
    "toha": "landmarks.toha",
    "toha-junction": "landmarks.toha_inside",
    "long-bridge": "landmarks.gulf",
    "cable-wall": "landmarks.gulf",
    "moored-block": "landmarks.gulf",
    "window": "landmarks.gulf",
    "dock": "landmarks.gulf",
    "nexus": "landmarks.works",
    "pipe-forest": "landmarks.works",
    "well": "landmarks.works",
    "silicon-region": "landmarks.silicon",
    "abandoned-stratum": "landmarks.works",
    "torch-town": "landmarks.quarters",
    "growth-zone": "landmarks.quarters",
    "unregistered-layer": "landmarks.quarters",
    "sealed-quarter": "landmarks.sealed",
    "lift": "landmarks.lift",
    "trunk-lift": "landmarks.lift",
    "cavity": "landmarks.erased",
    "unrepaired-hole": "landmarks.erased",
    "rim": "landmarks.rim",
    "room-wall": "landmarks.room_wall",
    "earth": "earth",
    "dome": "dome",
    "orbits": "orbits",
}
"""Kind of place to the module of this package whose `unfold` grows it."""


def rule(kind: str) -> Rule:
    """The rule of a kind of place; KeyError names an unknown kind."""
    found: Rule = import_module(f"geometry.rules.{RULES[kind]}").unfold
    return found
