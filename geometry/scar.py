"""Scars: what shots of the Gravitational Beam Emitter leave for good. Frozen data; geometry.bore says what they take away.

Canon gives the pistol a bore of some metres, a reach of 70 km and blasts of 50 m about it (P40), hundreds to thousands of kilometres
when unlocked (P41), holes of several kilometres (P42), five powers (P40), and bursts for kilometres behind the target (P43). The
third power is P40 as it stands; the others are our choice between these.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import msgspec

MOST_SCARS = 24
"""Scars that one City keeps."""
FARTHEST = 1.0e16
"""Metres from the City's centre within which a muzzle lies."""
_PLACE_LENGTH = 400
Vector = tuple[float, float, float]


class Power(NamedTuple):
    """One of the five powers of the Emitter."""

    name: str
    bore: float
    """Metres across."""
    reach: float
    """Metres."""
    blast: float
    """Radius of the largest bursts along the bore, metres."""
    recoil: str
    """What it does to who fires it, in a few words (P41, P42)."""
    canon: str
    """Row that the numbers rest on, or `?` where they are our choice."""


POWERS: tuple[Power, ...] = (
    Power("a hand's breadth", 0.1, 1.0e3, 1.2, "the arm is thrown up", "?"),
    Power("a doorway", 1.2, 1.0e4, 10.0, "a step back", "?"),
    Power("the pistol as it is told of", 5.0, 7.0e4, 50.0, "thrown back some metres", "P40"),
    Power("boosted", 60.0, 3.0e5, 500.0, "thrown far; the arm breaks", "P42"),
    Power("unlocked", 3.0e3, 1.0e6, 1.5e4, "drained; nothing is left to fire again with", "P41"),
)
"""From the weakest, number 1, to the strongest."""


class ScarError(ValueError):
    """Numbers that are no scar. `key` names the one; the text says what is wrong and what to do."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(f"{key}: {what}")
        self.key, self.what = key, what


class Scar(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One shot. Raises ScarError for a value out of its range.

    The muzzle is in the City's own frame: there float64 tells 0.12 mm apart even at the rim, a thousandth of the narrowest bore, and a
    scar stays where it is whatever becomes of the place it was fired from."""

    muzzle: Vector
    """Where it was fired from, metres from the City's centre."""
    direction: Vector
    """Where to, of any length but zero."""
    power: int
    """1 to 5: POWERS."""
    seed: int = 0
    """What its bursts are drawn from, 0 to 2^63 - 1."""
    place: str = ""
    """Address of the place it was fired from, for people to read; empty outside of any."""

    def __post_init__(self) -> None:
        for name in ("muzzle", "direction"):
            vector = getattr(self, name)
            if len(vector) != 3 or not all(isinstance(v, float | int) and not isinstance(v, bool) and abs(v) <= FARTHEST for v in vector):
                raise ScarError(name, "is not three numbers within 1e16; give [x, y, z]")
            msgspec.structs.force_setattr(self, name, tuple(float(v) for v in vector))
        if not math.hypot(*self.direction) > 1e-6:
            raise ScarError("direction", "has no length; give [x, y, z]")
        _whole("power", self.power, 1, len(POWERS))
        _whole("seed", self.seed, 0, 2**63 - 1)
        if not isinstance(self.place, str) or len(self.place) > _PLACE_LENGTH or not self.place.isprintable():
            raise ScarError("place", f"is not an address of at most {_PLACE_LENGTH} characters; correct it or leave it out")

    @property
    def force(self) -> Power:
        """The power's numbers."""
        return POWERS[self.power - 1]


def _whole(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ScarError(name, f"is not a whole number from {low} to {high}; correct it")


FIELDS = Scar.__struct_fields__
_NEEDED = ("muzzle", "direction", "power")


def scar_of(table: object) -> Scar:
    """A scar from a table of a file. Raises ScarError."""
    if not isinstance(table, dict):
        raise ScarError("scar", "must be tables; write [[scar]] on a line of its own before each")
    for name in table:
        if name not in FIELDS:
            raise ScarError(str(name)[:40], f"there is no such key of a scar; use one of {', '.join(FIELDS)}")
    for name in _NEEDED:
        if name not in table:
            raise ScarError(name, "is missing; a scar has muzzle, direction and power")
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    for name in ("muzzle", "direction"):
        if not isinstance(given[name], tuple):
            raise ScarError(name, "is not three numbers; give [x, y, z]")
    return Scar(**given)
