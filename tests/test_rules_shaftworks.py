"""What Builders put into the shafts of bundles: it leaves the way free, goes from wall to wall, and is there only where a shaft is."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from geometry.angle import matrix
from geometry.city import City
from geometry.holes import Hole, facing, finest_of, holes, tile_of
from geometry.material import Material
from geometry.nest import bands_of, cell_place, parts_radially
from geometry.parts import Parts
from geometry.place import Place
from geometry.rules.columns import room_of
from geometry.rules.shaftworks import FREE, shaftworks
from geometry.spec import CitySpec
from viewer.journey.dive import usual_path
from viewer.journey.obstacles import Obstacles

SPEC = CitySpec()
BUNDLES = ((8, 16), (8, 16, 19), (5, 3), (3, 20, 7), (7,))


def over(bands: tuple[int, ...], hole: Hole) -> Place:
    """The cell whose squares are as wide as a hole of its bundle."""
    face, column, row = facing(hole.toward)
    depth = hole.depth - 3
    return cell_place(SPEC, bands, tile_of(face, int(column * (1 << depth)), int(row * (1 << depth)), depth))


def worked(bands: tuple[int, ...], count: int) -> list[tuple[Place, Hole, Parts]]:
    """Some shafts of a bundle, as narrow as its cells draw them, and the works of their cells."""
    least, found = finest_of(SPEC, bands), []
    for hole in holes(SPEC, bands, np.array([0.36, 0.48, 0.8])):
        if hole.depth == least:
            place = over(bands, hole)
            assert place.cell is not None
            found.append((place, hole, shaftworks(SPEC, place, room_of(place.cell).breadth, 5, Material.WARM_LIGHT)))
        if len(found) == count:
            break
    return found


@pytest.mark.parametrize("bands", BUNDLES, ids=str)
def test_the_middle_of_a_shaft_is_free(bands: tuple[int, ...]) -> None:
    for place, hole, made in worked(bands, 6):
        assert place.cell is not None
        breadth = room_of(place.cell).breadth
        shares = [share * (1 << place.cell.depth) % 1.0 - 0.5 for share in facing(hole.toward)[1:]]
        half = 0.5 * (np.abs(matrix(made.rotation.astype(np.float64))) @ made.scale[:, :, None])[:, :2, 0]
        away = np.abs(made.position[:, :2] - np.array(shares) * breadth)
        own = (away < 0.6 * breadth / 8).all(axis=1)
        assert own.sum() > 8
        assert ((away - half)[own] > FREE * breadth / 8).any(axis=1).all()


def test_members_end_in_walls_and_others_hang_on_one() -> None:
    for place, hole, made in worked((8, 16, 19), 8):
        assert place.cell is not None
        turn = matrix(made.rotation.astype(np.float64))
        across = (np.abs(turn[:, :2]) @ made.scale[:, :, None])[..., 0].max(axis=1)
        assert float(across.max()) > 1.02 * hole.width  # from wall to wall
        assert float(across.max()) < 1.6 * hole.width


def test_each_shaft_is_worked_in_once() -> None:
    """Neither by the cells of the bundle that its own lies in nor by those that it parts into."""
    bands = (8, 16, 19)
    for place, _, made in worked(bands, 6):
        assert len(made)
        path = place.address.tile
        for other in (bands[:-1], (*bands, 5)):
            above = cell_place(SPEC, other, path)
            assert above.cell is not None
            if other == bands[:-1] and parts_radially(SPEC, other, cell_place(SPEC, other, path[:-1]).cell or above.cell):
                continue  # no such cell: its bundle has parted before
            assert not len(shaftworks(SPEC, above, room_of(above.cell).breadth, 5, Material.WARM_LIGHT))


def test_sealed_plates_have_none() -> None:
    place, _, _ = worked((8, 16, 19), 1)[0]
    sealed = replace(SPEC, plate_openings="sealed")
    assert place.cell is not None
    assert bands_of(sealed, place.address) == (8, 16, 19)
    assert not len(shaftworks(sealed, place, room_of(place.cell).breadth, 5, Material.WARM_LIGHT))


def test_the_usual_dive_meets_none() -> None:
    way, solids = usual_path(SPEC), Obstacles(City(SPEC))
    for share in np.linspace(0.05, 0.95, 60):
        assert solids.holds(np.asarray(way.camera(float(share)).position)) is None
