"""Scouting: many viewpoints of a City, each judged on a small picture by the rubric, the best first.

A viewpoint is a kind of view that a photographer would go looking for, at some place of that kind and some hour. Which ones are looked at
follows from the City and how many are asked for, so the same command finds the same pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geometry.city import City
from geometry.key import Stream, derive
from geometry.material import Material
from geometry.spec import CitySpec
from viewer import vantage
from viewer.camera import Camera
from viewer.compose import Unfolder, content, scene
from viewer.picture import sample
from viewer.rubric import WIDTH, Check, judge, score
from viewer.scene import Content
from viewer.state import ViewState

SIZE = (480, 270)
"""Pixels of the small picture."""
TRIANGLES = 250_000
_HOURS = (12.0, 17.95, 18.0, 18.05, 18.1, 18.15)
"""Local hours to look at a place: noon, and the minutes of dusk."""


@dataclass(frozen=True, slots=True, eq=False)
class Find:
    """A viewpoint and how it was judged."""

    name: str
    """What kind of view it is, and which place of its kind: `canyon 2`."""
    state: ViewState
    checks: tuple[Check, ...]
    pixels: NDArray[np.uint8]
    """The small picture, (h, w, 3)."""

    @property
    def score(self) -> float:
        """0 to 10."""
        return score(self.checks)

    @property
    def passed(self) -> int:
        """How many of the ten checks it passes."""
        return sum(check.passed for check in self.checks)


_KINDS: tuple[tuple[str, Callable[[CitySpec, float, int], ViewState]], ...] = (
    ("canyon", vantage.in_canyon),
    ("district", vantage.in_district),
    ("well", vantage.up_a_shaft),
    ("hall", vantage.in_hall),
)


def viewpoints(spec: CitySpec, count: int) -> Iterator[tuple[str, ViewState]]:
    """`count` viewpoints by name: the kinds in turn, each time at another place of the kind, hour, width of view and haze."""
    stream = Stream(derive(spec.seed, "scout"))
    given = 0
    for turn in range(4 * count):
        name, stand = _KINDS[turn % len(_KINDS)]
        number = turn // len(_KINDS)
        own = stream.sub(name, number)
        try:
            state = stand(spec, _HOURS[int(own.whole("hour", 1, 0, len(_HOURS))[0])], number)
        except LookupError:
            continue
        fov = state.camera.fov * (0.8 + 0.3 * own.one("width"))
        yield f"{name} {number + 1}", replace(state, camera=replace(state.camera, fov=fov), haze=state.haze * (0.8 + 0.7 * own.one("haze")))
        given += 1
        if given == count:
            return


def scouted(
    spec: CitySpec, count: int, *, style: str = "concrete", advance: Callable[[int, int], None] = lambda done, whole: None
) -> list[Find]:
    """Look at `count` viewpoints and judge them; the best first. `advance(done, count)` is called after each.

    Raises ValueError for a count below 1.
    """
    if count < 1:
        raise ValueError(f"{count} viewpoints cannot be looked at")
    unfold = Unfolder(City(spec))
    found = []
    for done, (name, state) in enumerate(viewpoints(spec, count), 1):
        state = replace(state, style=style)
        what = content(unfold, state, SIZE, TRIANGLES)
        pixels, depth = sample(scene(state, what), SIZE)
        found.append(Find(name, state, judge(pixels, depth, figure_in(what, state.camera, pixels, depth)), pixels))
        advance(done, count)
    return sorted(found, key=lambda find: (-find.score, find.name))


def figure_in(what: Content, camera: Camera, pixels: NDArray[np.uint8], depth: NDArray[np.float32]) -> tuple[float, float]:
    """Height of the largest figure that is in view, in pixels of a picture 960 wide, and its contrast, 0 to 1; (0, 0) for none."""
    people = what.instances.look[:, 0] == Material.FIGURE
    if not people.any():
        return (0.0, 0.0)
    away = what.instances.position[people].astype(np.float64) + (what.anchor - np.asarray(camera.position))
    tall = what.instances.scale[people].max(axis=1).astype(np.float64)
    far = away @ camera.forward
    high, wide = depth.shape
    scale = 0.5 * high / np.tan(np.radians(camera.fov) / 2.0)
    best = (0.0, 0.0)
    for index in np.argsort(far):
        if far[index] <= 0.0:
            continue
        column = int(wide / 2 + scale * float(away[index] @ camera.right) / far[index])
        row = int(high / 2 - scale * float(away[index] @ camera.upward) / far[index])
        if not (2 <= column < wide - 2 and 2 <= row < high - 2):
            continue
        seen = depth[row - 2 : row + 3, column - 2 : column + 3]
        if np.abs(seen - far[index]).min() < 0.05 * far[index]:
            size = scale * float(tall[index]) / far[index] * WIDTH / wide
            best = max(best, (size, _contrast(pixels, row, column, size * wide / WIDTH)))
    return best


def _contrast(pixels: NDArray[np.uint8], row: int, column: int, size: float) -> float:
    """How far the tone of a figure differs from what is round it, 0 to 1."""
    tone = pixels.astype(np.float32).mean(axis=2) / 255.0
    reach = max(int(size), 3)
    about = tone[max(row - reach, 0) : row + reach, max(column - reach, 0) : column + reach]
    inner = tone[max(row - reach // 3, 0) : row + reach // 3 + 1, max(column - 1, 0) : column + 2]
    return float(abs(np.median(about) - inner.min() if np.median(about) > inner.mean() else inner.max() - np.median(about)))


def contact_sheet(finds: list[Find], columns: int = 4) -> NDArray[np.uint8]:
    """The small pictures side by side, the best at the upper left: (rows * h, columns * w, 3)."""
    rows = -(-len(finds) // columns)
    high, wide = finds[0].pixels.shape[:2]
    sheet = np.zeros((rows * high, min(columns, len(finds)) * wide, 3), dtype=np.uint8)
    for index, find in enumerate(finds):
        row, column = divmod(index, columns)
        sheet[row * high : (row + 1) * high, column * wide : (column + 1) * wide] = find.pixels
    return sheet
