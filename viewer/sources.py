"""What CITY, LINK, PICTURE and PLACE on the command line mean, and the ViewState that they and the flags make together."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from geometry.address import Address
from geometry.address import parse as parse_address
from geometry.cityfile import preset, preset_names, read
from geometry.spec import CitySpec, with_changes
from viewer.actions import replayed
from viewer.errors import InputError, UsageError
from viewer.link import is_link, problem
from viewer.link import parse as parse_link
from viewer.options import What, as_usage
from viewer.slicing import read_cut
from viewer.state import ViewState
from viewer.views import OPENING, framing, view


@dataclass(frozen=True, slots=True)
class Source:
    """A City, and perhaps a view or a place in it."""

    spec: CitySpec
    state: ViewState | None = None
    """The view that a link or a picture holds."""
    address: Address | None = None
    """The place that an address names."""


def resolve(text: str | None) -> Source:
    """A preset's name, a city file, a link, a picture or a GLB of ours, or an address. Raises InputError and the readers' own errors."""
    if text is None:
        return Source(CitySpec())
    if is_link(text):
        state = parse_link(text)
        return Source(state.city, state)
    if text in preset_names():
        return Source(preset(text).spec)
    if text.lower().endswith((".png", ".glb")):
        state = parse_link(_link_in(text))
        return Source(state.city, state)
    if text.lower().endswith(".toml") or os.path.exists(text):
        return Source(read(text).spec)
    return _place(text)


def _link_in(path: str) -> str:
    from geometry.export.check import read_extras
    from viewer.picture import read_link

    if not Path(path).is_file():
        raise InputError(f"{path}: there is no such file; check the path")
    try:
        found = read_extras(path).get("link") if path.lower().endswith(".glb") else read_link(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); check the file") from None
    if not found:
        raise InputError(f"{path}: this file holds no link; only pictures and GLB files made by this program do")
    return str(found)


def _place(text: str) -> Source:
    if " " not in text.strip():
        raise InputError(
            f"'{text[:60]}' is no preset, city file, link or address; presets are {', '.join(preset_names())}, an address reads 'band 7'"
        )
    address = parse_address(text)
    seeded = text.strip().startswith("seed")
    spec = with_changes(CitySpec(), {"seed": address.seed}) if seeded else CitySpec()
    return Source(spec, address=replace(address, seed=spec.seed))


def state_of(source: Source, what: What, chosen: str | None = None) -> ViewState:
    """The view: a link's own, or the named one, or one that frames the place, or the opening; then the flags change it."""
    spec = with_changes(source.spec, what.changes())
    state = _flagged(_based(source, spec, chosen), what)
    state = as_usage("--do", lambda: replayed(what.do, state))
    wrong = problem(state)
    if wrong is not None:
        raise UsageError(wrong)
    return state


def _based(source: Source, spec: CitySpec, chosen: str | None) -> ViewState:
    if chosen is not None and is_link(chosen):
        return replace(parse_link(chosen), city=spec)
    if chosen is not None:
        return as_usage("--view", lambda: view(chosen, spec))
    if source.state is not None:
        return replace(source.state, city=spec)
    if source.address is not None:
        from geometry.city import City

        place = City(spec).at(replace(source.address, seed=spec.seed))
        return framing(place, ViewState(city=spec))
    return view(OPENING, spec)


def _flagged(state: ViewState, what: What) -> ViewState:
    given = {"year": what.year, "hour": what.hour, "peel": what.peel, "isolated": what.isolate, "explode": what.explode}
    given |= {"style": what.style, "haze": what.haze}  # type: ignore[dict-item]
    changes = {name: value for name, value in given.items() if value is not None}
    if changes.get("hour") == 24.0:
        changes["hour"] = 0.0
    if what.slice:
        cuts = [] if what.slice == ["none"] else what.slice
        changes["cuts"] = tuple(as_usage("--slice", lambda text=text: read_cut(text, state.city)) for text in cuts)  # type: ignore[assignment,misc]
    return replace(state, **changes)  # type: ignore[arg-type]
