"""Primary masses: the few huge bodies a plot is composed of before any Builder clads them.

In order they are a symmetrical plan of equal towers; as order fades each goes its own way: blades, piers, drums, hung blocks and
towers lying on their side, with great voids between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.builders.batch import rows_of, spread
from geometry.builders.hosts import Hosts, hosts, panels
from geometry.builders.turns import ALL_FACES, BOTTOM, TOP
from geometry.key import Stream, Streams
from geometry.material import Material

F64 = NDArray[np.float64]
Size = tuple[float, float, float]

_FORMS = ("monolith", "blade", "pier", "drum", "podium", "lying", "hung")
_LATER = (3, 4, 4, 2, 1, 5, 4)
"""How often each form is drawn once the leading three stand."""
_C, _O, _D, _H = Material.CONCRETE, Material.OLD_CONCRETE, Material.DARK_STEEL, Material.DWELLING


@dataclass(frozen=True, slots=True)
class Mass:
    """A box of the composition: low and high corner in metres, its form and material."""

    low: Size
    high: Size
    form: str
    material: int

    @property
    def size(self) -> Size:
        """Metres along the axes."""
        return (self.high[0] - self.low[0], self.high[1] - self.low[1], self.high[2] - self.low[2])


def _boxed(centre: Sequence[float], size: Sequence[float], base: float, plot: Size, form: str, material: int) -> Mass:
    """A mass moved and trimmed so that it lies inside the plot."""
    low, high = [0.0] * 3, [0.0] * 3
    for axis in range(2):
        half = min(size[axis], plot[axis]) / 2
        middle = min(max(centre[axis], half - plot[axis] / 2), plot[axis] / 2 - half)
        low[axis], high[axis] = middle - half, middle + half
    low[2] = min(max(base, 0.0), plot[2] * 0.98)
    high[2] = min(low[2] + size[2], plot[2])
    return Mass((low[0], low[1], low[2]), (high[0], high[1], high[2]), form, material)


def _standing(form: str, d: Sequence[float], plot: Size) -> tuple[Size, float]:
    """(size, base) of a mass that stands on the ground, from five draws."""
    x, y, z = plot
    least = min(x, y)
    long_first = d[4] < 0.5
    tall = z * (0.55 + 0.43 * d[2])
    if form == "monolith":
        return (x * (0.16 + 0.26 * d[0] * d[0]), y * (0.16 + 0.26 * d[1] * d[1]), tall), 0.0
    if form == "blade":
        thin, wide = least * (0.035 + 0.05 * d[0]), 0.35 + 0.5 * d[1]
        return ((thin, y * wide, tall) if long_first else (x * wide, thin, tall)), 0.0
    if form == "drum":
        across = least * (0.12 + 0.26 * d[0])
        return (across, across, z * (0.35 + 0.6 * d[2])), 0.0
    if form == "podium":
        return (x * (0.4 + 0.5 * d[0]), y * (0.4 + 0.5 * d[1]), z * (0.04 + 0.1 * d[2])), 0.0
    across = least * (0.05 + 0.07 * d[0])
    return (across, across * (0.7 + 0.6 * d[1]), z * (0.86 + 0.14 * d[2])), 0.0


def _leaning_on(parent: Mass, form: str, d: Sequence[float], plot: Size, number: int) -> Mass:
    """A mass held by another: a tower lying through it, or a block hung about it, overhanging."""
    x, y, z = plot
    px, py, pz = parent.size
    centre = [(a + b) / 2 for a, b in zip(parent.low, parent.high, strict=True)]
    base = parent.low[2] + pz * (0.3 + 0.55 * d[2])
    if form == "lying":
        section = min(x, y) * (0.07 + 0.13 * d[0])
        along = 0 if d[4] < 0.5 else 1
        length = plot[along] * (0.35 + 0.45 * d[1])
        size = [section * (0.8 + 0.5 * d[3]), section * (0.8 + 0.5 * d[3]), min(section, 0.3 * z)]
        size[along] = length
        reach = length / 2 - 0.3 * parent.size[along]
        centre[along] += reach * (1.0 if d[3] < 0.5 else -1.0)
        base = min(base, parent.high[2] - 0.4 * size[2])
    else:
        size = [max(px * 1.25, x * (0.18 + 0.2 * d[0])), max(py * 1.25, y * (0.18 + 0.2 * d[1])), z * (0.07 + 0.16 * d[3])]
        centre[0] += 0.35 * px * (2 * d[4] - 1)
        base = min(base, parent.high[2] - 0.5 * size[2])
    return _boxed(centre, size, base, plot, form, _H if number % 4 == 0 else _C)


def _grid_slot(number: int, count: int, plot: Size, d: Sequence[float]) -> tuple[tuple[float, float], Size]:
    """Where the ordered plan puts mass `number`: (centre, size), symmetrical about both axes."""
    across = 2 if count <= 4 else 3
    column, line = number % across, (number // across) % across
    bay_x, bay_y = plot[0] / across, plot[1] / across
    centre = ((column + 0.5) * bay_x - plot[0] / 2, (line + 0.5) * bay_y - plot[1] / 2)
    outer = abs(2 * column - across + 1) + abs(2 * line - across + 1)
    height = plot[2] * (0.92, 0.78, 0.78, 0.62, 0.62)[min(outer, 4)]
    return centre, (bay_x * (0.5 + 0.04 * d[0]), bay_y * 0.5, height)


def _one(number: int, count: int, d: Sequence[float], kept: float, plot: Size, before: Sequence[Mass], form: str) -> Mass:
    """Mass `number` of the composition, from ten draws."""
    if d[9] < kept * kept:
        spot, size = _grid_slot(number, count, plot, d)
        return _boxed(spot, size, 0.0, plot, "monolith" if number % 5 else "drum", _C if number % 2 else _H)
    if form in ("lying", "hung"):
        upright = [mass for mass in before if mass.form not in ("podium", "lying", "hung")] or before
        return _leaning_on(upright[int(d[8] * len(upright))], form, d, plot, number)
    size, base = _standing(form, d, plot)
    spot, _ = _grid_slot(number, count, plot, d)
    free = ((2 * d[5] - 1) * 0.5 * plot[0], (2 * d[6] - 1) * 0.5 * plot[1])
    centre = [free[i] + (spot[i] - free[i]) * kept for i in range(2)]
    material = _D if form == "pier" and d[7] < 0.3 else (_O if d[7] < 0.25 else (_H if d[7] > 0.86 else _C))
    return _boxed(centre, size, base, plot, form, material)


def composed(stream: Stream, plot: Size, kept: float, count: int) -> list[Mass]:
    """`count` primary masses in a plot; `kept` is what is left of order, 0 to 1."""
    draws = stream.unit("masses", count * 10).reshape(count, 10).tolist()
    forms = [_FORMS[i] for i in stream.choice("forms", count, _LATER)]
    forms[:3] = [("monolith", "monolith", "blade")[int(draws[0][8] * 3)], "pier", "hung"][: len(forms[:3])]
    masses: list[Mass] = []
    for number in range(count):
        masses.append(_one(number, count, draws[number], kept, plot, masses, forms[number]))
    return masses


def as_hosts(masses: Sequence[Mass], plot: ArrayLike = 0) -> Hosts:
    """Masses as hosts, `plot` (n,) being those they stand on; those that hang in the air may be built on from below too."""
    low = np.array([mass.low for mass in masses]).reshape(-1, 3)
    high = np.array([mass.high for mass in masses]).reshape(-1, 3)
    faces = np.where(low[:, 2] > 0.0, ALL_FACES, ALL_FACES & ~BOTTOM)
    material = np.array([mass.material for mass in masses], dtype=np.int64)
    return hosts(((low + high) / 2).reshape(-1, 3), high - low, faces=faces, material=material, plot=plot)


def drum_hosts(boxes: Hosts) -> list[Hosts]:
    """What may be built on round drums that fill these boxes: a strip on each of four sides and the square within the top."""
    strips = (((0.87, 0.3, 1.0), 0b000011), ((0.3, 0.87, 1.0), 0b001100), ((0.62, 0.62, 1.0), TOP))
    if not len(boxes):
        return []
    return [
        hosts(boxes.centre, boxes.size * np.array(share), faces=faces, material=boxes.material, plot=boxes.plot) for share, faces in strips
    ]


def lumps(streams: Streams, boxes: Hosts, kept: float, each: int, low: F64, high: F64) -> Hosts:
    """About `each` secondary masses a plot stuck to the walls and tops of its hosts: sizes follow a power law, walls get most, some
    reach far out. All inside the boxes of the plots, from `low` to `high` (p, 3)."""
    sides = panels(boxes)
    of = rows_of(sides.plot, len(streams))
    scale = (256.0 / of.greatest(sides.area))[sides.plot]
    weight = (sides.area * np.array([4.0, 4.0, 4.0, 4.0, 2.0, 1.0])[sides.face] * scale).astype(np.int64) + 1
    plot, number = spread(np.full(len(streams), each))
    count, draws = len(plot), streams.unit("lumps", plot, number, 8)
    rows = of.picked(weight, plot, draws[:, 0])
    face, host = sides.face[rows], sides.host[rows]
    axis = face // 2
    sign = np.where(face % 2 == 0, 1.0, -1.0)
    least = np.minimum(sides.width, sides.height)[rows]
    share = np.where(draws[:, 1] < kept, 0.25, 0.1 / (0.15 + 0.85 * draws[:, 2]))
    size = np.empty((count, 3))
    stretch = 0.5 + 1.5 * draws[:, 3:6] * draws[:, 3:6]
    size[:] = np.minimum(share, 0.6)[:, None] * least[:, None] * stretch
    size[:, 2] *= np.where(draws[:, 6] < 0.45, 2.6, 0.8)
    middle = boxes.centre[host] + (draws[:, 4:7] - 0.5) * 0.9 * boxes.size[host]
    k = np.arange(count)
    snapped = np.round((draws[:, 4:7] - 0.5) * 4.0) / 4.0 * 0.8
    planned = boxes.centre[host] + snapped * boxes.size[host]
    middle = np.where((draws[:, 7] < kept)[:, None], planned, middle)
    middle[k, axis] = sides.centre[rows, axis] + sign * 0.42 * size[k, axis]
    a, b = np.maximum(middle - size / 2, low[plot]), np.minimum(middle + size / 2, high[plot])
    real = ((b - a) > 0.3 * size).all(axis=1)
    touching = _touches(a, b, boxes, host)
    kept_rows = np.flatnonzero(real & touching)
    a, b = a[kept_rows], b[kept_rows]
    material = np.where(draws[kept_rows, 3] > 0.72, _H, np.where(draws[kept_rows, 4] < 0.25, _O, boxes.material[host[kept_rows]]))
    open_faces = ALL_FACES & ~(1 << (face[kept_rows] ^ 1))
    return hosts((a + b) / 2, b - a, faces=open_faces, material=material, plot=plot[kept_rows])


def _touches(low: F64, high: F64, boxes: Hosts, host: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.asarray(((low <= boxes.high[host]) & (high >= boxes.low[host])).all(axis=1))
