"""Powers as fields: the same everywhere and always, within 0 and 1, and shaped as canon says."""

from __future__ import annotations

import numpy as np
import pytest

from geometry.fields import ALARM_M, FIELDS, alarm, builders, infection, netsphere, noise, silicon, to_plate, unregistered
from geometry.spec import CitySpec
from geometry.strata import strata
from viewer.whereabouts import whereabouts

SPEC = CitySpec()
MODEL = CitySpec(layers=12)


def points(count: int, spread: float, about: tuple[float, float, float] = (4e11, -3e11, 2e11)) -> np.ndarray:
    return np.asarray(about) + np.random.default_rng(7).uniform(-spread, spread, (count, 3))


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_field_is_the_same_alone_and_among_others(field) -> None:  # type: ignore[no-untyped-def]
    where = points(200, 3e7)
    values = field.at(SPEC, where, 0.0)
    assert values.shape == (200,)
    assert values.min() >= 0.0
    assert values.max() <= 1.0
    assert field.value(SPEC, tuple(where[17])) == values[17]
    assert field.said(0.0) != field.said(0.3) != field.said(1.0)


def test_noise_is_smooth_and_spread() -> None:
    where = points(4000, 1e9)
    values = noise(5, where, 1e6)
    step = noise(5, where + 1e3, 1e6)
    assert np.abs(step - values).max() < 0.01
    assert 0.47 < values.mean() < 0.53
    assert values.std() > 0.1
    assert np.abs(noise(6, where, 1e6) - values).mean() > 0.1


def test_the_nearest_plate_is_found() -> None:
    row = strata(MODEL)[5]
    middle = (row.inner + row.plate) / 2
    radii = np.array([middle, row.plate + 1.0, row.inner + 5e3, 9e11, MODEL.core_km * 1e3 - 7.0])
    assert to_plate(MODEL, radii) == pytest.approx([(row.plate - row.inner) / 2, 0.0, 5e3, 1e11, 7.0])


def test_plates_within_bundles_are_found_one_by_one() -> None:
    radii = np.linspace(7e9, 8.1e11, 400)
    for radius, away in zip(radii, to_plate(SPEC, radii), strict=True):
        here = whereabouts(SPEC, float(radius))
        if here.outside:
            assert away == pytest.approx(radius - 8e11)
        elif here.solid:
            assert away == 0.0
        else:
            void = here.rows[-1]
            assert away == pytest.approx(min(radius - void.inner, void.plate - radius))


def test_alarm_is_loudest_at_a_plate() -> None:
    row = strata(MODEL)[5]
    heights = np.array([0.0, ALARM_M, 4 * ALARM_M, 100 * ALARM_M])
    where = np.array([[0.0, 0.0, row.inner + h] for h in heights])
    values = alarm(MODEL, where, 0.0)
    assert values == pytest.approx([1.0, 0.5, 1 / 17, 1e-4], rel=1e-2)


def test_links_run_in_the_plates() -> None:
    row = strata(MODEL)[5]
    inside = np.array([[0.0, 0.0, row.plate + 1e3]])
    outside = np.array([[0.0, 0.0, (row.inner + row.plate) / 2]])
    assert netsphere(MODEL, inside, 0.0)[0] > 0.3
    assert netsphere(MODEL, outside, 0.0)[0] < 0.01


def test_the_infection_begins_somewhere_and_reaches_everywhere() -> None:
    where = points(300, 7e11, (0.0, 0.0, 0.0))
    years = (-6000.0, -4900.0, -4700.0, -4000.0, 0.0)
    shares = [infection(SPEC, where, year).mean() for year in years]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert 0.0 < shares[1] < shares[2] < 1.0
    assert shares[-1] == 1.0
    other = CitySpec(seed=41)
    assert not np.allclose(infection(SPEC, where, -4800.0), infection(other, where, -4800.0))


def test_silicon_life_is_everywhere_but_thin() -> None:
    values = silicon(SPEC, points(6000, 4e8), 0.0)
    assert values.min() > 0.0
    assert 0.02 < (values > 0.6).mean() < 0.2


def test_builders_work_in_zones() -> None:
    where = points(4000, 4e7)
    now, later = builders(SPEC, where, 0.0), builders(SPEC, where, 2000.0)
    assert (now > 0.8).mean() > 0.1
    assert (now < 0.05).mean() > 0.1
    assert np.abs(now - later).mean() > 0.1
    assert np.abs(builders(SPEC, where, 499.999) - builders(SPEC, where, 500.0)).max() < 1e-3


def test_no_link_runs_in_the_unregistered_layer() -> None:
    layer = unregistered(SPEC)
    assert layer is not None
    assert layer.high - layer.low == 1
    way = np.array([0.6, 0.48, 0.64])
    inside = way * np.linspace(layer.inner + 1.0, layer.outer - 1.0, 300)[:, None]
    beside = way * np.linspace(layer.inner - 60e3, layer.inner - 1.0, 300)[:, None]
    assert netsphere(SPEC, inside, 0.0).max() == 0.0
    assert netsphere(SPEC, beside, 0.0).max() > 0.3
    assert unregistered(CitySpec(radius_km=8000.0, core_km=6371.0, layers=12, drawn_layers=12, plate_km=1.0)) is None
