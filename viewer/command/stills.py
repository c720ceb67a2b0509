"""Stills of the command: each first estimated, then scouted if its view is to be found, drawn and written. Loads VTK only to draw."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geometry.address import Address
from viewer.command.options import Quality, What
from viewer.command.report import Advance
from viewer.errors import LimitError, WriteError
from viewer.heap import machine_bytes
from viewer.link import link
from viewer.outputs import STDOUT
from viewer.state import ViewState

if TYPE_CHECKING:
    from viewer.drawing.scout import Find
    from viewer.pictures.imagefile import Samples
    from viewer.scene import Scene

SUPERSAMPLE: dict[str, int] = {"draft": 1, "good": 2, "best": 3}
BASE_BYTES = 350_000_000
TRIANGLE_BYTES = 120
PIXEL_BYTES = 12
SAMPLE_BYTES = 75
DEEP_SAMPLE_BYTES = 40
"""More, where samples are read back as floats."""
TILE, MARGIN = 4608, 480
"""As in viewer/drawing/picture.py, which loads VTK: drawn pixels of a tile, and about it."""
SAMPLE_SECONDS = 4e-7
RAY_SIDE, RAY_SECONDS, RAY_BYTES, RAY_TREE_BYTES = 1920, 7e-6, 350, 600_000_000
"""Of a picture lit by rays: the longest side they are gathered at, of one ray, of a pixel, of what they may meet."""
SCOUT_SECONDS = 2.0
"""About how long it takes to look at a viewpoint."""


@dataclass(frozen=True, slots=True)
class Quest:
    """A view to be found: the best of so many viewpoints."""

    count: int
    what: What
    """The flags that hold for every viewpoint."""
    place: Address | None = None
    """Where to look; None for all of the City."""
    sheet: str | None = None
    """The contact sheet to write."""


@dataclass(frozen=True, slots=True)
class Still:
    """One picture to make."""

    state: ViewState
    size: tuple[int, int]
    output: str
    quality: Quality = "good"
    transparent: bool = False
    max_triangles: int | None = None
    max_memory: int | None = None
    """Bytes; None for what the machine has."""
    deep: bool = False
    """16 bits a sample."""
    passes: tuple[str, ...] = ()
    """What is written beside it: depth, normal."""
    quest: Quest | None = None
    """How to find its view; `state` then only says which City."""
    legend: bool = False
    """Whether the colours of its power are explained."""
    rays: int = 0
    """Rays a pixel that gather its light."""

    @property
    def suffix(self) -> str:
        """How the file's name ends; what goes to stdout is a PNG."""
        return ".png" if self.output == STDOUT else Path(self.output).suffix.lower()

    @property
    def fine(self) -> bool:
        """Whether it is drawn in more than 8 bits."""
        return self.deep or self.suffix == ".exr"

    @property
    def files(self) -> tuple[str, ...]:
        """Everything that is written."""
        sheet = self.quest.sheet if self.quest is not None else None
        return (self.output, *(self.beside(name) for name in self.passes), *([sheet] if sheet else []))

    def beside(self, name: str) -> str:
        """The file of a pass: wall.depth.exr and wall.normal.png go with wall.png."""
        return str(Path(self.output).with_suffix("")) + (".depth.exr" if name == "depth" else ".normal.png")


def still_bytes(size: tuple[int, int], supersample: int, triangles: int, *, deep: bool = False) -> int:
    """About how much memory a still takes: the picture, one tile of samples, the triangles, and the libraries."""
    pixels = size[0] * size[1] * (2 if deep else 1)
    samples = _tile_side(size[0] * supersample) * _tile_side(size[1] * supersample)
    each = SAMPLE_BYTES + (DEEP_SAMPLE_BYTES if deep else 0)
    return BASE_BYTES + pixels * PIXEL_BYTES + samples * each + triangles * TRIANGLE_BYTES


def _tile_side(drawn: int) -> int:
    """The longer a side, the more tiles; drawn pixels of the largest, with its margins."""
    count = -(-drawn // TILE)
    return min(drawn, -(-drawn // count) + (2 if count > 2 else 1) * MARGIN)


def _bytes(job: Still, triangles: int) -> int:
    rays = RAY_TREE_BYTES + RAY_BYTES * _ray_pixels(job.size) if job.rays else 0
    return still_bytes(job.size, SUPERSAMPLE[job.quality], triangles, deep=job.fine) + rays


def _ray_pixels(size: tuple[int, int]) -> int:
    share = max(2.0, max(size) / RAY_SIDE)
    return int(size[0] * size[1] / share**2)


def refuse_over(job: Still, triangles: int = 0) -> None:
    """Raise LimitError if a still needs more bytes than allowed, or than the machine has."""
    needed = _bytes(job, triangles)
    allowed = job.max_memory if job.max_memory is not None else machine_bytes()
    if allowed and needed > allowed:
        raise LimitError(
            f"this needs about {needed / 1e9:.1f} GB of memory and {allowed / 1e9:.1f} GB are allowed; "
            "lower --size, --quality or --max-triangles"
        )


def composed(job: Still) -> Scene:
    """The scene of a still. Raises LimitError where the City at this detail does not fit."""
    from geometry.city import City
    from viewer.compose import STILL_TRIANGLES, Unfolder, content, scene

    budget = STILL_TRIANGLES if job.max_triangles is None else job.max_triangles
    return scene(job.state, content(Unfolder(City(job.state.city)), job.state, job.size, budget))


def _drawing_seconds(job: Still) -> float:
    return job.size[0] * job.size[1] * SUPERSAMPLE[job.quality] ** 2 * SAMPLE_SECONDS + job.rays * _ray_pixels(job.size) * RAY_SECONDS


def dry_still(job: Still) -> dict[str, Any]:
    """What a still would take, without drawing it."""
    start = time.perf_counter()
    told = {"output": job.output, "width": job.size[0], "height": job.size[1]}
    if job.quest is not None:  # which view it will be, nobody knows before all are drawn small
        seconds = _drawing_seconds(job) + SCOUT_SECONDS * job.quest.count
        found = {"viewpoints": job.quest.count, "memory_bytes": _bytes(job, job.max_triangles or 0)}
        return {**told, **found, "bytes": _file_bytes(job), "seconds": round(seconds, 1)}
    what = composed(job).content
    return {
        **told,
        "parts": len(what.instances.prototype),
        "triangles": what.triangles,
        "memory_bytes": _bytes(job, what.triangles),
        "bytes": _file_bytes(job),
        "seconds": round(time.perf_counter() - start + _drawing_seconds(job), 1),
        "link": link(job.state),
    }


_PIXEL_FILE_BYTES = {".png": 2.0, ".exr": 4.2, ".webp": 0.3}


def _file_bytes(job: Still) -> int:
    each = 5.2 if job.deep and job.suffix == ".png" else _PIXEL_FILE_BYTES.get(job.suffix, 0.6)
    return round(job.size[0] * job.size[1] * each)


def make_still(job: Still, advance: Advance = lambda part: None) -> dict[str, Any]:
    """Find its view if need be, draw a still and write it, whole or not at all; what was made.

    Raises LimitError, WriteError, DisplayError, MemoryError, LookupError.
    """
    from viewer.drawing.picture import still, write_png

    start = time.perf_counter()
    job, found, share = _found(job, advance)
    what = composed(job)
    refuse_over(job, what.content.triangles)
    with talk_on_stderr(job.output == STDOUT):
        pixels = still(
            what,
            job.size,
            supersample=SUPERSAMPLE[job.quality],
            transparent=job.transparent,
            deep=job.fine,
            rays=job.rays,
            advance=lambda part: advance(share + (1.0 - share) * part),
        )
    pixels = _overlaid(job, what, pixels)
    words = {"city": link(job.state), "Software": "megastructure"}
    _write_passes(job, what, words)
    with landed(job.output, job.suffix) as path:
        write_png(path, pixels, words)
    return {
        "output": job.output,
        "width": job.size[0],
        "height": job.size[1],
        "triangles": what.content.triangles,
        "seconds": round(time.perf_counter() - start, 2),
        "link": words["city"],
        **({"passes": [job.beside(name) for name in job.passes]} if job.passes else {}),
        **found,
    }


def _overlaid(job: Still, what: Scene, pixels: Samples) -> Samples:
    """The picture with what its power names laid over it, and the legend if it is asked for."""
    if not job.state.power or job.state.beta:
        return pixels
    from viewer.drawing.overlay import explained, overlaid
    from viewer.drawing.picture import behind

    over = overlaid(pixels, job.state, behind(what, job.size)[0])
    return explained(over, job.state) if job.legend else over


def _found(job: Still, advance: Advance) -> tuple[Still, dict[str, Any], float]:
    """The job with the best view that its quest finds, what there is to say of it, and what part of the work that was."""
    if job.quest is None:
        return job, {}, 0.0
    from viewer.drawing.scout import scouted

    seconds = SCOUT_SECONDS * job.quest.count
    share = seconds / (seconds + _drawing_seconds(job))
    finds = scouted(
        job.state.city,
        job.quest.count,
        place=job.quest.place,
        aspect=job.size[0] / job.size[1],
        dressed=_dressed(job),
        advance=lambda done, whole: advance(0.7 * share * done / whole),  # the finalists are developed after that
    )
    if job.quest.sheet is not None:
        _write_sheet(job.quest.sheet, finds)
    best = finds[0]
    told = [{"name": check.name, "value": round(float(check.value), 4), "passed": check.passed} for check in best.checks]
    return (
        replace(job, state=best.state),
        {"view": best.name, "score": round(best.score, 2), "passed": best.passed, "checks": told},
        share,
    )


def _dressed(job: Still) -> Callable[[ViewState], ViewState]:
    """What the flags make of each viewpoint."""
    from viewer.command.sources import flagged

    assert job.quest is not None
    what = job.quest.what
    return lambda state: replace(flagged(state, what), detail=job.state.detail)


def _write_sheet(path: str, finds: list[Find]) -> None:
    from viewer.drawing.sheet import contact_sheet
    from viewer.pictures.imagefile import write

    write(path, contact_sheet(finds), {"city": link(finds[0].state), "Software": "megastructure"})


def _write_passes(job: Still, what: Scene, words: dict[str, str]) -> None:
    """Depth in metres as an EXR of floats, normals in the City's axes as a PNG of 16 bits."""
    if not job.passes:
        return
    import numpy as np

    from geometry.export.atomic import atomic
    from viewer.drawing.picture import behind
    from viewer.pictures.imagefile import exr, write

    depth, normal = behind(what, job.size)
    if "normal" in job.passes:
        write(job.beside("normal"), ((normal * 0.5 + 0.5) * 65_535.0 + 0.5).astype(np.uint16), words)
    if "depth" in job.passes:
        with atomic(job.beside("depth")) as output:
            output.write(exr({"Z": depth}, words))


@contextmanager
def talk_on_stderr(wanted: bool) -> Iterator[None]:
    """While it lasts, what libraries print on stdout goes to stderr, where it cannot spoil a picture sent to a pipe."""
    if not wanted:
        yield
        return
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


@contextmanager
def landed(output: str, suffix: str) -> Iterator[Path]:
    """The path to write: the output's own, or a temporary one that is copied to stdout at the end. Raises WriteError."""
    try:
        if output != STDOUT:
            yield Path(output)
            return
        with tempfile.TemporaryDirectory(prefix="megastructure-") as folder:
            path = Path(folder) / f"stdout{suffix}"
            yield path
            with path.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    except OSError as error:
        name = "stdout" if output == STDOUT else output
        raise WriteError(f"{name}: could not be written ({error.strerror or error}); free space or choose another name") from None
