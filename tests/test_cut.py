"""The cut for an eye: its triangles are bounded by the budget, plates and all, and plates are as fine as can be seen."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from geometry.city import City
from geometry.cut import Shown
from geometry.eye import Boxes
from geometry.solids import triangle_counts
from geometry.strata import enclosing
from geometry.turns import SPREAD, last, turns_of
from viewer.camera import Camera
from viewer.compose import Unfolder, content, shown_of
from viewer.state import ViewState
from viewer.views import view

STATE = view("opening")
UNFOLD = Unfolder(City(STATE.city))


@pytest.mark.parametrize("budget", [6_000, 40_000, 150_000])
def test_the_budget_holds_plates_and_all(budget: int) -> None:
    drawn = content(UNFOLD, STATE, (640, 360), budget)
    assert drawn.triangles <= 1.15 * budget
    assert 0 < len(drawn.surface.triangles) <= 0.6 * budget


def test_a_larger_picture_has_finer_plates() -> None:
    small, large = (content(UNFOLD, STATE, size, 1_000_000).surface for size in ((160, 90), (1920, 1080)))
    assert len(small.triangles) < 0.6 * len(large.triangles)


SIZE, TRIANGLES = (160, 90), 150_000
# of a dive at seed 40: under the stars before a hole in the rim; in a void between two sub-strata of a plate; from a shaft into a void
RIM = Camera(
    (433785839702.6, -107354900224.7, 723727950353.2), (402546576582.1, -87623102587.6, 355497825669.7), (0.51, -0.126, 0.851), 62.0
)
VOID = Camera(
    (354037641122.8, -81025393373.9, 307019571945.2), (354026205849.8, -81020645120.4, 307016095915.5), (0.744, -0.17, 0.646), 62.0
)
WAY = tuple(
    Camera(position, focus, (0.745, -0.173, 0.644), 62.0)
    for position, focus in (
        ((356532566033.3, -82651337552.0, 308024355786.8), (354229214928.2, -82577840546.9, 307680694477.9)),
        ((356015714292.3, -82531521042.1, 307577824558.7), (353928276955.9, -82261364194.0, 307401169088.1)),
        ((355545771982.5, -82422579071.1, 307171820476.6), (353677503548.8, -81939517690.1, 307102005209.5)),
    )
)
# of the same dive: over a shaft, on its way down it, and at its foot, over the next bundle's own
DOWN = tuple(
    Camera(position, focus, (0.743, -0.177, 0.646), 62.0)
    for position, focus in (
        ((359640676663.3, -85630688652.3, 312460785083.0), (359240054782.0, -81955236684.6, 310457798853.8)),
        ((358617085808.4, -86038165192.5, 311751808015.8), (358105900066.5, -82520613931.1, 309797786999.1)),
        ((358067662807.5, -84913271705.3, 311314615423.3), (357350385052.4, -81584434126.5, 309560355054.4)),
    )
)


def seen(camera: Camera, *also: Camera) -> list[Shown]:
    state = ViewState(camera=camera)
    return shown_of(UNFOLD, state, SIZE, TRIANGLES, also=tuple(replace(state, camera=one) for one in also))[0]


def test_who_is_between_the_sub_strata_of_a_plate_sees_the_floor_of_that_void() -> None:
    radius = float(np.linalg.norm(VOID.position))
    room = enclosing(STATE.city, radius)
    assert room is not None
    down = float(np.asarray(VOID.position) @ VOID.forward)
    away = -down - (down * down - radius * radius + room.inner * room.inner) ** 0.5
    there = VOID.position + away * VOID.forward
    floor = [item.place for item in seen(VOID) if item.place.cell is not None and item.place.cell.outer == room.inner]
    assert any(float(np.linalg.norm(place.centre - there)) < place.radius < 1e8 for place in floor)


def test_a_hole_in_the_rim_has_walls_and_shows_no_stars_at_its_foot() -> None:
    cells = [item.place.cell for item in seen(RIM) if item.place.cell is not None]
    rim = max(cell.outer for cell in cells)
    plate = min(cell.plate for cell in cells if cell.outer == rim)
    assert sum(plate <= cell.inner and cell.outer < rim for cell in cells) > 20, "its sub-strata are the walls"
    assert any(cell.outer <= plate for cell in cells), "the next bundle is the floor"


def test_a_cut_for_several_eyes_spends_little_on_what_lies_behind_plates_for_who_sees_it() -> None:
    together, alone = (sum(item.place.cell is not None for item in seen(*some)) for some in ((WAY[1], WAY[0], WAY[2]), (WAY[1],)))
    assert together > 0.8 * alone, "what one eye is near to was drawn as finely for all, and holes were left shut for it"


def test_what_hides_in_the_voids_about_a_shaft_leaves_triangles_for_the_hole_at_its_foot() -> None:
    state = ViewState(camera=DOWN[1])
    also = tuple(replace(state, camera=one) for one in (DOWN[0], DOWN[2]))
    cells = [item.place.cell for item in shown_of(UNFOLD, state, (960, 540), 400_000, also=also)[0] if item.place.cell is not None]
    room = enclosing(STATE.city, float(np.linalg.norm(DOWN[2].position)))
    assert room is not None
    plate = min(cell.plate for cell in cells if cell.outer == room.inner)
    walls = {cell.inner for cell in cells if plate <= cell.inner and cell.outer <= room.inner}
    assert len(walls) > 20, "its sub-strata are its walls: unparted, the hole is a lid for who falls to it"


def parts_of(shown: list[Shown]) -> dict[int, int]:
    return {item.place.key: len(item.parts) for item in shown}


def test_triangles_are_spent_to_the_last_part_and_a_few_more_bring_no_place_whole() -> None:
    state, cuts = view("district"), []
    for budget in (200_000, 202_000, 204_000):
        shown = shown_of(UNFOLD, state, (480, 270), budget)[0]
        plates = sum(sum(map(len, item.growth.skin)) for item in shown if item.skin)
        spent = plates + int(sum(triangle_counts()[item.parts.prototype].sum() for item in shown))
        assert 0.997 * budget <= spent <= budget
        cuts.append(parts_of(shown))
    for fewer, more in pairwise(cuts):
        came = [count - fewer.get(key, 0) for key, count in more.items()]
        assert sum(count for count in came if count > 0) < 1.5 * (sum(more.values()) - sum(fewer.values())) + 40
        assert max(came) < 120, "a place came all at once"


def test_boxes_look_as_large_all_together_as_one_by_one() -> None:
    state = view("district")
    shown, eye = shown_of(UNFOLD, state, (160, 90), 40_000)
    children = [child for item in shown if item.place.kind == "district" for child in item.growth.children]
    boxes = Boxes.of(children)
    assert len(children) > 500
    np.testing.assert_allclose(eye.sizes_of(boxes), [eye.size_of(child) for child in children], rtol=1e-6)
    seen = eye.may_see(boxes)
    assert 0 < seen.sum() < len(children)
    assert all(seen[row] for row, child in enumerate(children) if eye.sees(child))


def test_parts_have_their_turns_largest_first_and_none_long_after_its_place() -> None:
    widths = np.array([3.0, 40.0, 12.0, 5.0], np.float32)
    turns = turns_of(100.0, widths, 3.0)
    assert np.argsort(-turns).tolist() == np.argsort(-widths).tolist()
    assert turns.max() == 100.0
    assert turns.min() == pytest.approx(100.0 / SPREAD)
    cost = np.array([10, 20, 30, 40])
    assert (turns >= last(turns, cost, 65)).tolist() == [False, True, True, False], "20 and 30, and 40 more would be too many"
    assert last(turns, cost, 100) == 0.0
