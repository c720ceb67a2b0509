"""The Builders at work: `clad` what stands, or `accrete` whole masses on empty plots. The same rules at every scale.

Plots are worked on together where there are many: a mass of few parts costs a hundredth of what the calls for it alone do. The two
passes of a sketch are done together too, as if each had the plots for itself.
Source: canon S49 (fragmented memory of earlier structures), P70, P71, P100, P101, P103.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.builders.batch import rows_of
from geometry.builders.carve import carved, openings
from geometry.builders.copies import Copies, Pass, Room, Site, copies_on, expand, order, perches
from geometry.builders.dress import dress
from geometry.builders.hosts import Hosts, Panels, hosts, join_hosts, join_panels, panels, repeated
from geometry.builders.masses import Mass, as_hosts, composed, drum_hosts, lumps
from geometry.builders.memory import Memory
from geometry.builders.recall import remembered
from geometry.builders.sky import exposures
from geometry.builders.spans import NONE, Spans, braces, bridges, cables, facing_pairs, slants
from geometry.key import Stream, Streams
from geometry.parts import EMPTY, Parts, join, parts

__all__ = ["Hosts", "accrete", "accrete_many", "clad", "hosts"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


class Task(NamedTuple):
    """What a pass of Builders is for."""

    name: str
    span: float
    """How wide its fragments come out, in mean spacings of the budget's copies; 0 for as wide as people need."""
    grain: int
    """0 giant, 1 middle, 2 human."""
    run: int
    """Copies one Builder makes at most."""
    share: float
    """Of the budget."""
    ago: float
    """When it was done, in _AGE years before the place's own."""


_BUDGETS = (10, 40, 140, 420, 1200)
"""Parts a host gets, about, at detail 0 to 4."""
_TASKS = (
    Task("giants", 2.4, 0, 5, 0.20, 0.375),
    Task("works", 1.2, 1, 12, 0.38, 0.25),
    Task("cells", 0.55, 1, 20, 0.28, 0.125),
    Task("hands", 0.0, 2, 24, 0.14, 0.0),
)
_SKETCH = (Task("giants", 2.0, 0, 4, 0.4, 0.125), Task("works", 1.0, 1, 6, 0.6, 0.0))
"""The tasks for few parts, done at once."""
_IN_TURN = tuple((task,) for task in _TASKS)
_IN_TWO = (_TASKS[:1], _TASKS[1:])
"""For some more parts: what stands on giants is done at once."""
_COVER = 0.4
"""Share of the walls that copies would cover if each were one spacing wide."""
_DRESSED = 0.17
"""Share of the parts that goes to joints, ledges, piers and pipes."""
_FINE = 12
"""Tasks whose Builders run longer than this work on small sides too."""
_SMALL, _MIDDLING = 400, 15_000
"""Parts wanted up to which a plot is sketched, and up to which it is done in two rounds."""
_SPARSE = 12
"""Parts a host up to which hosts are sketched, however many: where a host gets one copy, nothing is built on copies."""
_FACING = np.array([4.0, 4.0, 4.0, 4.0, 3.0, 1.2])
"""How much Builders are drawn to each side of a host."""
_CORE = 0.8
"""Share of a plot's width that primary masses may fill: the rest is left to what grows out of them."""
_AGE = 400.0
"""Years before the place's own year in which its first masses were raised."""


@dataclass(frozen=True, slots=True, eq=False)
class Crew:
    """Those who work on p plots, and what they have in common."""

    streams: Streams
    site: Site
    memory: Memory
    mind: I64
    """(p,) which mind of the memory is at work."""
    budget: I64
    """(p,) parts."""
    spacing: F64
    """(p,) metres from copy to copy if the budget were laid out evenly."""


def _spacing(sides: Panels, budget: I64) -> F64:
    """(p,) metres. Areas are added as whole numbers: the same sum whatever order a machine adds in."""
    of = rows_of(sides.plot, len(budget))
    step = np.maximum(of.greatest(sides.area), 1e-300) / 2.0**32
    area = of.total((sides.area / step[sides.plot]).astype(np.int64)) * step
    return np.asarray(np.sqrt(_COVER * area * 12.0 / np.maximum(budget, 12)))


def _aim(crew: Crew, tasks: Sequence[Task], sides: Panels) -> Pass:
    """What each task tries for; task t on plot i is plot t * p + i of the sides."""
    plots = len(crew.streams)
    grain, run = np.array([task[2:4] for task in tasks]).repeat(plots, axis=0).T
    wanted = np.concatenate([task.span * crew.spacing for task in tasks])[sides.plot]
    wide = np.maximum(np.minimum(wanted, 0.55 * np.minimum(sides.width, sides.height)), crew.site.unit)
    span = np.where((grain < 2)[sides.plot], wide, 2.0 * crew.site.unit)
    budget = np.concatenate([(crew.budget * (task.share * (1.0 - _DRESSED))).astype(np.int64) for task in tasks])
    return Pass(span, grain, budget, run, np.concatenate([crew.mind] * len(tasks)))


def _heat(streams: Streams, aim: Pass, sides: Panels, site: Site, lure: F64) -> I64:
    """Where Builders gather: large sides and those with much `lure` (m,), some not at all, a few far more. (m,) whole numbers."""
    of = rows_of(sides.plot, len(streams))
    draws = streams.unit("heat", sides.plot, of.number, 2)
    least = np.minimum(sides.width, sides.height)
    wanted = np.minimum((sides.width / aim.span) * (sides.height / aim.span), 4096.0)
    crowd = 1.0 + (1.0 - site.kept) * (6.0 * draws[:, 0] * draws[:, 0] * draws[:, 0] - 0.6)
    bare = (draws[:, 1] < 0.28 + 0.14 * (1.0 - site.kept)) | (least <= site.unit)
    facing = _FACING.take(sides.face)
    large = least / np.maximum(of.greatest(least), 1e-12)[sides.plot]
    weight = wanted * crowd * facing * lure * np.where(aim.run[sides.plot] > _FINE, large, large * large)
    return np.where(bare, 0, (weight * 1024.0).astype(np.int64))


def _worked(crew: Crew, tasks: Sequence[Task], sides: Panels, seen: F64, shelter: F64) -> tuple[Copies, Spans]:
    """The copies that tasks set on the sides, all at once, and their parts: every task takes every plot for one of its own."""
    plots, many = len(crew.streams), len(tasks)
    own = sides if many == 1 else repeated(sides, many, plots)
    streams = Streams(np.concatenate([crew.streams.sub(task.name).keys for task in tasks]))
    room = crew.site.room
    if room is not None and room.low.ndim > 1:
        room = Room(np.tile(room.low, (many, 1)), np.tile(room.high, (many, 1)))
    aim = _aim(crew, tasks, own)
    lure = (0.15 + seen) * (0.15 + seen) * (1.0 + 6.0 * shelter)
    heat = _heat(streams, aim, own, crew.site, np.concatenate([lure] * many))
    site = crew.site if room is crew.site.room else replace(crew.site, room=room)
    copies = copies_on(streams, own, crew.memory, aim, site, heat)
    plot = own.plot[copies.panel]
    tints = streams.bits("tints", plot, rows_of(plot, len(streams)).number)[:, 0]
    year = crew.site.year - _AGE * np.array([task.ago for task in tasks])[plot // plots]
    copies = Copies(copies.fragment, copies.orientation, copies.origin, copies.scale, copies.panel % max(len(sides), 1))
    grown = expand(copies, crew.memory, seen[copies.panel], tints, year)
    whose = np.repeat(plot % plots, crew.memory.count[copies.fragment]) if plots > 1 else np.zeros(len(grown), dtype=np.int64)
    return copies, (grown, whose)


def _hired(streams: Streams, boxes: Hosts, sides: Panels, site: Site, epoch: float, budget: I64, clan: int | None = None) -> Crew:
    memory, mind = remembered(streams, epoch, boxes, budget, clan)
    return Crew(streams, site, memory, mind, budget, _spacing(sides, budget))


def _rounds(budget: int) -> tuple[tuple[Task, ...], ...]:
    """What is done at once, and what after that."""
    return (_SKETCH,) if budget <= _SMALL else _IN_TWO if budget <= _MIDDLING else _IN_TURN


def _passes(crew: Crew, boxes: Hosts, sides: Panels, rounds: Sequence[Sequence[Task]]) -> list[Spans]:
    """What Builders add to the hosts of their plots: dress first, then round after round, each on what the ones before left."""
    site, plots = crew.site, len(crew.streams)
    seen = exposures(sides, boxes, boxes.sheltered[sides.host], plots)
    dressed = (crew.budget * _DRESSED).astype(np.int64)
    grown = [dress(crew.streams, sides, seen, replace(site, year=site.year - _AGE / 2), dressed)]
    todo = boxes
    for number, tasks in enumerate(rounds, 1):
        copies, made = _worked(crew, tasks, sides, seen, todo.sheltered[sides.host])
        grown.append(made)
        if number == len(rounds):
            break
        more = perches(copies, crew.memory, sides, todo, 2.5 * site.unit)
        new = panels(more)
        seen = np.concatenate([seen, exposures(new, boxes, more.sheltered[new.host], plots)])
        sides = join_panels([sides, replace(new, host=new.host + len(todo))])
        todo = join_hosts([todo, more])
    return grown


def clad(
    stream: Stream,
    boxes: Hosts,
    *,
    epoch: float,
    detail: int,
    year: float,
    unit: float,
    budget: int | None = None,
    room: Room | None = None,
) -> Parts:
    """What Builders add to hosts: joints, growths, pipes, stairs, doors and lamps, in the frame of the hosts.

    `unit` is the base module in metres: 3 where people live, 1e8 on a stratum. `detail` 0-4 sets how much (10 to 1,200 parts a
    host); `budget` overrides it with a number of parts for all hosts together. `room` is a box nothing may leave. Raises
    ValueError for another detail.
    """
    if not 0 <= detail < len(_BUDGETS):
        raise ValueError(f"detail is 0 to 4, not {detail}")
    if not len(boxes):
        return EMPTY
    wanted = _BUDGETS[detail] * len(boxes) if budget is None else budget
    site = Site(order(epoch), unit, year, room)
    sides = panels(boxes)
    crew = _hired(Streams.of(stream.key), boxes, sides, site, epoch, np.array([wanted]))
    return join(grown for grown, _ in _passes(crew, boxes, sides, _rounds(wanted if wanted > _SPARSE * len(boxes) else 0)))


def accrete(stream: Stream, size: tuple[float, float, float], *, epoch: float, budget: int, unit: float, year: float) -> Parts:
    """A plot filled with a mass of about `budget` parts: a few huge bodies with voids between, smaller ones on them, all clad.

    The plot is the box [-x/2, x/2] x [-y/2, y/2] x [0, z] metres of `size`; nothing leaves it. In order it is a plan of equal
    towers, after ten generations of forgetting a heap that still remembers one.
    """
    return accrete_many(Streams.of(stream.key), [size], epoch=epoch, budget=budget, unit=unit, year=year)[0]


def accrete_many(
    streams: Streams, sizes: ArrayLike, *, epoch: float, budget: int, unit: float, year: float, clan: int | None = None
) -> list[Parts]:
    """`accrete` on p plots at once, one stream and one size (p, 3) each: the same bytes, for ten plots in a fifth of the time. One
    `clan` (0-15) works on all of them, or on each plot one that its stream draws."""
    kept, plots, sketch = order(epoch), len(streams), budget <= _SMALL
    size = np.asarray(sizes, dtype=np.float64)
    low, high = size * np.array([-0.5, -0.5, 0.0]), size * np.array([0.5, 0.5, 1.0])
    count = 4 if budget < 150 else min(5 + int(np.sqrt(budget) / 9.0), 16)
    rows = zip(streams.keys.tolist(), size.tolist(), strict=True)
    masses = [mass for key, (x, y, z) in rows for mass in composed(Stream(key), (x * _CORE, y * _CORE, z * 0.96), kept, count)]
    plot = np.repeat(np.arange(plots), count)
    drawn, boxes = _bodies(streams, masses, plot, kept)
    for generation in (1,) if sketch else (1, 2):
        number = 3 + budget // 7 if sketch else min(20 + budget // (60 * generation), 120)
        more = lumps(streams.sub("lumps", generation), boxes, kept, number, low, high)
        drawn, boxes = join_hosts([drawn, more]), join_hosts([boxes, more])
    raised, middle, few = year - _AGE, year - _AGE / 2, 2 + min(budget // 60, 60)
    round_ = np.array([mass.form == "drum" for mass in masses])
    facing = facing_pairs(boxes, 0.8 * unit, plots)
    groups = [
        _as_parts(streams, drawn, "box", raised),
        _as_parts(streams, as_hosts(masses, plot)[round_], "banded_drum", raised),
        bridges(streams, facing, kept, unit, few, middle),
        cables(streams, facing, unit, few, middle),
        slants(streams, facing, int(few * 0.6 * (1.0 - kept)), middle),
        _braced(streams, masses, count, raised),
    ]
    spent = np.bincount(np.concatenate([own for _, own in groups]), minlength=plots)
    rest = np.maximum(budget - spent, budget // 3)
    sides = panels(boxes)
    crew = _hired(streams, boxes, sides, Site(kept, unit, year, Room(low, high)), epoch, rest, clan)
    return _parted([*groups, *_passes(crew, boxes, sides, _rounds(budget))], plots)


def _parted(groups: Sequence[Spans], plots: int) -> list[Parts]:
    """The parts of each plot, in the order of the groups."""
    whole = join(grown for grown, _ in groups)
    if plots == 1:
        return [whole]
    of = rows_of(np.concatenate([plot for _, plot in groups]), plots)
    whole = whole[of.order]
    return [whole[first : first + count] for first, count in zip(of.first.tolist(), of.count.tolist(), strict=True)]


def _bodies(streams: Streams, masses: Sequence[Mass], plot: I64, kept: float) -> tuple[Hosts, Hosts]:
    """Masses as the hosts that are drawn, the bulky ones carved, and as those that are built on: drums only where they are met."""
    boxes, plots = as_hosts(masses, plot), len(streams)
    forms = np.array([mass.form for mass in masses])
    chance = streams.unit("carve", plot, rows_of(plot, plots).number)[:, 0]
    carve, drum = np.isin(forms, ("monolith", "hung", "lying")) & (chance < 0.72), forms == "drum"
    pieces = carved(boxes[carve], *openings(streams, boxes[carve], kept))
    again = streams.unit("carve again", pieces.plot, rows_of(pieces.plot, plots).number)[:, 0] < 0.3
    once_more = pieces[again]
    pieces = join_hosts([pieces[~again], carved(once_more, *openings(streams.sub("again"), once_more, kept))])
    solid = join_hosts([boxes[~carve & ~drum], pieces])
    return solid, join_hosts([solid, *drum_hosts(boxes[drum])])


def _as_parts(streams: Streams, boxes: Hosts, prototype: str, year: float) -> Spans:
    """The hosts themselves as parts."""
    if not len(boxes):
        return NONE
    of = rows_of(boxes.plot, len(streams))
    top = boxes.high[:, 2]
    seen = 0.35 + 0.5 * (top / of.greatest(top)[boxes.plot])
    tint = (streams.bits(prototype + " tint", boxes.plot, of.number)[:, 0] >> np.uint64(56)).astype(np.uint8)
    made = parts(prototype, boxes.centre, boxes.size, boxes.material, exposure=seen * 255.0, tint=tint, year=year)
    return made, boxes.plot


def _braced(streams: Streams, masses: Sequence[Mass], count: int, year: float) -> Spans:
    """Struts under every lying or hung mass, back to the masses of its plot that cross it; a plot has `count`."""
    pairs = []
    for first in range(0, len(masses), count):
        own = masses[first : first + count]
        hung = [mass for mass in own if mass.form in ("lying", "hung")]
        pairs += [(first // count, a, b) for a in hung for b in own if b.form not in ("lying", "hung") and _cross(a, b)]
    if not pairs:
        return NONE
    plot, carried, carriers = zip(*pairs, strict=True)
    return braces(as_hosts(carried, plot), as_hosts(carriers, plot), streams, year)


def _cross(a: Mass, b: Mass) -> bool:
    return all(a.low[i] <= b.high[i] and a.high[i] >= b.low[i] for i in range(3))
