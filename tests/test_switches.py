"""Canon's contradictions as switches, powers that follow the years, and powers in stills."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from geometry.fields import FIELDS, SITES, infection, wave
from geometry.history import BY_ID, caption_of, year_of
from geometry.shell import apertures
from geometry.spec import CitySpec
from tests.windows import box_content
from viewer.command.cli import main
from viewer.command.options import POWERS
from viewer.compose import scene
from viewer.drawing.caption import with_legend
from viewer.drawing.picture import Sampler
from viewer.history import loss
from viewer.lore import canon, powers
from viewer.lore.readouts import readouts
from viewer.views import view

SPEC = CitySpec()
ORDER = CitySpec(gene_loss="order")
GENE = year_of(BY_ID["gene"], SPEC)


def test_the_order_sets_it_free_in_several_places() -> None:
    places, began = wave(ORDER, GENE)
    assert (len(places), began) == (SITES, 0.0)
    assert len(wave(SPEC, GENE)[0]) == 1
    soon = GENE + 40.0
    assert infection(ORDER, places, soon) == pytest.approx(infection(ORDER, places[:1], soon)[0])
    assert infection(ORDER, places, soon).min() > 0.0
    assert "Order" in caption_of(BY_ID["gene"], ORDER)
    assert caption_of(BY_ID["gene"], SPEC) == BY_ID["gene"].caption


def test_nothing_leads_through_sealed_plates() -> None:
    tile = (3, 0, 2, 1)
    assert apertures(SPEC, (7,), tile, 6).any()
    assert not apertures(CitySpec(plate_openings="sealed"), (7,), tile, 6).any()


@pytest.mark.parametrize(("source", "said"), [("unknown", "from nowhere?"), ("planets", "plate at most"), ("nothing", "made of nothing")])
def test_the_ledger_tells_by_the_reading(source: str, said: str) -> None:
    groups = dict(readouts(view("opening", CitySpec(matter_source=source))))  # type: ignore[arg-type]
    (missing,) = (fact for fact in groups["Matter"] if fact.label == "Missing")
    assert said in missing.note
    assert (missing.value == "nothing") == (source == "planets")


def test_a_switch_cites_both_readings() -> None:
    for name, row in (("gene_loss", "K01"), ("plate_openings", "K06"), ("matter_source", "K17"), ("lift_beta", "K04")):
        assert row in [found.id for found in canon.contradictions(f"field:{name}")]


def test_the_wave_is_seen_as_it_passes() -> None:
    assert loss(SPEC, GENE - 1.0) is None
    assert loss(SPEC, 0.0) is None
    late = loss(SPEC, GENE * 0.85)
    assert late is not None
    assert 0.0 < late.strength < 1.0
    sampler, seen = Sampler((96, 60), 1), {}
    try:
        for year in (GENE - 60.0, GENE * 0.96):
            wave_, state = loss(SPEC, year), replace(view("opening"), year=year)
            seen[wave_ is not None] = sampler(scene(state, box_content()))[0].astype(float).mean(axis=(0, 1))
    finally:
        sampler.close()
    assert seen[True][0] / seen[True][2] > 1.1 * seen[False][0] / seen[False][2]


def test_powers_follow_the_years() -> None:
    rng = np.random.default_rng(3)
    where = rng.normal(size=(1500, 3))
    where *= 3.0e11 / np.sqrt((where**2).sum(axis=1))[:, None]
    mean = {field.name: [float(field.at(SPEC, where, year).mean()) for year in (-20_000.0, GENE, 0.0, 6000.0)] for field in FIELDS}
    before, fall, now, late = np.array([mean[name] for name in POWERS]).T
    at = {name: index for index, name in enumerate(POWERS)}
    assert tuple(field.name for field in FIELDS) == POWERS
    assert fall[at["settlements"]] > 0.9 > now[at["settlements"]]
    assert late[at["settlements"]] > now[at["settlements"]]
    assert fall[at["silicon"]] == 0.0 < late[at["silicon"]] < now[at["silicon"]]
    assert fall[at["infection"]] == 0.0
    assert now[at["infection"]] == 1.0
    assert before[at["settlements"]] == 0.0  # nothing is built there yet


def test_the_law_was_calm_and_the_net_whole_before_the_fall() -> None:
    row = np.array([[4.0e11, 1.0e10, 0.0]])
    calm, now, late = (float(powers.BY_NAME["alarm"].at(SPEC, row, year)[0]) for year in (GENE, 0.0, 3000.0))
    assert calm < 0.2 * now
    assert late < 0.2 * now
    net = [powers.BY_NAME["netsphere"].at(SPEC, row * np.linspace(1.0, 1.001, 4000)[:, None], year) for year in (GENE, 0.0)]
    assert (net[0] >= net[1]).all()
    assert net[0].max() > net[1].mean()


def test_a_power_lies_over_what_is_drawn_and_nothing_else() -> None:
    state = replace(view("canyon"), power="infection")
    pixels, depths = np.full((40, 64, 3), 100, np.uint8), np.full((40, 64), 900.0, np.float32)
    depths[:20] = np.inf
    over = powers.laid(pixels, state, depths)
    assert (over[:20] == 100).all()
    assert (over[20:] != 100).any(axis=2).all()
    deep = powers.laid(pixels.astype(np.uint16) * 257, state, depths)
    assert np.abs(deep[30, 30] / 257.0 - over[30, 30]).max() <= 1.0
    assert powers.laid(pixels, replace(state, power=""), depths) is pixels
    told = with_legend(np.zeros((200, 360, 3), np.uint8), powers.BY_NAME["infection"])
    assert told[-60:, -200:].any()
    assert not told[:100, :100].any()


def test_a_still_shows_a_power_with_its_legend(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["render", "--size", "160x100", "--quality", "draft", "--max-triangles", "20000", "--no-config"]
    for name, flags in (("bare", []), ("over", ["--overlay", "infection", "--legend"])):
        assert main([*words, *flags, "-o", str(tmp_path / f"{name}.png")]) == 0
    bare, over = (np.asarray(Image.open(tmp_path / f"{name}.png")).astype(int) for name in ("bare", "over"))
    assert np.abs(over - bare).max() > 40
    assert main([*words, "--overlay", "magic", "-o", str(tmp_path / "x.png")]) == 2
    assert "netsphere" in capfd.readouterr().err
