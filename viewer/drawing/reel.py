"""The frames of a film: cut a few times a second while the frames are drawn, each cut fading into the next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from geometry.city import City
from viewer.compose import Unfolder, content, scene
from viewer.drawing.overlay import overlaid
from viewer.drawing.picture import Sampler
from viewer.heap import give_back
from viewer.pictures.fading import blends, marks, served, shape
from viewer.scene import Content
from viewer.state import ViewState

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
_KEPT = 3
"""Contents that are kept for frames which ask for the same again."""
_UNFOLDED = 36_000_000
"""Bytes of unfolded places that are kept: what one cut needs near a stair, and so what the next finds again. More would only be kept of
what a dive has left behind, and its second half would hold a tenth more than its first."""


class Reel:
    """The frames of one film, each drawn when it is asked for, the same in any order. Two renderers take turns: what one shows fades out
    while what the other shows fades in; the next is cut meanwhile, in a thread."""

    def __init__(self, states: Sequence[ViewState], size: tuple[int, int], supersample: int, max_triangles: int) -> None:
        self.states, self.size, self.triangles = states, size, max_triangles
        self.marks = marks(states)
        self.blends = blends(self.marks)
        self._number = {at: which for which, at in enumerate(self.marks)}
        self._supersample = supersample
        self._samplers: dict[int, Sampler] = {}
        self._shown: dict[int, Content] = {}
        self._unfold: Unfolder | None = None
        self._made: OrderedDict[object, Content] = OrderedDict()
        self._asked: dict[int, Future[Content]] = {}
        self._cutter = ThreadPoolExecutor(1, "cutter")

    def draw(self, index: int) -> U8:
        """(h, w, 3) uint8, top row first, of the frame of this number. Raises DisplayError."""
        blend = self.blends[index]
        picture = self.mixed(index, blend.before, blend.after, blend.share)
        if blend.share == 0.0:
            self._take_early(blend.after)
        return picture

    def fades(self, index: int) -> bool:
        """Whether a frame is between two cuts."""
        return 0.0 < self.blends[index].share < 1.0

    def mixed(self, index: int, before: int, after: int, share: float) -> U8:
        """What is seen in a frame with so much of one cut and the rest of another. Raises DisplayError."""
        wanted = {at: part for at, part in ((before, 1.0 - share), (after, share)) if part > 0.0}
        found = {at: self._content(at) for at in wanted}
        for which in (self._number[after], self._number[after] + 1):
            self._ask(which)
        if len({id(what) for what in found.values()}) == 1:
            pixels, depth = self._picture(index, *next(iter(found.items())))
        else:
            (old, far), (new, near) = (self._picture(index, at, what) for at, what in found.items())
            pixels, depth = _mean(old, new, share), near if share > 0.5 else far
        return np.asarray(overlaid(pixels, self.states[index], depth), dtype=np.uint8)

    def _take_early(self, at: int) -> None:
        """Upload what comes next, if it is cut, in a frame that one renderer alone has drawn: in the next both draw, and it would be the
        slowest."""
        asked = self._asked.get(self._number[at])
        if asked is not None and asked.done() and asked.exception() is None:
            self._sampler(at, asked.result())

    def _picture(self, index: int, at: int, what: Content) -> tuple[U8, F32]:
        """A frame with one cut."""
        return self._sampler(at, what)(scene(self.states[index], what))

    def _sampler(self, at: int, what: Content) -> Sampler:
        """The renderer that shows a cut already, or else the one whose turn it is."""
        side = next((side for side, shown in self._shown.items() if shown is what), self._number[at] % 2)
        if side not in self._samplers:
            self._samplers[side] = Sampler(self.size, self._supersample, taps=16)
        if self._shown.get(side) is not what:  # light falls on it as its own frame has it, whichever is drawn first
            self._samplers[side].take(scene(self.states[at], what))
            self._shown[side] = what
        return self._samplers[side]

    def _content(self, at: int) -> Content:
        which = self._number[at]
        for old in [number for number in self._asked if number < which - 1]:
            del self._asked[old]
        self._ask(which)
        return self._asked[which].result()

    def _ask(self, which: int) -> None:
        if which < len(self.marks) and which not in self._asked:
            self._asked[which] = self._cutter.submit(self._cut, which)

    def _cut(self, which: int) -> Content:
        """The content of a cut, the very same where nothing that decides it has changed."""
        state, also = self.states[self.marks[which]], served(self.states, self.marks, which)
        order = tuple(map(shape, (state, *also)))
        if order not in self._made:
            if self._unfold is None or self._unfold.city.spec.unscarred != state.city.unscarred:
                self._unfold = Unfolder(City(state.city), _UNFOLDED)
            self._made[order] = content(self._unfold, state, self.size, self.triangles, also=also)
            give_back()
        self._made.move_to_end(order)
        while len(self._made) > _KEPT:
            self._made.popitem(last=False)
        return self._made[order]

    def close(self) -> None:
        """Give windows and thread back."""
        self._cutter.shutdown(cancel_futures=True)
        for sampler in self._samplers.values():
            sampler.close()


def _mean(first: U8, second: U8, share: float) -> U8:
    """So much of the second picture and the rest of the first, as the eye sees it: in what the screen is told, not in light."""
    weight = np.float32(share)
    return (first * (np.float32(1.0) - weight) + second * weight + np.float32(0.5)).astype(np.uint8)


@contextmanager
def reel(states: Sequence[ViewState], size: tuple[int, int], supersample: int, max_triangles: int) -> Iterator[Reel]:
    """A reel for as long as it is needed."""
    made = Reel(states, size, supersample, max_triangles)
    try:
        yield made
    finally:
        made.close()
