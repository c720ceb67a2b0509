"""Contents: what a state asks for, as arrays ready to draw."""

import numpy as np

from geometry.parts import parts
from tests.scenes import content
from viewer.compose import unbroken


def test_a_bar_far_off_is_thick_enough_to_be_seen_whole() -> None:
    where = [[1000.0, 0.0, 0.0], [10.0, 0.0, 0.0], [1000.0, 0.0, 0.0]]
    sizes = [[0.02, 0.02, 50.0], [0.02, 0.02, 50.0], [8.0, 8.0, 8.0]]
    before = content(parts("drum", where, sizes)).instances
    after = unbroken(before, 1000.0)
    assert np.allclose(after.scale[0], [1.2, 1.2, 50.0])
    assert np.array_equal(after.scale[1:], before.scale[1:])
