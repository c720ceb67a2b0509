"""What is reckoned agrees with canon's numbers, for the City that canon has in mind; and it follows the City."""

from __future__ import annotations

import math

import pytest

from geometry.spec import CitySpec
from viewer import physics
from viewer.lore import canon
from viewer.lore.reckoning import ROWS, all_floors, reckoned

CANON: dict[str, tuple[float, ...]] = {
    "E01": (1.5571e9,),
    "E02": (8.04e18, 1.58e10),
    "E03": (2.14e27, 1.98e15, 1.5e12),
    "E04": (160_000, 5000, 8.4e14),
    "E05": (12, 6.6e10, 13_333),
    "E06": (2.91, 0.88),
    "E07": (5.10,),
    "E10": (88.95, 44.48, 2.33),
    "E11": (0.477,),
    "E12": (4.87, 2.45, 3.4),
    "E20": (0.00625, 0.625, 62.5),
    "E21": (1649, 40_000, 879_000),
    "E22": (2530, 253),
    "E23": (65_500, 0.12),
    "E24": (34_400,),
    "E25": (416_667, 0.34, 1.845),
    "E30": (236, 3.0, 9.8),
    "E31": (237.5, 331.7, 247_200),
    "E32": (0.0062, 2.6, 4.64),
    "E33": (6.3e32, 332_600, 317),
    "E34": (5.18e-13, 3.9e-10),
    "E35": (251, 10.5, 3.2),
    "E36": (0.0438, 9.4e34, 47_300),
    "E37": (27.9, 1.32e6),
    "E38": (2.1e-5,),
    "E39": (3.1e16, 1.23e8, 2.4e5),
    "E40": (37, 583, 2527, 1.076),
    "E41": (4.24,),
    "E50": (7.41, 7.38, 1.48, 1.28, 49.4 / 60, 21.5 / 60, 44.9 / 60, 6.34 / 60),
    "E51": (14.8, 14.75, 2.97, 2.57, 98.8 / 60, 43.1 / 60, 89.8 / 60, 12.7 / 60),
    "E52": (226, 225, 45.2, 39.2, 25.1, 10.95, 22.8, 3.22),
    "E53": (115, 3544, 29_650, 139_500),
    "E54": (27.7, 6.6, 0.0093, 9.35),
    "E55": (84.3, 1.11, 60, 1.73, 25.8, 4.36, 8.1, 14.1),
    "E60": (25, 56.5, 3.26, 5.1, 18_250, 36_500, 114_700),
    "E61": (174, 17.6e6),
    "E62": (1.315e8, 16.4),
    "E63": (8.45, 2.53, 0.845),
    "E64": (13.0, 15.4),
    "E70": (31_830, 1000, 21, 2.1, 0.021),
    "E71": (2.86, 28.6, 286),
    "E72": (0.50, 0.276, 0.053, 0.0039),
    "E73": (93, 4650, 46_500),
    "E74": (58_178, 0.194, 17.2, 1.05e8),
    "E75": (28,),
    "E76": (89, 140),
    "E77": (0.89, 0.444, 0.313, 0.0308, 9.2e-6, 337, 49),
    "E78": (8.43, 154.5),
    "E79": (170, 17, 8.2),
    "E80": (1.53e15, 1413, 6.42e10, 126, 7.1e-13, 7),
    "E81": (0.314, 10.6),
    "E82": (2.9, 4.8),
    "E83": (6.29e8, 9.28e8),
    "E84": (1.374e6, 3.3e9, 4.29e16),
    "E85": (1.14e7,),
    "E86": (1.24e-6,),
}
"""Canon's results, in the order of the formulas."""


def test_every_reckoned_row_has_a_formula_and_a_number() -> None:
    ids = {row.id for row in canon.rows().values() if row.source == "reckoned"}
    assert ids == set(CANON)
    assert ids <= set(ROWS)
    shown = {place.partition(":")[2] for row in canon.rows().values() for place in row.where if place.startswith("reckoned:")}
    assert shown <= set(ROWS)


@pytest.mark.parametrize("name", CANON)
def test_rows_agree_with_canon(name: str) -> None:
    values = [number.value for number in reckoned(name, CitySpec())][: len(CANON[name])]
    assert values == pytest.approx(CANON[name], rel=0.018)


def test_the_ledger_admits_its_deficit() -> None:
    """Plates alone take far more than all planets had, in the City of canon; one shell about the Earth does not."""
    mass, jupiters, _ = (number.value for number in reckoned("E33", CitySpec()))
    assert mass > 1e5 * sum(physics.PLANETS.values())
    assert jupiters == pytest.approx(mass / physics.PLANETS["Jupiter"])
    small = CitySpec(radius_km=7371.0, layers=1, drawn_layers=1, plate_km=1.0)
    assert reckoned("E33", small)[0].value < physics.PLANETS["Earth"]


def test_spheres_of_others_come_out_the_same() -> None:
    area, earths = reckoned("P120", CitySpec())
    assert area.value == pytest.approx(2.8e17, rel=0.01)
    assert earths.value == pytest.approx(6e8, rel=0.1)
    per, usable = reckoned("P121", CitySpec())
    assert per.value == pytest.approx(9487, rel=0.005)
    assert usable.value == pytest.approx(2.8, rel=0.01)
    assert reckoned("P122", CitySpec())[0].value == pytest.approx(582_909, rel=0.001)


def test_hours_are_years_to_the_hour() -> None:
    assert reckoned("P25", CitySpec())[0].value == 256.0


def test_numbers_follow_the_city() -> None:
    """Twice the radius: eight times the volume, four times the area, and so on; another day, another dusk."""
    one, two = CitySpec(), CitySpec(radius_km=1.6e9)
    powers = {"E02": 2, "E03": 3, "E10": 1, "E30": -2, "E35": -2, "E85": 1, "E20": -1, "E79": -0.5}
    for name, power in powers.items():
        assert reckoned(name, two)[0].value == pytest.approx(2.0**power * reckoned(name, one)[0].value)
    assert reckoned("E74", CitySpec(day_length_h=48.0))[0].value == pytest.approx(reckoned("E74", one)[0].value / 2)


def test_floors_are_the_sum_over_shells() -> None:
    spec = CitySpec(radius_km=9000.0, core_km=7000.0, layers=5, drawn_layers=5, plate_km=10.0)
    radii = [7e6 + 0.5e6 * i for i in range(5)]
    assert all_floors(spec) == pytest.approx(sum(4 * math.pi * r * r for r in radii))
    assert physics.floors(1.0, 2.0, 1) == pytest.approx(16 * math.pi)


@pytest.mark.parametrize("beta", [1.0, 1.5, -1.0])
def test_nothing_is_faster_than_light(beta: float) -> None:
    with pytest.raises(ValueError, match="part of light's speed"):
        physics.gamma(beta)


def test_lonely_means_far_apart() -> None:
    assert physics.between_people(100.0, 1e6) == pytest.approx(50.0)
    assert physics.between_people(0.0, 1e6) == math.inf
