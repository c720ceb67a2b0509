"""The library as the README shows it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geometry import City
from geometry.export.atomic import OutputError
from geometry.spec import SpecError
from viewer.picture import read_link
from viewer.script import render


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
