"""Scouting: many viewpoints of a City, each judged on a small picture by the rubric, the best first.

A viewpoint is a kind of view that a photographer would go looking for, at some place of that kind and some hour. Which ones are looked at
follows from the City and how many are asked for, so the same command finds the same pictures. The most promising are then developed:
exposure, contrast, haze and the minute are tried a step either way, as one brackets a shot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from geometry.address import Address
from geometry.city import City
from geometry.key import Stream, derive
from geometry.material import Material
from geometry.place import Place
from geometry.spec import CitySpec
from viewer.camera import Camera
from viewer.compose import Unfolder, content, scene
from viewer.drawing.picture import Sampler
from viewer.errors import InputError
from viewer.pictures.rubric import WIDTH, Check, judge, score
from viewer.scene import Content
from viewer.stands import STANDS, Stand, places
from viewer.state import ViewState
from viewer.styles import style

PIXELS = 480 * 270
"""Of the small picture."""
SIZE = (480, 270)
"""Of the small picture at 16 : 9."""
TRIANGLES = 250_000
_FINALISTS = 4
"""How many of the best are developed, each of another kind."""
_EXPOSURES = (0.72, 1.4)
_HAZES = (0.5, 1.7)
_THICKEST = 5.0
"""More haze than this, and there is nothing left to look at."""
_LATER = (-0.1, 0.1)
"""Hours: at dusk a few minutes change everything."""


@dataclass(frozen=True, slots=True, eq=False)
class Find:
    """A viewpoint and how it was judged."""

    name: str
    """What kind of view it is, and which place of its kind: `canyon ledge 2`."""
    state: ViewState
    checks: tuple[Check, ...]
    pixels: NDArray[np.uint8]
    """The small picture, (h, w, 3)."""

    @property
    def kind(self) -> str:
        """What kind of view it is: `canyon ledge`."""
        return self.name.rpartition(" ")[0]

    @property
    def score(self) -> float:
        """0 to 10."""
        return score(self.checks)

    @property
    def passed(self) -> int:
        """How many of the ten checks it passes."""
        return sum(check.passed for check in self.checks)

    @property
    def rank(self) -> tuple[int, float]:
        """More checks passed first, then nearer to passing the others."""
        return (self.passed, self.score)


def viewpoints(spec: CitySpec, count: int, place: Address | None = None, unfold: Unfolder | None = None) -> Iterator[tuple[str, ViewState]]:
    """`count` viewpoints by name, or fewer where there are no more: the kinds in turn, each time at another place of its kind."""
    city = City(spec)
    unfold = unfold or Unfolder(city)
    root = None if place is None else city.at(place)
    stream = Stream(derive(spec.seed, "scout"))
    walks = {stand.name: _walk(unfold, city, root, stand) for stand in STANDS if stand.chain or root is None}
    given, turn = 0, 0
    while walks and given < count:
        for stand in STANDS:
            if stand.name not in walks or given == count:
                continue
            found = next(walks[stand.name], None)
            if found is None:
                del walks[stand.name]
                continue
            try:
                yield f"{stand.name} {turn + 1}", stand.pose(spec, found, unfold, stream.sub(stand.name, turn))
                given += 1
            except LookupError:  # nobody stands there: the next of its kind comes with the next turn
                continue
        turn += 1


def _walk(unfold: Unfolder, city: City, root: Place | None, stand: Stand) -> Iterator[Place]:
    """Places for a kind of view, at most a hundred; the City itself for a view of the whole."""
    if not stand.chain:
        return iter([city.root] * 100)
    return islice(places(unfold, city, root, stand), 100)


def scouted(
    spec: CitySpec,
    count: int,
    *,
    place: Address | None = None,
    aspect: float = 16 / 9,
    dressed: Callable[[ViewState], ViewState] = lambda state: state,
    advance: Callable[[int, int], None] = lambda done, whole: None,
) -> list[Find]:
    """Look at `count` viewpoints of the City, or within a place, and judge them; the best first.

    `aspect` is the picture's width over its height, `dressed` what shall hold for every viewpoint (an hour, a style),
    `advance(done, count)` is called after each. Raises ValueError for a count below 1, InputError where there is nowhere to stand.
    """
    if count < 1:
        raise ValueError(f"{count} viewpoints cannot be looked at")
    size, order = _size(aspect), _order(spec)
    unfold, sampler = Unfolder(City(spec)), Sampler(size)
    try:
        found: list[tuple[Find, Content | None]] = []
        for done, (name, state) in enumerate(viewpoints(spec, count, place, unfold), 1):
            state = dressed(state)
            what = content(unfold, state, size, TRIANGLES)
            found.append((_judged(sampler, name, state, what), what))
            found.sort(key=lambda row: order(row[0]))
            chosen = _finalists([find for find, _ in found])
            found = [(find, kept if find in chosen else None) for find, kept in found]
            advance(done, count)
        if not found:
            raise InputError(f"there is nowhere to stand in {place}; name a larger place")
        finds = [find if what is None else _developed(sampler, find, what, dressed) for find, what in found]
    finally:
        sampler.close()
    return sorted(finds, key=order)


def _order(spec: CitySpec) -> Callable[[Find], tuple[int, float, float]]:
    """What the best come first by. Of those that pass everything, another kind comes first in every City."""
    luck = Stream(derive(spec.seed, "scout"))
    return lambda find: (-find.passed, -find.score, luck.sub("luck of a kind").one(find.kind))


def _finalists(finds: list[Find]) -> list[Find]:
    """The best of each kind, the best kinds first; where there are too few kinds, the next best."""
    kinds = {find.kind: find for find in reversed(finds)}
    firsts = [find for find in finds if kinds[find.kind] is find]
    return [*firsts, *(find for find in finds if find not in firsts)][:_FINALISTS]


def _size(aspect: float) -> tuple[int, int]:
    high = (PIXELS / aspect) ** 0.5
    return max(2 * round(high * aspect / 2), 2), max(2 * round(high / 2), 2)


def _judged(sampler: Sampler, name: str, state: ViewState, what: Content) -> Find:
    pixels, depth = sampler(scene(state, what))
    return Find(name, state, judge(pixels, depth, figure_in(what, state.camera, pixels, depth)), pixels)


def _developed(sampler: Sampler, find: Find, what: Content, dressed: Callable[[ViewState], ViewState]) -> Find:
    """The find with the exposure, contrast, haze and minute that serve it best, each tried in turn."""
    best = find
    for tries in (_exposed, _contrasted, _hazed, _timed, _exposed):
        if best.passed == len(best.checks):
            break
        states = [state for state in map(dressed, tries(best.state)) if state != best.state]
        best = max([best, *(_judged(sampler, find.name, state, what) for state in states)], key=lambda one: one.rank)
    return best


def _tuned(state: ViewState, name: str, value: float) -> ViewState:
    """The state with one number of its style set; the rest of `tuned` stays, in the order of the table."""
    from viewer.styles import numbers

    given = {**dict(state.tuned), name: value}
    return replace(state, tuned=tuple((row, given[row]) for row in numbers() if row in given))


def _exposed(state: ViewState) -> list[ViewState]:
    now = style(state.style, state.tuned).values["grade.exposure"]
    return [_tuned(state, "grade.exposure", round(float(now) * step, 3)) for step in _EXPOSURES if isinstance(now, float)]


def _contrasted(state: ViewState) -> list[ViewState]:
    return [_tuned(state, "grade.contrast", 1.0)]


def _hazed(state: ViewState) -> list[ViewState]:
    return [replace(state, haze=round(min(state.haze * step, _THICKEST), 3)) for step in _HAZES]


def _timed(state: ViewState) -> list[ViewState]:
    return [replace(state, hour=(state.hour + step) % 24.0) for step in _LATER]


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
