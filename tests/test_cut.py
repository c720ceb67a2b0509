"""The cut for an eye: its triangles are bounded by the budget, plates and all, and plates are as fine as can be seen."""

from __future__ import annotations

import pytest

from geometry.city import City
from viewer.compose import Unfolder, content
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
