"""Tours: key frames in time, and the state between them. A tour is a text file, or is made of one state: a turn, a day.

[[key]]
at = 0.0                 # seconds
view = "opening"         # or "landmark/toha", or link = "city://…"
hour = 12.0              # optional: hour, year, haze, style, explode
by = "way"               # optional, how one comes here: "flight" straight on, "way" through holes and round solids, or "cut" in the dark

Distances shrink by equal parts in equal times, hours go the short way round the clock, and every leg starts and ends gently.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from geometry.landmarks import PREFIX, is_landmark
from geometry.spec import CitySpec
from viewer.camera import orbit
from viewer.errors import InputError, LinkError
from viewer.link import parse, problem
from viewer.moves import tuned
from viewer.navigate import between
from viewer.state import Cut, ViewState, Wedge
from viewer.styles import style
from viewer.views import view
from viewer.whereabouts import local_hour, outside

MAX_BYTES = 1_000_000
MOST_KEYS = 1_000
LONGEST_S = 36_000.0
_SLOWER, _ABOUT = 10.0, 1.5
"""How much longer than another the hour of dusk lasts in the film of a day, and the hours about it that do."""
_BYS = ("flight", "way", "cut")
_BRIGHTNESS = "grade.exposure"
_DARK = 0.05
"""What is left of the brightness at a cut."""
_CHANGES = ("hour", "year", "haze", "style", "explode")


@dataclass(frozen=True, slots=True)
class Key:
    """A state and when it is reached."""

    at: float
    """Seconds from the start."""
    state: ViewState
    along: Callable[[float], ViewState] | None = None
    """How one comes here from the key before, by the share of the time, 0 to 1; straight on if not given."""


@dataclass(frozen=True, slots=True)
class Tour:
    """What is shown when."""

    seconds: float
    state_at: Callable[[float], ViewState]
    """The state at a time, 0 to `seconds`."""
    loops: bool = False
    """Whether the end is the start, so that a film of it may run on."""

    def states(self, fps: float) -> list[ViewState]:
        """One state a frame; a loop leaves out its end, which is its start."""
        count = max(round(self.seconds * fps), 1)
        last = count if self.loops else max(count - 1, 1)
        return [self.state_at(self.seconds * frame / last) for frame in range(count)]


def turntable(state: ViewState, seconds: float) -> Tour:
    """Once round what is in view, at one pace."""
    return Tour(seconds, lambda at: replace(state, camera=orbit(state.camera, -math.tau * at / seconds, 0.0)), loops=True)


def day(state: ViewState, seconds: float) -> Tour:
    """A day and a night where nothing moves but the light. Under a ceiling it dwells on dusk and dawn, when everything changes; seen from
    outside, where it is always dusk somewhere, all hours are as long."""
    turns = () if outside(state) or state.city.day_duty >= 1.0 else (12.0 - 12.0 * state.city.day_duty, 12.0 + 12.0 * state.city.day_duty)
    here = local_hour(state)
    start = _elapsed(here, turns)
    return Tour(seconds, lambda at: replace(state, hour=(state.hour - here + _hour_at(start + at / seconds, turns)) % 24.0), loops=True)


def _elapsed(hour: float, turns: tuple[float, ...]) -> float:
    """The part of a film of a day that is over at a local hour 0 to 24, when `turns` are the hours to dwell on: its pace falls and rises
    again as a cosine does about each."""
    spent, whole = hour, 24.0
    for turn in turns:
        for centre in (turn - 24.0, turn, turn + 24.0):
            spent += _SLOWER * (_dwelt(hour - centre) - _dwelt(-centre))
        whole += _SLOWER * _ABOUT
    return spent / whole


def _dwelt(away: float) -> float:
    """The integral of a hump one high, _ABOUT hours to either side of its middle, up to so many hours from there."""
    away = min(max(away, -_ABOUT), _ABOUT)
    return 0.5 * (away + _ABOUT + _ABOUT / math.pi * math.sin(math.pi * away / _ABOUT))


def _hour_at(part: float, turns: tuple[float, ...]) -> float:
    """The local hour when a part of the film is over."""
    part %= 1.0
    low, high = 0.0, 24.0
    for _ in range(48):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _elapsed(middle, turns) < part else (low, middle)
    return high


def through(keys: tuple[Key, ...]) -> Tour:
    """From key to key. Raises InputError for fewer than two, or for times that do not rise."""
    times = [key.at for key in keys]
    if len(keys) < 2 or any(b <= a for a, b in pairwise(times)):
        raise InputError("a tour needs two keys or more, each later than the one before")

    def state_at(at: float) -> ViewState:
        index = min(max(bisect_right(times, at + times[0]) - 1, 0), len(keys) - 2)
        a, b = keys[index], keys[index + 1]
        share = min((at + times[0] - a.at) / (b.at - a.at), 1.0)
        return blended(a.state, b.state, share) if b.along is None or share >= 1.0 else b.along(share)

    return Tour(times[-1] - times[0], state_at)


def eased(t: float) -> float:
    """Gently off and gently in: 0 to 1, with no speed and no push at either end."""
    t = min(max(t, 0.0), 1.0)
    return t * t * t * (t * (6.0 * t - 15.0) + 10.0)


def cut_to(a: ViewState, b: ViewState) -> Callable[[float], ViewState]:
    """From one state to another without a way between them: it gets dark, and light again elsewhere."""
    return lambda share: _dimmed(a if share < 0.5 else b, abs(2.0 * eased(share) - 1.0))


def _dimmed(state: ViewState, light: float) -> ViewState:
    """The state at a part of its brightness: 1 is all of it, 0 nearly none."""
    usual = style(state.style, state.tuned).values[_BRIGHTNESS]
    assert isinstance(usual, float)
    return tuned(state, _BRIGHTNESS, usual * _DARK ** (1.0 - light))


def blended(a: ViewState, b: ViewState, t: float) -> ViewState:
    """The state on the way from one to another. What cannot be half one and half the other changes at the end."""
    if t >= 1.0:
        return b
    share = eased(t)
    turn = (b.hour - a.hour + 12.0) % 24.0 - 12.0
    return replace(
        a,
        camera=between(a.camera, b.camera, share),
        hour=(a.hour + turn * share) % 24.0,
        year=a.year + (b.year - a.year) * share,
        haze=a.haze + (b.haze - a.haze) * share,
        explode=a.explode + (b.explode - a.explode) * share,
        cuts=_cuts(a.cuts, b.cuts, share),
    )


def _cuts(a: tuple[Cut, ...], b: tuple[Cut, ...], share: float) -> tuple[Cut, ...]:
    """Wedges open and shut, to nothing where the whole is shown next; other cuts stay until the end."""
    if len(a) == len(b) == 1 and isinstance(a[0], Wedge) and isinstance(b[0], Wedge):
        first, last = a[0], b[0]
        numbers = np.array([first.start, first.angle, first.tilt]) * (1.0 - share) + np.array([last.start, last.angle, last.tilt]) * share
        return (Wedge(*(float(number) for number in numbers)),)
    if len(a) == 1 and isinstance(a[0], Wedge) and not b:
        return (replace(a[0], start=a[0].start + 0.5 * a[0].angle * share, angle=a[0].angle * (1.0 - share)),)
    return a


def read(path: Path, spec: CitySpec) -> Tour:
    """The tour of a file, in a City. Raises InputError: what is wrong, where, and what to write instead."""
    import tomllib

    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path}: more than {MAX_BYTES} bytes; a tour is a text file of key frames")
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: {error}; a tour is a TOML file with [[key]] tables") from None
    rows = table.get("key")
    if not isinstance(rows, list) or not 2 <= len(rows) <= MOST_KEYS or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{path}: a tour has 2 to {MOST_KEYS} tables [[key]]")
    keys = tuple(_key(path, number, row, spec) for number, row in enumerate(rows, 1))
    keys = (
        keys[0],
        *(_reached(row, *pair) for row, pair in zip(rows[1:], pairwise(keys), strict=True)),
    )
    try:
        return through(keys)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _reached(row: dict[str, Any], before: Key, key: Key) -> Key:
    """A key with the way to it."""
    if row.get("by") == "cut":
        return replace(key, along=cut_to(before.state, key.state))
    if row.get("by") != "way":
        return key
    return replace(key, along=_looked_for(before.state, key.state))


def _looked_for(a: ViewState, b: ViewState) -> Callable[[float], ViewState]:
    """A way that is looked for when the first state on it is wanted, for that may take minutes; a cut where none is known."""

    @cache
    def found() -> Callable[[float], ViewState]:
        from viewer.journey.leaving import along_between  # ways are tours themselves

        try:
            return along_between(a, b)
        except InputError:  # none is known
            return cut_to(a, b)

    return lambda share: found()(share)


def _named(name: str, spec: CitySpec) -> ViewState:
    """A named view, or the picture of a landmark. Raises InputError."""
    if not is_landmark(name):
        return view(name, spec)
    from viewer.lore.landmarks import view_of  # its own tour is made of key frames

    return view_of(spec, name.removeprefix(PREFIX))


def _key(path: Path, number: int, row: dict[str, Any], spec: CitySpec) -> Key:
    here = f"{path}: key {number}"
    unknown = sorted(set(row) - {"at", "view", "link", "by", *_CHANGES})
    if unknown:
        raise InputError(f"{here}: there is no '{unknown[0][:40]}'; use at, view or link, by, {', '.join(_CHANGES)}")
    at = row.get("at")
    if not isinstance(at, int | float) or isinstance(at, bool) or not 0.0 <= at <= LONGEST_S:
        raise InputError(f"{here}: at: write seconds from 0 to {LONGEST_S:g}")
    if ("view" in row) == ("link" in row):
        raise InputError(f"{here}: give it a view or a link")
    try:
        state = _named(str(row["view"]), spec) if "view" in row else parse(str(row["link"]))
    except (InputError, LinkError, LookupError) as error:
        raise InputError(f"{here}: {error}") from None
    if row.get("by", _BYS[0]) not in _BYS:
        raise InputError(f"{here}: by: write {', '.join(_BYS)}")
    for name in _CHANGES:
        wanted = str if name == "style" else (int, float)
        if name in row and (not isinstance(row[name], wanted) or isinstance(row[name], bool)):
            raise InputError(f"{here}: {name}: write {'a name' if name == 'style' else 'a number'}")
    state = replace(state, **{name: row[name] for name in _CHANGES if name in row})
    wrong = problem(state)
    if wrong is not None:
        raise InputError(f"{here}: {wrong}")
    return Key(float(at), state)
