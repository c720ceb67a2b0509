"""The whole City: its drawn strata, from Earth outward (canon S04)."""

from __future__ import annotations

import numpy as np

from geometry.address import Address
from geometry.nest import age
from geometry.place import Frame, Growth, Place
from geometry.spec import CitySpec
from geometry.strata import Stratum, strata


def whole(spec: CitySpec) -> Place:
    """The root of the recursion: the City in the box about its outermost sphere."""
    address = Address(spec.seed)
    return Place("city", address, address.key, *_ball(spec.radius_km * 1e3))


def band(spec: CitySpec, index: int) -> Place:
    """One drawn stratum, all round."""
    row: Stratum = strata(spec, ())[index]
    single = row.high - row.low == 1
    address = Address(spec.seed, () if single else (index,), row.low if single else None)
    year, epoch = age(spec, row)
    return Place("band", address, address.key, *_ball(row.outer), year, epoch, form=index)


def _ball(radius: float) -> tuple[Frame, tuple[float, float, float]]:
    room = radius * 1.3
    return Frame(np.array([0.0, 0.0, -room]), np.eye(3)), (2 * room, 2 * room, 2 * room)


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Children: the drawn strata, outermost first."""
    del place
    return Growth(children=tuple(band(spec, index) for index in reversed(range(len(strata(spec, ()))))))
