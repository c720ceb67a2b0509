"""Copies: Builders put what they remember on to hosts, copy after copy, pass after pass.

A Builder takes a panel, a fragment and a scale and repeats the fragment in columns and rows. While there is order it keeps
to the grid and to right angles; as order fades it starts anywhere, turns the piece, drifts and gives up early.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from geometry.builders.batch import Rows, rows_of, spread
from geometry.builders.hosts import Hosts, Panels
from geometry.builders.memory import Memory
from geometry.builders.turns import BOTTOM, MATRICES, PRODUCT, QUATERNIONS, TOP, WALLS
from geometry.key import Streams, mix
from geometry.parts import Parts

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_ORDER = (1000, 820, 670, 550, 450, 370, 300, 250, 200, 165, 135)
"""What is left of order after 0 to 10 generations of forgetting, thousandths: falls like exp(-epoch / 5)."""
_SINK = 2.5 / 64.0
"""How deep copies are set into their host, units."""


def order(epoch: float) -> float:
    """What is left of order, 1 at epoch 0 to 0.135 at 10 and after; straight lines between whole epochs."""
    at = min(max(epoch, 0.0), 10.0)
    low = min(int(at), 9)
    return (_ORDER[low] + (_ORDER[low + 1] - _ORDER[low]) * (at - low)) / 1000.0


@dataclass(frozen=True, slots=True)
class Room:
    """The box nothing may leave, in the place's frame; without one there is no limit. One (3,), or one for every plot (p, 3)."""

    low: F64
    high: F64

    def of(self, plot: I64) -> tuple[F64, F64]:
        """(low, high) of the boxes that rows of these plots may not leave."""
        return (self.low, self.high) if self.low.ndim == 1 else (self.low[plot], self.high[plot])

    def clearance(self, sides: Panels) -> F64:
        """(m,) metres one may build out of each panel."""
        low, high = self.of(sides.plot)
        free = np.stack([high - sides.centre, sides.centre - low], axis=-1).reshape(-1, 6)
        return np.asarray(free[np.arange(len(sides)), sides.face])

    def holds(self, low: F64, high: F64, plot: I64) -> NDArray[np.bool_]:
        """(n,) which boxes lie inside that of their plot."""
        least, most = self.of(plot)
        return np.asarray(((low >= least) & (high <= most)).all(axis=1))


@dataclass(frozen=True, slots=True)
class Copies:
    """n fragments set down in the place's frame."""

    fragment: I64
    orientation: I64
    origin: F64
    """(n, 3) metres, where the fragment's own origin lies."""
    scale: F64
    """(n,) metres a unit."""
    panel: I64
    """(n,) row of the panels they stand on."""

    def __len__(self) -> int:
        return len(self.fragment)

    def __getitem__(self, index: slice | NDArray[np.bool_] | NDArray[np.integer]) -> Copies:
        return Copies(*(column[index] for column in _copy_columns(self)))

    def corners(self, memory: Memory) -> tuple[F64, F64]:
        """(low, high) of each copy, (n, 3) metres."""
        scale = self.scale[:, None]
        at = (self.orientation, self.fragment)
        return self.origin + memory.low[at] * scale, self.origin + memory.high[at] * scale


_copy_columns = attrgetter(*(field.name for field in fields(Copies)))


@dataclass(frozen=True, slots=True)
class Site:
    """The circumstances Builders work in."""

    kept: float
    """What is left of order, 0 to 1."""
    unit: float
    """The base module, metres."""
    year: float
    room: Room | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass of Builders aims at on each of p plots."""

    span: F64
    """(m,) metres: how wide a fragment should come out on each panel."""
    grain: I64
    """(p,) 0 giant, 1 middle, 2 human."""
    budget: I64
    """(p,) parts, roughly."""
    run: I64
    """(p,) copies one Builder makes at most."""
    mind: I64
    """(p,) which mind of the memory is at work."""


def _pick(draws: F64, kind: I64, mind: I64, aimed: I64, kept: float, memory: Memory, theme: F64) -> I64:
    """(b,) the fragment of each Builder: in order one of few themes that belong there, later anything anywhere."""
    stray = draws[:, 0] > kept + (1.0 - kept) * 0.72
    chosen_kind = np.where(stray, (draws[:, 1] * 3).astype(np.int64), kind)
    grain = np.where(draws[:, 2] > kept + (1.0 - kept) * 0.7, (draws[:, 3] * 3).astype(np.int64), aimed)
    which = np.where(draws[:, 4] < kept, theme, draws[:, 5])
    row = (mind, chosen_kind, grain)
    return memory.fit[(*row, (which * memory.fits[row]).astype(np.int64))]


def _power_of_two(x: F64) -> F64:
    """The power of two at or below x, exactly."""
    mantissa, exponent = np.frexp(x)
    return np.ldexp(0.5, np.where(mantissa > 0, exponent, 0))


def _scales(draws: F64, grain: I64, span: F64, extent: F64, unit: float, kept: float) -> F64:
    """(b,) metres a unit. Order builds at the true scale or whole powers of two of it; later scales go astray, but
    most stairs, doors and rails keep fitting people."""
    natural = np.maximum(extent[:, 0], extent[:, 1])
    wanted = span / natural
    planned = np.maximum(_power_of_two(wanted / unit), 0.5) * unit
    far = draws[:, 6] * draws[:, 6]
    human = np.where(draws[:, 7] < 0.6 + 0.4 * kept, unit, unit * (0.6 + 6.0 * far * far))
    astray = wanted * (0.25 + 1.5 * far)
    return np.where(grain == 2, human, np.where(draws[:, 7] < kept + 0.15, planned, np.maximum(astray, 0.25 * unit)))


def _lay(streams: Streams, sides: Panels, memory: Memory, aim: Pass, site: Site, clear: F64, heat: I64) -> Copies:
    """One pass: which Builders there are, and the copies they make."""
    kept, unit, of = site.kept, site.unit, rows_of(sides.plot, len(streams))
    copies_each = 1.0 + aim.run * (0.05 + 0.5 * kept)
    builders = np.maximum((2.0 * aim.budget / (12.0 * copies_each)).astype(np.int64), 2)
    builders = np.where((of.total(heat) > 0) & (aim.budget > 0), builders, 0)
    plot, number = spread(builders)
    draws = streams.unit("builders", plot, number, 20)
    rows = of.picked(heat, plot, (number + draws[:, 8]) / builders[plot])
    face = sides.face[rows]
    kind = np.where(face < 4, 0, face - 3)
    panel = of.number[rows]
    theme = streams.unit("themes", plot, panel // 4 % 2 + 2 * kind)[:, 0]
    fragment = _pick(draws, kind, aim.mind[plot], aim.grain[plot], kept, memory, theme)
    astray = draws[:, 9] > kept + (1.0 - kept) * 0.45
    quarter = np.where(astray, (draws[:, 10] * 4).astype(np.int64), 0)
    flat = memory.high[16 + quarter, fragment] - memory.low[16 + quarter, fragment]
    width, height = sides.width[rows], sides.height[rows]
    scale = _scales(draws, aim.grain[plot], aim.span[rows], flat, unit, kept)
    out = np.minimum(clear[rows], 0.9 * np.maximum(np.minimum(width, height), aim.span[rows]))
    scale = np.minimum(scale, np.minimum(np.minimum(width / flat[:, 0], height / flat[:, 1]) * 0.96, out / flat[:, 2]))
    ok = scale > 0.12 * unit
    return _run(draws[ok], rows[ok], panel[ok], fragment[ok], quarter[ok], scale[ok], sides, memory, aim, kept, flat[ok])


def _run(
    draws: F64,
    rows: I64,
    panel: I64,
    fragment: I64,
    quarter: I64,
    scale: F64,
    sides: Panels,
    memory: Memory,
    aim: Pass,
    kept: float,
    flat: F64,
) -> Copies:
    """Expand Builders into copies: columns, rows, pitch, drift, and where on the panel it all begins."""
    width, height, plot = sides.width[rows], sides.height[rows], sides.plot[rows]
    foot, size = flat[:, :2] * scale[:, None], paired(width, height)
    gap = 1.0 + np.where(draws[:, 11] < kept, 0.25, 0.02 + 1.2 * draws[:, 11] * draws[:, 11])
    pitch = foot * gap[:, None]
    fits = np.maximum(((size - foot) / pitch).astype(np.int64) + 1, 1)
    upward = draws[:, 12] < 0.55
    eager = np.maximum((aim.run[plot] * np.where(draws[:, 13] < kept, 1.0, draws[:, 13] * draws[:, 14])).astype(np.int64), 1)
    first = np.where(upward, fits[:, 1], fits[:, 0])
    along = np.minimum(first, eager)
    across = np.minimum(np.where(upward, fits[:, 0], fits[:, 1]), np.maximum(eager // along, 1))
    across = np.where(draws[:, 15] < kept + 0.3, across, 1)
    nu, nv = np.where(upward, across, along), np.where(upward, along, across)
    count = nu * nv
    count = _afforded(count, memory.count[fragment], draws[:, 0] + draws[:, 13], rows_of(plot, len(aim.budget)), aim.budget)
    who, step = spread(count)
    row, column = np.divmod(step, nu[who])
    cell, number = paired(column, row), paired(nu, nv)
    block = (number - 1) * pitch + foot
    slack = np.maximum(size - block, 0.0)
    planned = np.where((draws[:, 16:18] < kept * 0.7), 0.5, np.floor(draws[:, 16:18] * 5.0) / 4.0)
    begin = np.where(draws[:, 18:19] < kept, planned, _crowded(draws, panel)) * slack - size / 2 + foot / 2
    drift = (1.0 - kept) * 0.18 * (draws[:, 19:20] - 0.5) * foot
    at = begin[who] + cell * pitch[who] + drift[who] * (cell[:, ::-1] % 3)
    limit = (size - foot)[who] / 2
    at = np.minimum(np.maximum(at, -limit), limit)
    return _set_down(at, rows[who], fragment[who], quarter[who], scale[who], sides, memory)


def paired(first: NDArray, second: NDArray) -> NDArray:  # type: ignore[type-arg]
    """Two columns (n,) as (n, 2): np.stack checks more than few rows are worth."""
    made: NDArray = np.empty((len(first), 2), dtype=first.dtype)  # type: ignore[type-arg]
    made[:, 0], made[:, 1] = first, second
    return made


def _crowded(draws: F64, panel: I64) -> F64:
    """(b, 2) where on its panel a Builder begins once the grid is forgotten, 0 to 1: near the others of that panel."""
    focus = (mix(paired(panel, panel + 1000003)) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    spread = 0.2 + 0.8 * draws[:, 11:12]
    return np.minimum(np.maximum(focus + (draws[:, 16:18] - 0.5) * spread, 0.0), 1.0)


def _afforded(count: I64, parts_each: I64, rank: F64, of: Rows, budget: I64) -> I64:
    """Copies a Builder may make: in the order of `rank`, until the budget of parts of its plot is spent."""
    left = budget[of.plot] - of.before(count * parts_each, rank)
    return np.asarray(np.minimum(np.maximum(left // parts_each, 0), count))


def _set_down(at: F64, rows: I64, fragment: I64, quarter: I64, scale: F64, sides: Panels, memory: Memory) -> Copies:
    """Copies centred at `at` (n, 2) on their panels, sunk a little into them."""
    turn = 16 + quarter
    middle = (memory.low[turn, fragment] + memory.high[turn, fragment]) / 2
    local = np.empty((len(at), 3))
    local[:, :2] = at - middle[:, :2] * scale[:, None]
    local[:, 2] = -_SINK * scale
    face = sides.face[rows]
    frame = MATRICES[face * 4]
    origin = sides.centre[rows] + frame[:, :, 0] * local[:, 0:1] + frame[:, :, 1] * local[:, 1:2] + frame[:, :, 2] * local[:, 2:3]
    return Copies(fragment, face * 4 + quarter, origin, scale, rows)


def copies_on(streams: Streams, sides: Panels, memory: Memory, aim: Pass, site: Site, heat: I64) -> Copies:
    """The copies one pass sets on panels: `heat` (m,) whole-number weights say where Builders gather. Nothing leaves the room."""
    room = site.room
    if not heat.any() or not (aim.budget > 0).any():
        none = np.zeros(0, dtype=np.int64)
        return Copies(none, none, np.zeros((0, 3)), np.zeros(0), none)
    clear = np.full(len(sides), np.inf) if room is None else np.maximum(room.clearance(sides), 0.0) * 0.98
    laid = _lay(streams, sides, memory, aim, site, clear, heat)
    return laid if room is None else laid[room.holds(*laid.corners(memory), sides.plot[laid.panel])]


def perches(copies: Copies, memory: Memory, sides: Panels, boxes: Hosts, least: float) -> Hosts:
    """The main box of each copy wide enough (`least` metres) to carry more, as a host: later passes build on earlier ones."""
    frame = MATRICES[copies.orientation]
    ends = []
    for end in range(2):
        corner = memory.perch[copies.fragment, end] * copies.scale[:, None]
        ends.append(frame[:, :, 0] * corner[:, 0:1] + frame[:, :, 1] * corner[:, 1:2] + frame[:, :, 2] * corner[:, 2:3])
    low, high = copies.origin + np.minimum(*ends), copies.origin + np.maximum(*ends)
    wide = np.flatnonzero(np.sort(high - low, axis=1)[:, 1] >= least)
    face = sides.face[copies.panel[wide]]
    open_faces = (WALLS | TOP | BOTTOM) & ~(1 << (face ^ 1))
    host = sides.host[copies.panel[wide]]
    return Hosts((low + high)[wide] / 2, (high - low)[wide], open_faces, boxes.material[host], boxes.sheltered[host], boxes.plot[host])


def expand(copies: Copies, memory: Memory, exposure: F64, tints: NDArray[np.uint64], year: F64 | float) -> Parts:
    """Every part of every copy. `exposure` (n,) 0 to 1, `tints` (n,) hashed bits and `year` are those of the copies."""
    count = memory.count[copies.fragment]
    ends = count.cumsum()
    rows = np.arange(int(count.sum())) + (memory.start[copies.fragment] - ends + count).repeat(count)
    turned = rows + (copies.orientation * len(memory.prototype)).repeat(count)
    scale = copies.scale.astype(np.float32).repeat(count)[:, None]
    position = memory.centre.reshape(-1, 3).take(turned, axis=0)
    position *= scale
    position += copies.origin.astype(np.float32).repeat(count, axis=0)
    size = memory.size.take(rows, axis=0)
    size *= scale
    turn = PRODUCT.ravel().take((copies.orientation * 24).repeat(count) + memory.turn.take(rows))
    seen = (exposure * 255.0).astype(np.float32).repeat(count) * memory.shade.take(rows)
    tint = (tints >> np.uint64(56)).astype(np.uint8).repeat(count) + memory.tint.take(rows)
    each = np.empty(len(copies), dtype=np.float32)
    each[...] = year
    years = each.repeat(count)
    return Parts(
        memory.prototype.take(rows), position, QUATERNIONS.take(turn, axis=0), size, memory.material.take(rows),
        seen.astype(np.uint8), tint, years,
    )  # fmt: skip
