"""One watertight body of many that overlap, made by manifold3d in a process of its own: it holds the interpreter and hears nothing.

Solids go to the process through a file without a name, and the body comes back through another: whatever happens, nothing is left.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from queue import Empty, SimpleQueue
from subprocess import PIPE, Popen
from threading import Thread
from typing import IO, NamedTuple

import numpy as np
from numpy.lib.format import read_array, write_array

from geometry.bake import grouped
from geometry.child import command, surroundings
from geometry.corners import BATCH, Corners, Scratch, corners_of, place_points, stand
from geometry.export.atomic import LimitError, OutputError
from geometry.export.body import FINEST, Body
from geometry.export.convex import numbered_solids
from geometry.export.report import Watch
from geometry.mesh import F32, I32
from geometry.parts import EMPTY, Parts
from geometry.place import Frame
from geometry.solids import prototypes

_HEARD_S = 0.02
"""How long a wish to cancel waits."""


class Alike(NamedTuple):
    """Solids of one shape."""

    points: F32
    """(n, k, 3), millimetres."""
    triangles: I32
    """(m, 3), numbered within a solid."""


def can_unite() -> bool:
    """Whether the library that makes unions is there."""
    return find_spec("manifold3d") is not None


@lru_cache(maxsize=1)
def _shapes() -> tuple[tuple[tuple[Corners, I32], ...], ...]:
    return tuple(tuple((corners_of(points), faces) for points, faces in numbered_solids(mesh)) for mesh in prototypes())


def solids_of_parts(parts: Parts, frame: Frame, scale: float) -> Iterator[tuple[slice, Alike]]:
    """The closed solids of parts that are grouped by prototype: the rows that they are of, and one solid of each; in turn all of a row."""
    cuts, scratch = np.flatnonzero(np.diff(parts.prototype, prepend=-1)), Scratch()
    for low in range(0, len(parts), BATCH):
        high = min(low + BATCH, len(parts))
        stance = stand(parts[low:high], frame, scale, scratch)
        for start, stop in pairwise([low, *cuts[(cuts > low) & (cuts < high)].tolist(), high]):
            for corners, triangles in _shapes()[int(parts.prototype[start])]:
                points = np.empty((stop - start, 3 * len(corners)), np.float32)
                place_points(corners, stance.of(start - low, stop - low), points, scratch)
                yield slice(start, stop), Alike(points.reshape(stop - start, -1, 3), triangles)


def skin_of_body(body: Body) -> Alike:
    """All skins of a body, which are closed together, as one."""
    starts = np.cumsum([0, *(len(points) for points, _ in body.skins[:-1])])
    faces = [triangles + np.int32(start) for (_, triangles), start in zip(body.skins, starts, strict=True)]
    return Alike(np.concatenate([points for points, _ in body.skins])[None], np.concatenate(faces))


def solids_of_body(body: Body, scale: float) -> Iterator[Alike]:
    """The closed solids of a body. Its skins are one; solids of one part that overlap are two."""
    yield from (solids for _, solids in solids_of_parts(grouped(body.parts)[0], body.frame, scale))
    if body.skins:
        yield skin_of_body(body)


def send(solids: Iterable[Alike], out: IO[bytes]) -> int:
    """Write solids for the other process: how many."""
    count = 0
    for some in solids:
        write_array(out, some.points, allow_pickle=False)
        write_array(out, some.triangles, allow_pickle=False)
        count += len(some.points)
    out.flush()
    return count


def received(file: IO[bytes], size: int) -> Iterator[Alike]:
    """What was sent, `size` bytes of it."""
    while file.tell() < size:
        points = read_array(file, allow_pickle=False)
        yield Alike(points, read_array(file, allow_pickle=False))


@dataclass(frozen=True, slots=True)
class Joining:
    """How solids are joined."""

    longest: float
    """Longest side of the whole, millimetres."""
    hollow: float = 0.0
    """Thickness of the walls about what is hollowed out, millimetres; 0 leaves it solid."""
    standing: bool = False
    """What does not hang together with what stands on the bed is left out."""
    least: float = 0.0
    """Bodies thinner than so many millimetres are left out."""

    @property
    def words(self) -> list[str]:
        """For the other process."""
        return [f"{self.longest * FINEST:.9g}", f"{self.hollow:.9g}", str(int(self.standing)), f"{self.least:.9g}"]


def united(some: Iterable[Body], scale: float, how: Joining, folder: Path, watch: Watch, share: int) -> Body:
    """All bodies as one.

    `share` is how much of the watch's total that is. Raises LimitError where the process dies of it, OutputError, Cancelled."""
    if not can_unite():
        raise ImportError("a union needs the library manifold3d; install megastructure[print]")
    tally = [0, 0]

    def met() -> Iterator[Alike]:
        for body in some:
            watch.check()
            tally[0], tally[1] = tally[0] + body.crumpled, tally[1] + body.slim
            yield from solids_of_body(body, scale)

    try:
        with tempfile.TemporaryFile(dir=folder) as question, tempfile.TemporaryFile(dir=folder) as answer:
            count = send(met(), question)
            question.seek(0)
            _asked(question, answer, how.words, watch, share)
            answer.seek(0)
            points, triangles, counts = (read_array(answer, allow_pickle=False) for _ in range(3))
    except OSError as error:
        raise OutputError(f"cannot keep the solids of a union in '{folder}': {error.strerror}; free some space") from error
    frame = Frame(np.zeros(3), np.eye(3))
    parted, drains, afloat, frail = counts.tolist()
    skins = ((points, triangles),)
    return Body("union", frame, EMPTY, skins, tally[0], tally[1], joined=count, parted=parted, drains=drains, afloat=afloat, frail=frail)


def _asked(question: IO[bytes], answer: IO[bytes], words: list[str], watch: Watch, share: int) -> None:
    """Run the process to its end, or end it when the caller wishes."""
    run = command("geometry.export.unite", *words)
    with Popen(run, stdin=question, stdout=answer, stderr=PIPE, env=surroundings()) as process:
        try:
            said = _followed(process, watch, share)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise LimitError(f"{said or 'the union took more memory than there is'}: export fewer triangles, or leave out --union")


def _followed(process: Popen[bytes], watch: Watch, share: int) -> str:
    """Pass on how far it is, until it ends; the last thing it said that was no number."""
    assert process.stderr is not None
    lines: SimpleQueue[bytes | None] = SimpleQueue()
    Thread(target=_read, args=(process.stderr, lines.put), name="union", daemon=True).start()
    done, said = 0, ""
    while True:
        watch.check()
        try:
            line = lines.get(timeout=_HEARD_S)
        except Empty:
            continue
        if line is None:
            return said
        text = line.decode(errors="replace").strip()
        if text.startswith("%"):
            now = int(float(text[1:]) * share)
            watch.step(now - done, "union")
            done = now
        elif text:
            said = text


def _read(pipe: IO[bytes], put: Callable[[bytes | None], None]) -> None:
    with suppress(ValueError, OSError):  # the pipe is closed under it when the process is ended
        for line in pipe:
            put(line)
    put(None)
