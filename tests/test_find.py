"""Looking for places: the language, what answers, what does not, and how it stops."""

from __future__ import annotations

import json
from itertools import islice

import numpy as np
import pytest

from geometry.city import City
from geometry.nest import is_planar
from geometry.rules import RULES
from geometry.strata import strata
from viewer.command.cli import main
from viewer.errors import InputError
from viewer.link import parse as parse_link
from viewer.places import find
from viewer.places.approach import approach
from viewer.places.find import INDOORS, OUTDOORS, Search, begun, gap, search
from viewer.places.query import KINDS, Bound, Near, Query, is_query, parse
from viewer.views import view
from viewer.whereabouts import radius_of, whereabouts

CITY = City()


def looked(text: str, most: int = 3, look: int = 1500, hour: float = 12.0) -> list[find.Found]:
    return list(islice(search(Search(CITY, begun(CITY), hour, look), parse(text)), most))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("hall", Query("hall")),
        ("hall near shaft", Query("hall", (), (Near("shaft", 10e3),))),
        ("Halls near a shaft", Query("hall", (), (Near("shaft", 10e3),))),
        ("void >1000 km beside a shaft", Query("void", (Bound("size", ">", 1e6),), (Near("shaft", 1e3),))),
        ("void>1,000km", Query("void", (Bound("size", ">", 1e6),))),
        ("tower tall > 300 km lit", Query("tower", (Bound("tall", ">", 3e5), Bound("light", ">", 50.0)))),
        ("village beside canyon within 5 km", Query("village", (), (Near("canyon", 5e3),))),
        ("stairs within 2 million km", Query("stair", (Bound("distance", "<", 2e9),))),
        (
            "block chaos <0.5 and wide over 400 m, layer >100000",
            Query("block", (*(Bound("chaos", "<", 0.5), Bound("wide", ">", 400.0)), Bound("layer", ">", 1e5))),
        ),
        ("cable near pipe", Query("cables", (), (Near("pipes", 10e3),))),
        ("room light >= 20 lx", Query("room", (Bound("light", ">", 20.0),))),
    ],
)
def test_a_query_is_read(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "hall near shaft"),
        ("hal near shaft", "did you mean 'hall'"),
        ("saturn", "like void, sprawl"),
        ("hall near", "near' what"),
        ("hall near shfat", "did you mean 'shaft'"),
        ("void >1000", "say a unit: m, km"),
        ("void >1000 lx", "say a unit"),
        ("void > big", "comes a number, not 'big'"),
        ("hall beside shaft within", "comes a number, not 'nothing'"),
        ("hall chao >0.5", "did you mean 'chaos'"),
        ("hall chaos", "needs < or >"),
        ("hall tall", "like 'tall > 10 km'"),
        ("hall ; rm", "';' is no condition"),
        ("hall >>", "comes a number"),
    ],
)
def test_what_is_not_understood_is_one_clear_line(text: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert hint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_means_to_be_a_query() -> None:
    for text in ("hall near shaft", "void >1 km", "towers lit", "room within 5 km"):
        assert is_query(text)
    for text in ("hall", "canyon", "hall 3", "band 7 / tile 3-02", "the whole City", "", "district 5 / tower 2", "city://1/40"):
        assert not is_query(text)
    assert set(KINDS) >= set(RULES) - {"city", "band", "stratum", "tile"}


def test_a_hall_near_a_shaft() -> None:
    found = looked("hall near shaft")
    assert len({one.place.key for one in found}) == 3
    for one in found:
        assert one.place.kind == "hall"
        assert one.near[0].kind == "shaft"
        assert gap(one.place, one.near[0]) <= 10e3
        assert CITY.at(one.place.address).address == one.place.address


def test_a_void_beside_a_shaft() -> None:
    for one in looked("void >1000 km beside a shaft", 2):
        cell = one.place.cell
        assert cell is not None
        assert is_planar(cell)
        assert cell.plate - cell.inner > 1e6
        assert one.near[0].kind == "shaft"
    small = looked("void <300 km", 1)[0].place.cell
    assert small is not None
    assert small.plate - small.inner < 3e5


def test_a_landmark_is_found_at_once_and_what_is_near_it() -> None:
    found = looked("nexus", 2, 5)
    assert [one.place.kind for one in found] == ["nexus"]
    near = looked("tower near nexus within 900 km", 1, 600) + looked("void near nexus", 1, 600)
    assert [one.near[0].kind for one in near] == ["nexus"] * len(near)
    assert near


def test_where_a_landmark_keeps_a_layer_free_another_is_found() -> None:
    city = City(seed=5)
    found = next(search(Search(city, begun(city)), parse("void >1000 km")))
    assert found.place.cell is not None
    assert is_planar(found.place.cell)


def test_voids_come_nearest_first_and_none_is_left_out() -> None:
    radius = float(np.sqrt(begun(CITY) @ begun(CITY)))
    found = looked("void >2000 km", 4)
    far = [one.distance for one in found]
    assert far == sorted(far)
    band = whereabouts(CITY.spec, radius).bands[:-1]
    rows = [row for row in strata(CITY.spec, band) if row.plate - row.inner > 2e6 and row.high - row.low == 1]
    layers = {one.place.address.layer for one in found}
    assert {row.low for row in rows if max(row.inner - radius, radius - row.plate, 0.0) < far[-1]} <= layers


def test_places_come_nearest_first_and_within_bounds() -> None:
    found = looked("block >600 m within 100 km", 6)
    assert [one.distance for one in found] == sorted(one.distance for one in found)
    assert all(max(one.place.size) > 600.0 and one.distance < 1e5 for one in found)
    assert found[0].distance == min(one.distance for one in found)


def test_light_and_chaos_are_asked() -> None:
    lit = looked("district lit", 1, hour=12.0)[0].place
    work = Search(CITY, begun(CITY), 0.0)
    assert find.measured(Search(CITY, begun(CITY), 12.0), lit, "light") > 50.0
    assert find.measured(work, lit, "light") != find.measured(Search(CITY, begun(CITY), 12.0), lit, "light")
    for one in looked("block chaos <0.65", 2):
        assert one.place.epoch < 6.5


def test_nothing_is_held_back_that_is_pruned() -> None:
    """Kinds that are not opened hold none of what is looked for outdoors: asked of what a district unfolds to."""
    district = next(one.place for one in looked("district", 1))
    stack, opened = list(CITY.unfold(district).children), 0
    while stack and opened < 60:
        place = stack.pop(len(stack) // 2)
        if place.kind not in INDOORS:
            continue
        opened += 1
        children = CITY.unfold(place).children
        assert not {child.kind for child in children} & (OUTDOORS - {"village", "tower"}), place.address
        stack += list(children)[:4]
    assert opened > 30


def test_the_same_places_every_time_and_the_allowance_holds() -> None:
    one, other = (Search(CITY, begun(CITY), most=120) for _ in range(2))
    first, second = (list(search(work, parse("builder >5 km"))) for work in (one, other))
    assert first == second == []
    assert one.opened == other.opened == 120


def test_a_search_can_be_stopped() -> None:
    def stop(part: float) -> None:
        if part > 0.01:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(search(Search(CITY, begun(CITY), advance=stop), parse("builder >5 km")))


def test_the_command_prints_links(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["places", "void >1000 km", "--limit", "2", "--json"]) == 0
    rows = json.loads(capfd.readouterr().out)
    assert len(rows) == 2
    for row in rows:
        state = parse_link(row["link"])
        here = whereabouts(state.city, radius_of(state.camera.position))
        assert not here.solid
        assert row["size_m"] > 1e6
        assert CITY.at(row["address"])
    assert main(["places", "shaft", "near", "district", "--limit", "1"]) == 0
    assert "city://" in capfd.readouterr().out


def test_the_nearest_is_the_first(capfd: pytest.CaptureFixture[str]) -> None:
    said = []
    for words in (["hall", "--limit", "1"], ["nearest hall"], ["the", "Nearest", "halls"]):
        assert main(["places", *words, "--json"]) == 0
        said.append(json.loads(capfd.readouterr().out))
    assert said[0] == said[1] == said[2]
    assert len(said[0]) == 1
    assert main(["places", "nearest void", "--limit", "2", "--json"]) == 0
    assert len(json.loads(capfd.readouterr().out)) == 2
    assert main(["places", "nearest void", "--seeds", "3-4", "--json"]) == 0
    assert len(json.loads(capfd.readouterr().out)) == 2


def test_many_cities_are_looked_through(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["places", "void >1000 km", "--seeds", "3-4,9", "--json"]) == 0
    rows = json.loads(capfd.readouterr().out)
    assert [parse_link(row["link"]).city.seed for row in rows] == [3, 4, 9]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["hall near shfat"], 3),
        (["saturn"], 3),
        (["void >1000"], 3),
        (["builder >900 km", "--look", "50"], 3),
        (["void >1 km", "--seeds", "9-3"], 2),
        (["void >1 km", "--seeds", "some"], 2),
        (["void >1 km", "--limit", "0"], 2),
        (["nearest void", "--limit", "0"], 2),
        (["nearest xyzzy"], 3),
        (["void >1 km", "--hour", "25"], 2),
        (["void >1 km", "--seeds", "1-2", "--seed", "3"], 2),
    ],
)
def test_a_bad_question_is_one_line(words: list[str], code: int, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["places", *words]) == code
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1


def test_ctrl_c_keeps_what_was_found(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def interrupted(*words: object) -> object:
        calls.append(words)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return seen(*words)  # type: ignore[arg-type]

    seen = find.seen
    monkeypatch.setattr(find, "seen", interrupted)
    assert main(["places", "void >1000 km", "--limit", "3"]) == 130
    said = capfd.readouterr()
    assert said.out.count("city://") == 1
    assert "Traceback" not in said.err


def test_all_kinds_are_listed_and_the_three_nearest_are_meant(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["places", "kind"]) == 0
    said = capfd.readouterr().out
    assert all(f"kind  {kind} " in said for kind in KINDS)
    with pytest.raises(InputError, match=r"did you mean 'cavity'.*places kind"):
        parse("cavty >3 km")


def test_a_tall_tower_is_seen_from_beside_it_looking_up() -> None:
    tower = CITY.at("band 8.14.14 / layer 114781 / tile 3-2222222221222222222222 / tower 7")
    camera = approach(CITY, tower, view("outside")).camera
    aside = tower.frame.to_local(np.array(camera.position))
    assert np.hypot(aside[0], aside[1]) < 0.1 * tower.size[2] < aside[2] < 0.2 * tower.size[2]
    assert tower.frame.to_local(np.array(camera.focus))[2] > aside[2]
