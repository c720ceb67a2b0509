"""Pictures from Python: `render("canyon", hour=19, style="ink").save("wall.png")`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geometry.place import Place
from geometry.spec import CitySpec
from viewer.link import link
from viewer.options import read_size
from viewer.state import ViewState
from viewer.views import framing, view


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A rendered still."""

    pixels: NDArray[np.uint8]
    """(height, width, 3 or 4)."""
    link: str
    """The permalink of its view, written into the file."""

    def save(self, path: str | Path, *, force: bool = False) -> None:
        """Write a PNG whole or not at all; OutputError where it cannot be, or exists and `force` is off."""
        from viewer.picture import write_png

        write_png(path, self.pixels, {"city": self.link, "Software": "megastructure"}, force=force)


def render(
    what: str | Place | ViewState = "opening",
    *,
    city: CitySpec | None = None,
    size: str = "1920x1080",
    quality: int = 2,
    transparent: bool = False,
    **changes: Any,
) -> Picture:
    """Draw a named view, a place or a state. `changes` are fields of ViewState: hour, style, cuts, haze, detail ...

    `city` is the specification, the default City's if None. `quality` is the supersampling, 1 to 3.
    """
    from geometry.city import City
    from viewer.compose import STILL_TRIANGLES, Unfolder, content, scene
    from viewer.picture import still

    spec = CitySpec() if city is None else city
    state, pixels = replace(_state(what, spec), **changes), read_size(size)
    shown = scene(state, content(Unfolder(City(state.city)), state, pixels, STILL_TRIANGLES))
    return Picture(still(shown, pixels, supersample=quality, transparent=transparent), link(state))


def _state(what: str | Place | ViewState, spec: CitySpec) -> ViewState:
    if isinstance(what, Place):
        return framing(what, ViewState(city=spec))
    return view(what, spec) if isinstance(what, str) else what
