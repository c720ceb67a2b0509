"""What the window needs of the rest, so that tests can hand it less than the whole City."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from viewer.scene import Content, Scene
from viewer.state import ViewState

Size = tuple[int, int]


class Composing(Protocol):
    """viewer.composer.Composer."""

    def request(self, state: ViewState, size: Size, max_triangles: int) -> None:
        """Ask for the content of a state."""

    def latest(self) -> Content | None:
        """The newest content; raises what the worker failed with."""

    @property
    def busy(self) -> bool:
        """Whether a request has not been answered."""

    def close(self) -> None:
        """Stop the worker."""


class Drawing(Protocol):
    """viewer.drawing.renderer.Renderer."""

    def show(self, scene: Scene) -> None:
        """Take over a scene; draws nothing."""

    def coarsen(self, scale: float, whole: Size) -> None:
        """Draw at a part (0, 1] of the resolution of the whole picture from now on."""

    def portions(self) -> Iterator[None]:
        """Draw what is shown a portion at a time, for other things to be done in between."""

    def depth_at(self, x: int, y: int) -> float | None:
        """Metres along the sight to what is drawn at a pixel from the lower left."""

    def release(self) -> None:
        """Let go of the window."""


Course = Callable[[float], tuple[float, ViewState]]
"""Of a way that is being flown, so many seconds ahead: the time on the way (s), and the state there."""


class Guide(Protocol):
    """viewer.qt.loop.Loop: unfolds ahead of an eye that flies along a known way."""

    course: Course | None
    """The way, while one is flown."""
    made_at: float
    """Up to which time on the way there is something to see, seconds."""


MakeComposer = Callable[[ViewState, Callable[[], None]], Composing]
MakeRenderer = Callable[[Any], Drawing]
MakeScene = Callable[[ViewState, Content], Scene]
