"""The library as the README shows it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geometry import City
from geometry.address import AddressError, parse
from geometry.export.atomic import LimitError, OutputError
from geometry.spec import CitySpec, SpecError
from viewer import polydata, render
from viewer.compose import look, roots_of
from viewer.drawing.picture import read_link
from viewer.errors import InputError, LinkError
from viewer.state import ViewState
from viewer.views import view


def test_a_city_from_its_fields() -> None:
    assert City(seed=7).spec.seed == 7
    assert City() == City(seed=City().spec.seed)
    with pytest.raises(SpecError):
        City(seeed=7)


def test_a_picture_from_a_script(tmp_path: Path) -> None:
    city = City(seed=3, layers=12)
    picture = render("outside", city=city.spec, size="160x90", quality=1, hour=18.0)
    assert picture.pixels.shape == (90, 160, 3)
    assert np.ptp(picture.pixels) > 50
    path = tmp_path / "wall.png"
    picture.save(path)
    assert read_link(path) == picture.link
    with pytest.raises(OutputError):
        picture.save(path)


def test_a_place_is_framed() -> None:
    city = City(seed=40)
    picture = render(city.at("band 7 / tile 3-02"), city=city.spec, size="160x90", quality=1)
    assert np.ptp(picture.pixels) > 30


TILE = "band 7.16.5 / layer 102345 / tile 3-022222222222222122222"


def test_render_is_a_function_whatever_was_imported_before() -> None:
    import viewer.drawing.renderer

    assert viewer.drawing.renderer.Renderer
    assert viewer.render is render
    assert callable(render)


def test_a_place_knows_its_city(tmp_path: Path) -> None:
    city = City(seed=41)
    tile = city.at("band 7 / tile 3-02")
    assert str(tile.address).startswith("seed 41 / ")
    assert tile.unfold().children == () or tile.children[0].city == city
    picture = render(tile, size="64x36", quality=1, max_triangles=20_000)
    assert "city://1/41?" in picture.link
    made = tile.export(tmp_path / "tile.glb", max_triangles=20_000)
    assert made.triangles <= 20_000
    with pytest.raises(OutputError, match="exists"):
        tile.export(tmp_path / "tile.glb", max_triangles=20_000)
    with pytest.raises(OutputError, match="must end in"):
        tile.export(tmp_path / "tile.obj")
    with pytest.raises(LimitError, match="at least"):
        tile.export(tmp_path / "small.glb", max_triangles=1)
    assert [path.name for path in tmp_path.iterdir()] == ["tile.glb"]


def test_an_address_without_a_seed_is_one_in_the_city_asked() -> None:
    assert City(seed=3).at("band 7").address.seed == 3
    assert City(seed=3).at("seed 3 / band 7").address.seed == 3
    with pytest.raises(AddressError, match="leave out the seed"):
        City(seed=3).at("seed 4 / band 7")
    assert str(parse("band 7")) == "band 7"
    with pytest.raises(AddressError, match="has no seed"):
        _ = parse("band 7").key


def test_a_place_as_arrays_and_as_polydata() -> None:
    district = City().at(TILE).at("district 7")
    found = district.mesh(max_triangles=20_000)
    assert 10_000 < len(found.triangles) == len(found.material) <= 20_000
    wide, deep, high = district.size
    assert np.abs(found.points[:, 0]).max() <= wide / 2 * 1.001
    assert np.abs(found.points[:, 1]).max() <= deep / 2 * 1.001
    assert -1.0 <= found.points[:, 2].min() < found.points[:, 2].max() <= high * 1.001
    a, b, c = (found.points[found.triangles[:, k]] for k in range(3))
    assert (np.einsum("ij,ij->i", np.cross(b - a, c - a), found.normals[found.triangles[:, 0]]) >= 0).all()
    cells = polydata(found)
    assert (cells.n_points, cells.n_cells) == (len(found.points), len(found.triangles))
    assert cells.is_all_triangles
    assert set(cells.cell_data["material"]) == set(found.material)
    assert polydata(district, max_triangles=20_000).n_cells == cells.n_cells


def test_pictures_of_what_a_text_names() -> None:
    small = {"size": "64x36", "quality": 1, "max_triangles": 20_000}
    one = render("band 7 / tile 3-02", **small)
    assert np.array_equal(one.pixels, render(City().at("band 7 / tile 3-02"), **small).pixels)
    assert np.array_equal(one.pixels, render(one.link, **small).pixels)
    with pytest.raises(InputError, match="did you mean 'canyon'"):
        render("canyn")
    with pytest.raises(LinkError, match="hour is out of range"):
        render("outside", hour=25.0)


def test_what_is_younger_than_the_year_is_not_there() -> None:
    state = view("opening")
    built = [len(roots_of(City(), replace(state, year=year))) for year in (100.0, 0.0, -5000.0, -20_000.0, -1.0e6)]
    assert built == [12, 12, 11, 5, 0]
    small = {"size": "64x36", "quality": 1, "max_triangles": 100_000}
    now, then = (render("opening", year=year, **small).pixels for year in (0.0, -20_000.0))
    assert (now > 60).sum() > 3 * (then > 60).sum()


def test_a_day_of_any_length_has_24_hours_on_the_clock() -> None:
    short, long = (City(day_length_h=hours).spec for hours in (12.0, 48.0))
    assert look(view("opening", short)).hour == look(view("opening", long)).hour == 12.0
    turns = [look(ViewState(city=spec)).lag for spec in (short, long)]
    assert turns[0] == 4.0 * turns[1] == CitySpec().phase_per_layer_h / 12.0
