"""Pictures from Python: `from viewer import render; render("canyon", hour=19, style="ink").save("wall.png")`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geometry.city import City
from geometry.place import Place
from geometry.site import Site
from geometry.spec import CitySpec
from viewer.command.options import read_size
from viewer.errors import UsageError
from viewer.link import is_link, link, parse
from viewer.pictures.imagefile import KINDS, Samples, write
from viewer.places.approach import approach
from viewer.state import ViewState
from viewer.views import VIEWS, view


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A rendered still."""

    pixels: Samples
    """(height, width, 3 or 4), of 8 or 16 bits."""
    link: str
    """The permalink of its view, written into the file."""

    def save(self, path: str | Path, *, force: bool = False) -> None:
        """Write a PNG, JPEG, WebP or EXR, as the name ends, whole or not at all.

        Raises OutputError where it cannot be, or exists and `force` is off; UsageError for another ending.
        """
        if Path(path).suffix.lower() not in KINDS:
            raise UsageError(f"{path}: let the name end in {' or '.join(KINDS)}")
        write(path, self.pixels, {"city": self.link, "Software": "megastructure"}, force=force)


def render(
    what: str | Place | ViewState = "opening",
    *,
    city: City | CitySpec | None = None,
    size: str = "1920x1080",
    quality: int = 2,
    transparent: bool = False,
    depth: int = 8,
    rays: int = 0,
    max_triangles: int | None = None,
    **changes: Any,
) -> Picture:
    """Draw a place, a state, or what a text names: a view, a link or an address.

    `changes` are fields of ViewState: hour, style, cuts, haze, detail …
    `city` is the City, or its specification; by default the place's own, else that of seed 40. `size` is `1280x720` or a name like 4K,
    `quality` the supersampling, 1 to 3, `depth` the bits a sample, 8 or 16; `rays` a pixel gather its
    light (16 are good; needs embreex). Raises InputError, UsageError, LimitError, AddressError.
    """
    from viewer.compose import STILL_TRIANGLES, Unfolder, content, scene
    from viewer.drawing.picture import still

    spec = _spec(what, city)
    state, pixels = replace(_state(what, spec), **changes), read_size(size)
    permalink = link(state)  # refuses, before the work, a state that no picture can show
    shown = scene(state, content(Unfolder(City(state.city)), state, pixels, max_triangles or STILL_TRIANGLES))
    return Picture(still(shown, pixels, supersample=quality, transparent=transparent, deep=depth == 16, rays=rays), permalink)


def best_view(
    count: int = 16, *, city: City | CitySpec | None = None, within: Place | None = None, size: str = "1920x1080", **changes: Any
) -> ViewState:
    """The best of `count` viewpoints of a City, or of a place `within` it, for `render` to draw; `changes` hold for all of them.

    The same City and count lead to the same view. Raises ValueError, InputError where there is nowhere to stand, UsageError, LimitError.
    """
    from viewer.drawing.scout import scouted

    width, height = read_size(size)
    spec = _spec("opening" if within is None else within, city)
    place = None if within is None else within.address
    return scouted(spec, count, place=place, aspect=width / height, dressed=lambda state: replace(state, **changes))[0].state


def _spec(what: str | Place | ViewState, city: City | CitySpec | None) -> CitySpec:
    if city is None:
        return what.city.spec if isinstance(what, Site) else CitySpec()
    return city.spec if isinstance(city, City) else city


def _state(what: str | Place | ViewState, spec: CitySpec) -> ViewState:
    if isinstance(what, ViewState):
        return what
    if isinstance(what, Place):
        return approach(City(spec), what, ViewState(city=spec))
    if is_link(what):
        return parse(what)
    if what in VIEWS or not any(c.isdigit() for c in what):
        return view(what, spec)
    return approach(City(spec), City(spec).at(what), ViewState(city=spec))
