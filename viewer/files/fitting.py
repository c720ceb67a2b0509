"""Exports of what was shot through, fitted to the triangles allowed: a hole has many facets, so what it goes through takes more.

Found by counting what a file would hold: first with round holes, then with ever plainer ones, unfolding as much as fits."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from geometry.export.piece import Share, Store
from viewer.command.report import Advance
from viewer.errors import LimitError
from viewer.files.jobs import DRAWINGS, Export, named, pieces_of, sliced_pieces, taken_from
from viewer.files.regions import PLAINEST

if TYPE_CHECKING:
    from geometry.city import City
    from geometry.export import Piece

_TRIES = 5
"""Countings for one roundness of holes."""
_ENOUGH = 0.7
"""Of the triangles allowed: with so many no more are looked for."""
_TOO_MUCH = 2.5
"""Times what is allowed from which the holes are made plainer at once: less would leave no walls to go through."""
_LEAST = 64
"""Triangles to unfold at least: nothing is left of a place of fewer."""


@contextmanager
def fitted(job: Export, city: City, advance: Advance) -> Iterator[tuple[Export, Share | None]]:
    """The export with holes as round, and as much unfolded, as its triangles allow, and what it takes, kept on disk where it was counted:
    of a print that is laid out whole places, else what the holes leave of them. Itself and None where no hole is in it.

    Raises LimitError where not even the plainest fits; OutputError."""
    if job.suffix in DRAWINGS or not taken_from(replace(job, cuts=()), city):
        yield job, None
        return
    with ExitStack() as held:
        yield _fitted(job, city, advance, held)


def _fitted(job: Export, city: City, advance: Advance, held: ExitStack) -> tuple[Export, Share]:
    least = 0
    for plain in range(PLAINEST + 1):
        found, least = _unfolding(replace(job, plain=plain), city, advance)
        if found is not None:
            held.callback(found[1].store.close)
            return found
    raise LimitError(
        f"{job.output}: {named(job)} takes at least {least} triangles with the holes that were shot through it and {job.max_triangles} "
        f"are allowed; give --max-triangles {least} or more, or export a smaller place"
    )


def _unfolding(job: Export, city: City, advance: Advance) -> tuple[tuple[Export, Share] | None, int]:
    """(the export with as much unfolded as its triangles allow with holes of one roundness, and its places, or None; triangles last
    counted).

    Halved between what was too much and what fits, once both are known."""
    allowed, much, made = job.max_triangles, 0, 0
    best: tuple[Export, Share] | None = None
    unfolded = allowed
    for _ in range(_TRIES):
        one = replace(job, unfolded=unfolded)
        made, kept = _held(one, city, advance)
        if kept is not None:
            if best is not None:
                best[1].store.close()
            best = one, kept
            if not much or made > _ENOUGH * allowed:
                break
        else:
            much = unfolded
            if made > _TOO_MUCH * allowed and job.plain < PLAINEST:
                break
        unfolded = (best[0].unfolded + much) // 2 if best else _less(unfolded, made, allowed)
        if unfolded < _LEAST:
            break
    return best, made


def _less(unfolded: int, made: int, allowed: int) -> int:
    """Triangles to unfold next: without what was too much, or the same share of it where that leaves too little."""
    return int(max(unfolded - 1.1 * (made - allowed), 0.5 * unfolded * allowed / made))


def said_of_holes(job: Export) -> list[str]:
    """What the holes have cost, in a line."""
    if 0 < job.unfolded < job.max_triangles or job.plain:
        return [
            "the holes that were shot take many triangles, so they are plainer or less else is there; a larger --max-triangles gives more"
        ]
    return []


def _held(job: Export, city: City, advance: Advance) -> tuple[int, Share | None]:
    """(triangles of the file, counted no farther than it matters; its places, where they fit)."""
    found: Iterable[Piece] = pieces_of(job, advance)
    laid = job.wish is not None  # cut when it is laid out
    store = Store(found if laid else sliced_pieces(job, found, city), os.path.realpath(Path(job.output).parent))
    total = 0
    with ExitStack() as held:
        held.callback(store.close)
        for piece in sliced_pieces(job, store.first(), city) if laid else store.first():
            total += piece.parts.triangles + sum(len(mesh) for mesh in piece.skin)
            if total > 2.0 * _TOO_MUCH * job.max_triangles:
                break
        if total <= job.max_triangles:
            held.pop_all()
            return total, store.share
    return total, None
