"""A drawn stratum all round: the twenty-four cells of its sphere."""

from __future__ import annotations

from geometry.nest import FIRST_DEPTH, cell_place
from geometry.place import Growth, Place
from geometry.spec import CitySpec


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Children: its cells at the first depth. `form` is the stratum's index."""
    assert FIRST_DEPTH == 1
    tiles = [(face, quadrant) for face in range(6) for quadrant in range(4)]
    return Growth(children=tuple(cell_place(spec, (place.form,), tile) for tile in tiles))
