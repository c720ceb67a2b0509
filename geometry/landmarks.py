"""Landmarks: places of the story, of which a City has one each. Where they lie follows from the seed and the specification alone.

A landmark is a child like any other: the cell of a sphere in which it lies plants it (`planted`), and what the cells about it would build
where it stands gives way (`clear_of`, and `geometry.voids`). Cells that are not near one unfold to the same bytes as without landmarks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.address import Address, AddressError
from geometry.key import Stream, derive
from geometry.nest import cell_address, cell_place, is_planar, parts_radially
from geometry.parts import Parts
from geometry.place import Cell, Frame, Place
from geometry.shell import apertures
from geometry.spec import CitySpec
from geometry.strata import strata

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
Size = tuple[float, float, float]
Path = tuple[tuple[int, ...], tuple[int, ...]]
"""Bands and quadrants of a cell."""
PREFIX = "landmark/"
KM = 1e3
PLOTS = 8
"""Plots a side of a planar tile (geometry.rules.tile)."""
_SHARE = 0.96
_TRIES = 60
JUPITER = 143_000.0 * KM
"""Across the spherical room (canon S13, P20)."""


class Seat(NamedTuple):
    """How a landmark is seated."""

    kind: str
    """Its kind of place."""
    how: Literal["plot", "void", "solid", "plate", "rim"]
    """On a plot of a flat tile, in the void below a bundle of layers, in the solid of one, about a plate of it, on the outermost plate."""
    size: Size
    """Metres; of a plot's landmark the width is the plot's, and only its height is given."""
    share: tuple[float, float] = (0.3, 0.95)
    """From where to where it may lie, in parts of the City's radius."""
    void: float = 0.0
    """Radius of the sphere that it keeps free of layers, metres; 0 for none."""
    lined: bool = False
    """Whether that sphere has a wall of its own, behind which nothing else is seen."""
    sky: float = 0.0
    """How steeply one looks up, as rise per metre, over what stands far about it (`geometry.skies`); 0 where no sky is kept free."""


SEATS: dict[str, Seat] = {
    "spiral-stair": Seat("spiral-stair", "void", (1200.0, 1200.0, 3000.0 * KM), (0.3, 0.95)),
    "jupiter-room": Seat("jupiter-room", "solid", (1.01 * JUPITER,) * 3, (0.786, 0.787), JUPITER / 2, True),
    "fishers-village": Seat("fishers-village", "plot", (0.0, 0.0, 8.0 * KM), (0.5, 0.9)),
    "toha": Seat("toha", "plot", (0.0, 0.0, 36.0 * KM), (0.5, 0.9)),
    "long-bridge": Seat("long-bridge", "plot", (0.0, 0.0, 8.0 * KM), (0.3, 0.95)),
    "cable-wall": Seat("cable-wall", "plot", (0.0, 0.0, 8.0 * KM), (0.3, 0.95)),
    "moored-block": Seat("moored-block", "plot", (0.0, 0.0, 9.0 * KM), (0.3, 0.95)),
    "window": Seat("window", "plot", (0.0, 0.0, 8.0 * KM), (0.3, 0.95)),
    "lift": Seat("lift", "void", (3400.0, 3400.0, 6780.0 * KM), (0.3, 0.95)),
    "trunk-lift": Seat("trunk-lift", "void", (800.0, 800.0, 8000.0 * KM), (0.3, 0.95)),
    "cavity": Seat("cavity", "plate", (7100.0 * KM,) * 3, (0.5, 0.9), 3390.0 * KM),
    "unrepaired-hole": Seat("unrepaired-hole", "plate", (1680.0 * KM,) * 3, (0.5, 0.9), 800.0 * KM),
    "rim": Seat("rim", "rim", (0.0, 0.0, 5.0 * KM), (1.0, 1.0), sky=0.14),
    "dock": Seat("dock", "plot", (0.0, 0.0, 8.0 * KM), (0.3, 0.95)),
    "nexus": Seat("nexus", "plot", (0.0, 0.0, 12.0 * KM), (0.3, 0.95)),
    "pipe-forest": Seat("pipe-forest", "plot", (0.0, 0.0, 8.0 * KM), (0.3, 0.95)),
    "well": Seat("well", "plot", (0.0, 0.0, 28.0 * KM), (0.3, 0.95)),
    "silicon-region": Seat("silicon-region", "plot", (0.0, 0.0, 8.0 * KM), (0.3, 0.95)),
    "abandoned-stratum": Seat("abandoned-stratum", "plot", (0.0, 0.0, 8.0 * KM), (0.3, 0.95)),
    "torch-town": Seat("torch-town", "plot", (0.0, 0.0, 8.0 * KM), (0.3, 0.95)),
    "growth-zone": Seat("growth-zone", "plot", (0.0, 0.0, 8.0 * KM), (0.3, 0.95)),
    "sealed-quarter": Seat("sealed-quarter", "plot", (0.0, 0.0, 8.0 * KM), (0.3, 0.95)),
    "unregistered-layer": Seat("unregistered-layer", "plot", (0.0, 0.0, 4.0 * KM), (0.3, 0.95)),
}
"""By name. A City has each of them once, if it has room for it."""


INNER: dict[str, tuple[str, str]] = {"toha-junction": ("toha", "toha-junction 0")}
"""Landmarks within another: its name, and the steps from it."""


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """A landmark in its City."""

    name: str
    seat: Seat
    path: Path
    """The cell that plants it."""
    plot: int
    """Its number among the plots of a flat tile; -1 elsewhere."""
    place: Place
    line: frozenset[int]
    """Keys of the cells it lies in."""

    @property
    def centre(self) -> F64:
        """(3,) world metres: of its sphere, or of its box."""
        return self.place.centre


def standing(spec: CitySpec, name: str) -> Standing:
    """Where a landmark stands. Raises AddressError where there is none of that name, or this City has no room for it."""
    if name not in SEATS:
        from difflib import get_close_matches

        near = get_close_matches(name, SEATS, 1, 0.4)
        hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(SEATS)}"
        raise AddressError(f"there is no landmark '{name[:40]}'; {hint}")
    found = _all(spec).get(name)
    if found is None:
        raise AddressError(f"this City has no room for the landmark '{name}'; the City of the preset canon has")
    return found


def landmarks(spec: CitySpec) -> tuple[Standing, ...]:
    """All that this City has room for, in the order of the table."""
    return tuple(_all(spec).values())


def planted(spec: CitySpec, place: Place) -> tuple[Standing, ...]:
    """The landmarks that a cell plants."""
    return _by_host(spec).get(place.key, ())


def crossing(spec: CitySpec, place: Place) -> tuple[Standing, ...]:
    """The landmarks that lie in a cell, however far down: nothing else may stand where they do."""
    return _by_cell(spec).get(place.key, ())


def address_of(spec: CitySpec, text: str) -> Address:
    """The address that `landmark/jupiter-room`, or `landmark/jupiter-room / gallery 0`, stands for. Raises AddressError."""
    from geometry.address import parse

    name, _, rest = text.strip()[len(PREFIX) :].partition("/")
    name = name.strip().lower().replace(" ", "-")
    outer, below = INNER.get(name, (name, ""))
    own = standing(spec, outer).place.address
    steps = " / ".join(step for step in (below, rest.strip()) if step)
    return replace(own, steps=(*own.steps, *parse(f"seed 0 / {steps}").steps)) if steps else own


def names(spec: CitySpec) -> tuple[str, ...]:
    """The names of all landmarks that this City has, those that lie in another included."""
    there = _all(spec)
    gone = () if spec.toha_state == "present" else ("toha-junction",)
    return (*there, *(name for name, (outer, _) in INNER.items() if outer in there and name not in gone))


def is_landmark(text: str) -> bool:
    """Whether a text names a landmark rather than an address."""
    return text.strip().lower().startswith(PREFIX)


# Where they stand -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _all(spec: CitySpec) -> dict[str, Standing]:
    found: dict[str, Standing] = {}
    taken: set[tuple[int, int]] = set()
    for name, seat in SEATS.items():
        stream = Stream(derive(derive(0, "seed", spec.seed), name))
        for number in range(_TRIES):
            own = _HOW[seat.how](spec, name, seat, stream.sub("try", number))
            if own is not None and (own.place.key, own.plot) not in taken:
                found[name] = own
                taken.add((cell_place(spec, *own.path).key, own.plot))
                break
    return found


@lru_cache(maxsize=16)
def _by_host(spec: CitySpec) -> dict[int, tuple[Standing, ...]]:
    found: dict[int, tuple[Standing, ...]] = {}
    for own in _all(spec).values():
        key = cell_place(spec, *own.path).key
        found[key] = (*found.get(key, ()), own)
    return found


@lru_cache(maxsize=16)
def _by_cell(spec: CitySpec) -> dict[int, tuple[Standing, ...]]:
    found: dict[int, tuple[Standing, ...]] = {}
    for own in _all(spec).values():
        for key in own.line:
            found[key] = (*found.get(key, ()), own)
    return found


def _band_at(spec: CitySpec, stream: Stream, seat: Seat) -> int:
    """The drawn stratum in which it lies."""
    radius = spec.radius_km * KM * float(stream.between("radius", 1, *seat.share)[0])
    rows = strata(spec)
    return next((i for i, row in enumerate(rows) if radius < row.outer), len(rows) - 1)


def _down(spec: CitySpec, stream: Stream, bands: tuple[int, ...], goal: tuple[int, ...], most: float) -> Path | None:
    """A path of cells to one of the bundle `goal` that parts into its layers, or to a flat tile where `goal` is one layer; none of them is
    a hole. Cells stay wider than `most` metres."""
    tile: tuple[int, ...] = (int(stream.whole("face", 1, 0, 6)[0]), int(stream.whole("corner", 1, 0, 4)[0]))
    while True:
        cell = cells_of(spec, bands, tile)
        if is_planar(cell):
            return bands, tile
        if parts_radially(spec, bands, cell):
            if len(bands) == len(goal):
                return bands, tile
            bands = goal[: len(bands) + 1]
            continue
        open_ = apertures(spec, bands, tile, 1)
        free = [q for q in range(4) if not open_[q & 1, q >> 1]]
        if not free:
            return None
        tile = (*tile, free[int(stream.whole(f"quarter {len(tile)}", 1, 0, len(free))[0])])
        if cells.width(cells_of(spec, bands, tile), cell.plate) < most:
            return None


def cells_of(spec: CitySpec, bands: tuple[int, ...], tile: tuple[int, ...]) -> Cell:
    """The cell at a path."""
    row = strata(spec, bands[:-1])[bands[-1]]
    i = j = 0
    for quadrant in tile[1:]:
        i, j = 2 * i + (quadrant & 1), 2 * j + (quadrant >> 1)
    return Cell(row.low, row.high, row.inner, row.plate, row.outer, len(tile) - 1, tile[0], i, j)


def _made(spec: CitySpec, name: str, seat: Seat, path: Path, toward: F64, radius: float, size: Size, plot: int = -1) -> Standing:
    """The landmark standing at a radius (m) over a direction (3,), upright there."""
    host = cell_place(spec, *path)
    assert host.cell is not None
    axes = cells.tangent(host.cell.face, toward)
    address = host.address.child(seat.kind, 0)
    place = Place(seat.kind, address, derive(host.key, seat.kind, 0), Frame(toward * radius, axes), size, host.year, host.epoch, host.phase)
    return Standing(name, seat, path, plot, place, _line_to(spec, *path))


def _line_to(spec: CitySpec, bands: tuple[int, ...], tile: tuple[int, ...]) -> frozenset[int]:
    """Keys of the cells above and at a path."""
    keys, at, depth = set(), 1, 1
    while True:
        row = strata(spec, bands[: at - 1])[bands[at - 1]]
        keys.add(cell_address(spec, bands[:at], tile[: depth + 1], row).key)
        if (at, depth) == (len(bands), len(tile) - 1):
            return frozenset(keys)
        if at < len(bands) and parts_radially(spec, bands[:at], cells_of(spec, bands[:at], tile[: depth + 1])):
            at += 1
        else:
            depth += 1


def _solid(spec: CitySpec, name: str, seat: Seat, stream: Stream) -> Standing | None:
    """Within the solid of the smallest bundle of layers that has room, upright and away from the borders of its cell."""
    half, radius = seat.size[2] / 2, spec.radius_km * KM * float(stream.between("radius", 1, *seat.share)[0])
    bands: tuple[int, ...] = ()
    goal: tuple[int, ...] = ()
    middle = 0.0
    while True:
        rows = strata(spec, bands)
        index = next((i for i, row in enumerate(rows) if radius < row.outer), None)
        if index is None or rows[index].high - rows[index].low == 1:
            break
        bands, row = (*bands, index), rows[index]
        room = row.outer - row.plate - 2.2 * half
        if room > 0.0:
            goal = bands
            middle = min(max(radius, row.plate + 1.1 * half), row.outer - 1.1 * half)
            radius = middle
    path = _down(spec, stream, goal[:1], goal, 3.0 * half) if goal else None
    if path is None:
        return None
    if seat.how == "plate":
        if any(row.high - row.low > 1 for row in strata(spec, goal)):
            return None
        row = min(strata(spec, goal)[1:], key=lambda row: abs((row.plate + row.outer) / 2 - middle))
        middle = (row.plate + row.outer) / 2
    cell = cells_of(spec, *path)
    reach = 0.45 - 1.2 * half / cells.width(cell, middle)
    s, t = stream.between("at", 2, -max(reach, 0.0), max(reach, 0.0)).tolist()
    toward = cells.at(cell, s, t)
    return _made(spec, name, seat, path, toward, middle - half, seat.size)


def _void(spec: CitySpec, name: str, seat: Seat, stream: Stream) -> Standing | None:
    """On the floor of the void below a bundle of layers that is at least as high, but not a hundred times."""
    first = _band_at(spec, stream, seat)
    bands: tuple[int, ...] = (first,)
    while True:
        rows = strata(spec, bands)
        fits = [i for i, row in enumerate(rows) if i and row.high - row.low > 1]
        if not fits:
            return None
        bands = (*bands, fits[int(stream.whole(f"band {len(bands)}", 1, 0, len(fits))[0])])
        row = strata(spec, bands[:-1])[bands[-1]]
        gap = row.plate - row.inner
        if gap < 1.15 * seat.size[2]:
            return None
        if gap < 12.0 * seat.size[2]:
            break
    path = _down(spec, stream, bands[:1], bands, 2.0 * max(seat.size[:2]))
    if path is None:
        return None
    s, t = stream.between("at", 2, -0.3, 0.3).tolist()
    return _made(spec, name, seat, path, cells.at(cells_of(spec, *path), s, t), row.inner, seat.size)


def _plot(spec: CitySpec, name: str, seat: Seat, stream: Stream) -> Standing | None:
    """On a plot of a flat tile of a layer whose void has room for it."""
    bands: tuple[int, ...] = (_band_at(spec, stream, seat),)
    while True:
        rows = strata(spec, bands)
        single = rows[0].high - rows[0].low == 1
        fits = [i for i, row in enumerate(rows) if not single or row.plate - row.inner > seat.size[2] / 0.9]
        if not fits:
            return None
        bands = (*bands, fits[int(stream.whole(f"band {len(bands)}", 1, 0, len(fits))[0])])
        row = strata(spec, bands[:-1])[bands[-1]]
        if row.high - row.low == 1:
            break
    path = _down(spec, stream, bands[:1], bands, 0.0)
    if path is None:
        return None
    cell = cells_of(spec, *path)
    plot = int(stream.whole("plot", 1, 0, PLOTS * PLOTS)[0])
    column, line = divmod(plot, PLOTS)
    s, t = ((at + 0.5) / PLOTS - 0.5 for at in (column, line))
    wide = _SHARE * cells.depth_across(cell, cell.inner) / PLOTS
    host = cell_place(spec, *path)
    own = _made(spec, name, seat, path, host.frame.axes[2], cell.inner, (wide, wide, seat.size[2]), plot)
    frame = Frame(cells.at(cell, s, t) * cell.inner, host.frame.axes)
    return replace(own, place=replace(own.place, frame=frame))


def _rim(spec: CitySpec, name: str, seat: Seat, stream: Stream) -> Standing | None:
    """On the outermost plate, under the stars."""
    bands: tuple[int, ...] = ()
    while not bands or strata(spec, bands[:-1])[bands[-1]].high - strata(spec, bands[:-1])[bands[-1]].low > 1:
        bands = (*bands, len(strata(spec, bands)) - 1)
    path = _down(spec, stream, bands[:1], bands, 0.0)
    if path is None:
        return None
    cell = cells_of(spec, *path)
    wide = 0.5 * cells.depth_across(cell, cell.outer)
    return _made(spec, name, seat, path, cells.at(cell, 0.0, 0.0), cell.outer, (wide, wide, seat.size[2]))


_HOW = {"plot": _plot, "void": _void, "solid": _solid, "plate": _solid, "rim": _rim}


def clear_of(own: tuple[Standing, ...], place: Place, made: Parts) -> Parts:
    """Only the parts that stand clear of the boxes of landmarks in a cell."""
    half = np.sqrt((made.scale.astype(np.float64) ** 2).sum(axis=1)) / 2.0
    for landmark in own:
        x, y, z = landmark.place.size
        world = place.frame.to_world(made.position.astype(np.float64))
        at = landmark.place.frame.to_local(world)
        out = np.maximum(np.abs(at - [0.0, 0.0, z / 2]) - [x / 2, y / 2, z / 2], 0.0)
        kept = np.sqrt((out * out).sum(axis=1)) > half
        made, half = made[kept], half[kept]
    return made
