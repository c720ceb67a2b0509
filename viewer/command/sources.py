"""What CITY, LINK, PICTURE and PLACE on the command line mean, and the ViewState that they and the flags make together."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from geometry.address import Address
from geometry.address import parse as parse_address
from geometry.city import City
from geometry.cityfile import preset, preset_names, read
from geometry.landmarks import PREFIX, address_of, is_landmark
from geometry.nest import bands_of
from geometry.search import sphere
from geometry.spec import CitySpec, shown, with_changes, with_scars
from viewer.actions import replayed
from viewer.command.options import OVERLAYS, What, as_usage
from viewer.errors import InputError, UsageError
from viewer.history import staged
from viewer.journey.descent import band_camera
from viewer.link import is_link, problem
from viewer.link import parse as parse_link
from viewer.lore.landmarks import name_in, view_of
from viewer.pictures.imagefile import KINDS, read_link
from viewer.slicing import read_cut
from viewer.state import ViewState
from viewer.views import OPENING, VIEWS, view

MODELS = (".glb", ".stl", ".3mf", ".ply")
"""Endings of models that say where they are from."""


@dataclass(frozen=True, slots=True)
class Source:
    """A City, and perhaps a view or a place in it."""

    spec: CitySpec
    state: ViewState | None = None
    """The view that a link or a picture holds."""
    address: Address | None = None
    """The place that an address names."""
    landmark: str | None = None
    """A landmark, or a place in one, as it was named: where it lies hangs on the City."""

    def place(self, spec: CitySpec) -> Address | None:
        """The place that is named, in a City. Raises AddressError."""
        return self.address if self.landmark is None else replace(address_of(spec, self.landmark), seed=None)


def resolve(text: str | None) -> Source:
    """A preset's name, a city file, a link, a picture or a GLB of ours, or an address. Raises InputError and the readers' own errors."""
    if text is None:
        return Source(CitySpec())
    if is_link(text):
        state = parse_link(text)
        return Source(state.city, state)
    if text in preset_names():
        return Source(preset(text).spec)
    if text.lower().endswith((*KINDS, *MODELS)):
        return _in_file(text)
    if text.lower().endswith(".toml") or os.path.exists(text):
        return Source(read(text).spec)
    return _place(text)


def _in_file(path: str) -> Source:
    """The view whose link a picture or a model holds, or the place whose address it does."""
    from geometry.export.check import read_notes

    if not Path(path).is_file():
        raise InputError(f"{path}: there is no such file; check the path")
    try:
        notes = {"link": read_link(path)} if path.lower().endswith(KINDS) else read_notes(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); check the file") from None
    if notes.get("link"):
        state = parse_link(str(notes["link"]))
        return Source(state.city, state)
    if notes.get("address"):
        said = str(notes["address"])
        return Source(CitySpec()) if said.casefold() == "the city" else _place(said)
    raise InputError(f"{path}: this file holds no link; only pictures and models made by this program do")


def _place(text: str) -> Source:
    if is_landmark(text):
        return Source(CitySpec(), landmark=text)
    if not any(c.isdigit() for c in text) and not re.match(r"\s*(seed|band|layer|tile)\s+\S", text):
        raise InputError(f"'{shown(text)}' is no preset, city file, link or address; {_meant(text)}")
    address = parse_address(text)
    spec = CitySpec() if address.seed is None else with_changes(CitySpec(), {"seed": address.seed})
    return Source(spec, address=replace(address, seed=None))


def _meant(text: str) -> str:
    """What a word that means nothing here may have meant."""
    if text in VIEWS:
        return f"it is a view: write --view {text} in its place"
    near = get_close_matches(text, [*preset_names(), *VIEWS], 1)
    named = name_in(text)
    if named is not None:
        return f"it is a landmark: write '{PREFIX}{named}'"
    if near:
        return f"did you mean {'--view ' if near[0] in VIEWS else ''}'{near[0]}'?"
    return f"presets are {', '.join(preset_names())}, an address reads 'band 7'"


def state_of(source: Source, what: What, chosen: str | None = None) -> ViewState:
    """The view: a link's own, or the named one, or one that frames the place, or the opening; then the flags change it."""
    spec = with_changes(source.spec, what.changes())
    state = flagged(_based(source, spec, chosen), what)
    state = as_usage("--do", lambda: replayed(what.do, state))
    wrong = problem(state)
    if wrong is not None:
        raise UsageError(_flag_of(wrong, what))
    return state


def _flag_of(wrong: str, what: What) -> str:
    """What is wrong with a state, in terms of the flag that made it so."""
    name, _, rest = wrong.partition(" ")
    flag = {"isolated": "isolate", "cut": "slice"}.get(name, name)
    value = getattr(what, flag, None)
    return f"--{flag} {shown(value)} {rest}" if isinstance(value, int | float | str) else f"--{flag} {rest}" if value else wrong


def _based(source: Source, spec: CitySpec, chosen: str | None) -> ViewState:
    if chosen is not None and is_link(chosen):
        return replace(parse_link(chosen), city=spec)
    if chosen is not None:
        return as_usage("--view", lambda: view(chosen, spec))
    if source.state is not None:
        return replace(source.state, city=spec)
    if source.landmark is not None:
        name = name_in(source.landmark)
        return view_of(spec, name) if name else _there(address_of(spec, source.landmark), spec)
    return view(OPENING, spec) if source.address is None else _there(source.address, spec)


def _there(address: Address, spec: CitySpec) -> ViewState:
    """A view of an address: a place is framed, and a sphere in a stratum, which is no one place, is seen from its void."""
    state = ViewState(city=spec)
    if address.tile or address.steps or (address.layer is None and len(address.bands) < 2):
        from viewer.places.approach import approach  # loads more than who shows a named view needs

        return approach(City(spec), City(spec).at(address), state)
    cell = sphere(City(spec), address)[0]
    return replace(state, camera=band_camera(state, bands_of(spec, cell.address)))


def flagged(state: ViewState, what: What) -> ViewState:
    """The state as the flags change it, but for the City. Raises UsageError."""
    if what.stage is not None:
        state = as_usage("--stage", lambda: staged(state, what.stage or ""))
    given = {"year": what.year, "hour": what.hour, "peel": what.peel, "isolated": what.isolate, "explode": what.explode}
    given |= {"style": what.style, "haze": what.haze, "power": what.overlay}  # type: ignore[dict-item]
    if what.overlay is not None and what.overlay not in OVERLAYS:
        raise UsageError(f"--overlay '{what.overlay[:40]}' cannot be laid over a view; give one of {', '.join(OVERLAYS)}")
    changes = {name: value for name, value in given.items() if value is not None}
    if changes.get("hour") == 24.0:
        changes["hour"] = 0.0
    if what.slice:
        cuts = [] if what.slice == ["none"] else what.slice
        changes["cuts"] = tuple(as_usage("--slice", lambda text=text: read_cut(text, state.city)) for text in cuts)  # type: ignore[assignment,misc]
    if what.scars is not None:
        changes["city"] = with_scars(state.city, read(what.scars).spec.scars)  # type: ignore[assignment]
    return replace(state, **changes)  # type: ignore[arg-type]
