"""A renderer on a window that nobody sees, for as long as tests draw with it."""

from __future__ import annotations

from collections.abc import Iterator

from viewer.drawing.picture import offscreen
from viewer.drawing.renderer import Renderer


def rendering(width: int, height: int) -> Iterator[Renderer]:
    """A renderer of pictures so large; let go of at the end."""
    window = offscreen(width, height)
    drawn = Renderer(window)
    yield drawn
    drawn.release()
    window.Finalize()
