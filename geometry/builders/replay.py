"""The Builders at work: `clad` what stands, or `accrete` a whole mass on an empty plot. The same rules at every scale.

Source: canon S49 (fragmented memory of earlier structures), P70, P71, P100, P101, P103.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geometry.builders.carve import carved, openings
from geometry.builders.copies import Pass, Room, Site, copies_on, expand, order, perches
from geometry.builders.dress import dress
from geometry.builders.hosts import Hosts, Panels, hosts, join_hosts, join_panels, panels
from geometry.builders.masses import Mass, as_hosts, composed, drum_hosts, lumps
from geometry.builders.memory import CLANS, LAST_EPOCH, Memory, glimpse, joined, memory, remember
from geometry.builders.sky import exposures
from geometry.builders.spans import braces, bridges, cables, facing_pairs, slants
from geometry.key import Stream
from geometry.parts import EMPTY, Parts, join, parts

__all__ = ["Hosts", "accrete", "clad", "hosts"]

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_BUDGETS = (10, 40, 140, 420, 1200)
"""Parts a host gets, about, at detail 0 to 4."""
_PASSES: tuple[tuple[str, float, int, int, float], ...] = (
    ("giants", 2.4, 0, 5, 0.20),
    ("works", 1.2, 1, 12, 0.38),
    ("cells", 0.55, 1, 20, 0.28),
    ("hands", 0.0, 2, 24, 0.14),
)
"""Name, span in mean spacings of the budget's copies, grain, longest run, share of the budget."""
_SKETCH = (("giants", 2.0, 0, 4, 0.4), ("works", 1.0, 1, 6, 0.6))
"""The passes for few parts."""
_COVER = 0.4
"""Share of the walls that copies would cover if each were one spacing wide."""
_GLIMPSED = 600
"""Parts wanted from which on a glimpse is worth its time."""
_DRESSED = 0.17
"""Share of the parts that goes to joints, ledges, piers and pipes."""
_FINE = 12
"""Passes whose Builders run longer than this work on small sides too."""
_SMALL = 400
"""Parts wanted up to which a plot is sketched: two passes, one generation of lumps."""
_CORE = 0.8
"""Share of a plot's width that primary masses may fill: the rest is left to what grows out of them."""
_AGE = 400.0
"""Years before the place's own year in which its first masses were raised."""


def _remembered(stream: Stream, epoch: float, boxes: Hosts, budget: int) -> Memory:
    """The memory of the clan at work here, with glimpses of the hosts; between whole epochs, the one or the other."""
    clan = int(stream.whole("clan", 1, 0, CLANS)[0])
    whole = int(epoch) + (stream.one("epoch") < epoch - int(epoch))
    known = memory(clan, min(max(whole, 0), LAST_EPOCH))
    if whole < 1 or len(boxes) < 3 or budget < _GLIMPSED:
        return known
    seen = [glimpse(boxes.centre, boxes.size, boxes.material, stream.sub("glimpse", i)) for i in range(min(1 + whole // 2, 4))]
    return joined(known, remember(seen))


def _heat(stream: Stream, aim: Pass, sides: Panels, site: Site, lure: F64) -> I64:
    """Where Builders gather: large sides and those with much `lure` (m,), some not at all, a few far more. (m,) whole numbers."""
    draws = stream.unit(aim.name + " heat", len(sides) * 2).reshape(-1, 2)
    least = np.minimum(sides.width, sides.height)
    wanted = np.minimum((sides.width / aim.span) * (sides.height / aim.span), 4096.0)
    crowd = 1.0 + (1.0 - site.kept) * (6.0 * draws[:, 0] * draws[:, 0] * draws[:, 0] - 0.6)
    bare = (draws[:, 1] < 0.28 + 0.14 * (1.0 - site.kept)) | (least <= site.unit)
    facing = np.array([4.0, 4.0, 4.0, 4.0, 3.0, 1.2])[sides.face]
    large = least / max(float(least.max()), 1e-12)
    weight = wanted * crowd * facing * lure * (large if aim.run > _FINE else large * large)
    return np.where(bare, 0, (weight * 1024.0).astype(np.int64))


def _aim(number: int, sketch: bool, sides: Panels, spacing: float, budget: int, unit: float) -> Pass:
    """What pass `number` tries for on each panel."""
    name, share, grain, run, part = (_SKETCH if sketch else _PASSES)[number]
    wide = np.minimum(share * spacing, 0.55 * np.minimum(sides.width, sides.height))
    span = np.maximum(wide, unit) if grain < 2 else np.full(len(sides), 2.0 * unit)
    return Pass(name, span, grain, int(budget * part * (1.0 - _DRESSED)), run)


def _total(values: F64) -> float:
    """The sum of non-negative values by whole numbers, the same whatever order a machine adds in."""
    step = max(float(values.max()), 1e-300) / 2.0**32
    return float((values / step).astype(np.int64).sum()) * step


def _passes(stream: Stream, boxes: Hosts, mind: Memory, site: Site, budget: int) -> list[Parts]:
    """All passes of Builders over hosts, each on what the ones before left."""
    todo, sides, sketch = boxes, panels(boxes), budget <= _SMALL
    seen = exposures(sides, boxes, boxes.sheltered[sides.host])
    spacing = float(np.sqrt(_COVER * _total(sides.area) * 12.0 / max(budget, 12)))
    grown = [dress(stream, sides, seen, replace(site, year=site.year - _AGE / 2), int(budget * _DRESSED))]
    count = len(_SKETCH if sketch else _PASSES)
    for number in range(count):
        aim = _aim(number, sketch, sides, spacing, budget, site.unit)
        lure = (0.15 + seen) * (0.15 + seen) * (1.0 + 6.0 * todo.sheltered[sides.host])
        copies = copies_on(stream, sides, mind, aim, site, _heat(stream, aim, sides, site, lure))
        tints = stream.bits(aim.name + " tints", len(copies))
        grown.append(expand(copies, mind, seen[copies.panel], tints, site.year - _AGE * (count - 1 - number) / 8.0))
        if number == count - 1 or sketch:
            continue
        more = perches(copies, mind, sides, todo, 2.5 * site.unit)
        new = panels(more)
        seen = np.concatenate([seen, exposures(new, boxes, more.sheltered[new.host])])
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
    return join(_passes(stream, boxes, _remembered(stream, epoch, boxes, wanted), site, wanted))


def accrete(stream: Stream, size: tuple[float, float, float], *, epoch: float, budget: int, unit: float, year: float) -> Parts:
    """A plot filled with a mass of about `budget` parts: a few huge bodies with voids between, smaller ones on them, all clad.

    The plot is the box [-x/2, x/2] x [-y/2, y/2] x [0, z] metres of `size`; nothing leaves it. In order it is a plan of equal
    towers, after ten generations of forgetting a heap that still remembers one.
    """
    kept = order(epoch)
    low = np.array([-size[0] / 2, -size[1] / 2, 0.0])
    high = np.array([size[0] / 2, size[1] / 2, size[2]])
    room = Room(low, high)
    count = 4 if budget < 150 else min(5 + int(np.sqrt(budget) / 9.0), 16)
    masses = composed(stream, (size[0] * _CORE, size[1] * _CORE, size[2] * 0.96), kept, count)
    drawn, boxes = _bodies(stream, masses, kept)
    for generation in (1, 2) if budget > _SMALL else (1,):
        number = 3 + budget // 7 if budget <= _SMALL else min(20 + budget // (60 * generation), 120)
        more = lumps(stream.sub("lumps", generation), boxes, kept, number, low, high)
        drawn, boxes = join_hosts([drawn, more]), join_hosts([boxes, more])
    raised = year - _AGE
    drums = as_hosts([mass for mass in masses if mass.form == "drum"] or masses[:0])
    solid = join([_as_parts(stream, drawn, "box", raised), _as_parts(stream, drums, "banded_drum", raised)])
    few = 2 + min(budget // 60, 60)
    middle = year - _AGE / 2
    facing = facing_pairs(boxes, 0.8 * unit)
    spans = [bridges(stream, facing, kept, unit, few, middle), cables(stream, facing, unit, few, middle)]
    spans += [slants(stream, facing, int(few * 0.6 * (1.0 - kept)), middle), _braced(stream, masses, raised)]
    spent = len(solid) + sum(len(group) for group in spans)
    rest = max(budget - spent, budget // 3)
    return join([solid, *spans, clad(stream, boxes, epoch=epoch, detail=0, year=year, unit=unit, budget=rest, room=room)])


def _bodies(stream: Stream, masses: list[Mass], kept: float) -> tuple[Hosts, Hosts]:
    """Masses as the hosts that are drawn, the bulky ones carved, and as those that are built on: drums only where they are met."""
    boxes = as_hosts(masses)
    forms = np.array([mass.form for mass in masses])
    carve = np.isin(forms, ("monolith", "hung", "lying")) & (stream.unit("carve", len(masses)) < 0.72)
    drum = forms == "drum"
    pieces = _opened(stream, boxes[carve], kept)
    again = stream.unit("carve again", len(pieces)) < 0.3
    if again.any():
        pieces = join_hosts([pieces[~again], _opened(stream.sub("again"), pieces[again], kept)])
    solid = join_hosts([boxes[~carve & ~drum], pieces])
    return solid, join_hosts([solid, *drum_hosts(boxes[drum])])


def _opened(stream: Stream, boxes: Hosts, kept: float) -> Hosts:
    return carved(boxes, *openings(stream, boxes, kept))


def _as_parts(stream: Stream, boxes: Hosts, prototype: str, year: float) -> Parts:
    """The hosts themselves as parts."""
    if not len(boxes):
        return EMPTY
    seen = 0.35 + 0.5 * (boxes.high[:, 2] / boxes.high[:, 2].max())
    tint = (stream.bits(prototype + " tint", len(boxes)) >> np.uint64(56)).astype(np.uint8)
    return parts(prototype, boxes.centre, boxes.size, boxes.material, exposure=seen * 255.0, tint=tint, year=year)


def _braced(stream: Stream, masses: list[Mass], year: float) -> Parts:
    """Struts under every lying or hung mass, back to the first mass that crosses it."""
    pairs = [(a, b) for a in masses if a.form in ("lying", "hung") for b in masses if b.form not in ("lying", "hung") and _cross(a, b)]
    if not pairs:
        return EMPTY
    return braces(as_hosts([a for a, _ in pairs]), as_hosts([b for _, b in pairs]), stream, year)


def _cross(a: Mass, b: Mass) -> bool:
    return all(a.low[i] <= b.high[i] and a.high[i] >= b.low[i] for i in range(3))
