"""Taking the City apart at a place: peel, show alone, hide; from a stratum down to a room."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.address import Address
from geometry.city import City
from geometry.cityfile import preset
from geometry.rules import RULES
from geometry.search import first, planar_tiles
from viewer import moves
from viewer.compose import Unfolder, content, roots_of
from viewer.errors import LinkError
from viewer.hiding import hidden, hides
from viewer.link import link, parse
from viewer.lore import canon
from viewer.parting import MOST_HIDDEN, all_round, alone, hidden_toggled, name_of, peeled_to, within
from viewer.state import Plane, Shells
from viewer.views import view

MODEL = preset("model").spec
STATE = view("opening", MODEL)


def test_strata_are_peeled_shown_alone_and_hidden() -> None:
    city = City(MODEL)
    band = city.unfold(city.root).children[3]
    assert peeled_to(STATE, band).peel == 3
    only = alone(STATE, band)
    assert only.isolated == band.form
    assert alone(only, band) == replace(STATE, isolated=None)
    gone = hidden_toggled(STATE, band.address)
    assert gone.hidden == (name_of(band.address),)
    assert band.form not in [root.form for root in roots_of(city, gone)]
    assert len(roots_of(city, gone)) == len(roots_of(city, STATE)) - 1
    assert hidden_toggled(gone, band.address) == STATE
    assert moves.made_whole(gone).hidden == ()
    assert parse(link(gone)) == gone


def test_a_hidden_place_leaves_the_picture() -> None:
    city = City(MODEL)
    band = city.unfold(city.root).children[0]
    whole = content(Unfolder(city), replace(STATE, cuts=()), (160, 90), 50_000)
    less = content(Unfolder(city), hidden_toggled(replace(STATE, cuts=()), band.address), (160, 90), 50_000)
    outer = float(np.sqrt((whole.surface.points.astype(np.float64) ** 2).sum(axis=1)).max()) if len(whole.surface.points) else 0.0
    assert whole.triangles > 0
    assert less.triangles > 0
    assert not np.array_equal(whole.surface.points, less.surface.points)
    assert outer > 0.0


def test_a_room_and_what_it_lies_in_are_parted() -> None:
    state = view("hall")
    city = City(state.city)
    hall = first(city, "district", "block", "hall")
    only = alone(state, hall)
    assert len(only.cuts) == 6
    assert not any(hides(cut, hall) for cut in only.cuts)
    other = first(city, "district", "block", "hall", number=30)
    assert any(hides(cut, other) for cut in only.cuts)
    assert alone(only, hall).cuts == ()
    assert isinstance(peeled_to(state, hall).cuts[-1], Plane)
    test = hidden(hidden_toggled(state, hall.address))
    assert test(hall)
    assert not test(other)


def test_a_layer_is_parted_all_round() -> None:
    state = view("opening")
    city = City(state.city)
    tile = next(planar_tiles(city))
    layer = all_round(tile)
    assert layer.address.tile == ()
    assert layer.cell is not None
    assert alone(state, layer).cuts == (Shells(layer.cell.inner, layer.cell.outer),)
    assert len(alone(state, tile).cuts) == 5
    assert peeled_to(state, layer).cuts[-1] == Shells(0.0, layer.cell.outer)
    assert within(tile.address, layer.address)
    assert not within(layer.address, tile.address)


@pytest.mark.parametrize("words", ["band_7_x", "hall", "band 7 / towr"])
def test_links_refuse_what_is_no_address(words: str) -> None:
    with pytest.raises(LinkError, match="hidden"):
        parse(f"city://1/40?hidden={words}")


def test_no_more_are_hidden_than_a_link_can_say() -> None:
    state = STATE
    for number in range(MOST_HIDDEN + 3):
        state = hidden_toggled(state, Address(40, (7,), None, (0,), (("district", number),)))
    assert len(state.hidden) == MOST_HIDDEN
    assert parse(link(state)) == state


def test_every_kind_of_place_has_its_note() -> None:
    assert set(RULES) <= set(canon.notes())
    for kind in RULES:
        found = canon.note(kind)
        assert found.certainty in canon.CERTAINTY
        assert found.text.endswith(".")
        assert " · " in found.source
    assert canon.note("nothing known").source == "our choice"
