"""What was there before the first drawn stratum: the Earth, the early domes, the bodies of the Solar System. Part of the past alone."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geometry.history import BODIES, BY_ID, consumed, domes, year_of
from geometry.material import Material
from geometry.parts import Parts
from geometry.place import Place
from geometry.spec import CitySpec

KINDS = ("earth", "dome", "orbits")
FOREVER = np.float32(1.0e9)


@lru_cache(maxsize=16)
def relics(spec: CitySpec) -> tuple[Place, ...]:
    """The Earth, the domes from within, and the orbits."""
    from geometry.rules.dome import dome  # rules, with Builders and all: most who name a City unfold none of them
    from geometry.rules.earth import earth
    from geometry.rules.orbits import orbits

    return (earth(spec), *(dome(spec, number) for number in range(len(domes(spec)))), orbits(spec))


def ends(place: Place, parts: Parts, spec: CitySpec) -> NDArray[np.float32]:
    """(n,) the year in which each part of a relic is no more: the halo goes under the first dome, bodies are broken up."""
    gone = np.full(len(parts), FOREVER)
    if place.kind == "earth":
        gone[parts.material == Material.NET_LIGHT] = year_of(BY_ID["dome"], spec)
    elif place.kind == "dome":
        from geometry.rules.dome import years

        gone[:] = years(spec, place.form)[2]
    else:
        for number, body in enumerate(BODIES):
            gone[parts.tint == number] = consumed(spec, body)
    return gone
