"""The thirteen decades of a City's own dive on one sheet: python benchmarks/decades.py [--seed N] [--small] [-o FILE]

A still for each power of ten of metres left to go, from 1e12 to 1e0: of some moments near it the one that the ten checks of a picture like
best, of those with most planes of depth up to four. Prints for each how many planes it has, how many powers of ten there are
among the sizes of what is drawn, and how much of it is one tone; ends with 1 if one is empty: nearly all one tone. `--small` draws them
a fifth as wide and as they come, to look at other seeds. Without -o it writes docs/pictures/dive-decades.jpg, which docs/gallery.md shows.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geometry.city import City
from geometry.spec import CitySpec
from viewer.compose import Unfolder, content, scene
from viewer.drawing.caption import captioned
from viewer.drawing.picture import Sampler
from viewer.journey.dive import Path as Way
from viewer.journey.dive import on, usual_path
from viewer.pictures.rubric import Check, judge, score
from viewer.scene import Content
from viewer.state import ViewState

U8 = NDArray[np.uint8]
OUTMOST = 12
ROWS = ((OUTMOST, 11, 10, 9), (8, 7, 6), (5, 4, 3), (2, 1, 0))
"""Powers of ten, row by row of the sheet."""
WIDE, GAP = 1600, 6
TRIANGLES = 700_000
_NEAR = (-0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4)
"""Powers of ten about a whole one at which a still may be taken."""
_APART = 0.6
"""Powers of ten between two stills, at least."""
_ENOUGH = 4.0
"""Planes of depth above which more are no better."""
_EMPTY = 0.85
"""The share of a still in one tone, of 24, from which it counts as empty."""


def moment(way: Way, power: float) -> float:
    """The share of a way's time at which 10**power metres are left to go."""
    shares = np.linspace(0.0, 1.0, 6001)
    left = np.array([np.sqrt(((np.asarray(way.camera(share).position) - way.goal) ** 2).sum()) for share in shares])
    return float(shares[int(np.abs(np.log10(left + 1e-9) - power).argmin())])


def one_tone(pixels: U8) -> float:
    """The share of a picture that its commonest grey of 24 takes."""
    return float(np.bincount((pixels.mean(axis=-1) * (23.99 / 255.0)).astype(int).ravel(), minlength=24).max() / pixels[..., 0].size)


def drawn(unfold: Unfolder, way: Way, power: float, size: tuple[int, int], finely: int) -> tuple[U8, tuple[Check, ...], Content]:
    """A picture of a way with 10**power metres left to go, how it is judged, and what is in it."""
    state = on(way, ViewState(city=unfold.city.spec), moment(way, power))
    made = content(unfold, state, size, TRIANGLES if finely > 1 else TRIANGLES // 3)
    sampler = Sampler(size, finely, taps=16)
    pixels, depth = (np.asarray(array, dtype=np.float32) for array in sampler(scene(state, made)))
    sampler.close()
    return pixels.astype(np.uint8), judge(pixels.astype(np.uint8), depth), made


def _planes(checks: tuple[Check, ...]) -> float:
    return next(check.value for check in checks if check.name == "planes of depth")


def still(unfold: Unfolder, way: Way, powers: list[float], size: tuple[int, int], finely: int) -> tuple[U8, float, str, bool]:
    """The best still at one of some powers of ten, one with enough planes of depth, if there is such; at which it is, what there is to say
    of it, and whether it is empty."""
    drawings = [(drawn(unfold, way, power, size, finely), power) for power in powers]
    (pixels, checks, made), power = max(drawings, key=lambda one: (min(_planes(one[0][1]), _ENOUGH), score(one[0][1])))
    size_of = np.log10(np.maximum(made.instances.scale.max(axis=1), 1e-3))
    same = one_tone(pixels)
    powers_of_size = len(np.unique(np.floor(size_of)))
    said = f"1e{power:<5.1f}  {_planes(checks):.0f} planes, {powers_of_size} powers of size, {100 * same:.0f} % of one tone"
    return pixels, power, said, same > _EMPTY


def far(power: float) -> str:
    """A distance as one says it."""
    unit, name = next((unit, name) for unit, name in ((9, "million km"), (3, "km"), (-9, "m")) if power > unit - 0.3)
    value = 10.0 ** (power - max(unit, 0))
    return f"{float(f'{value:.1g}'):,.0f} {name}" if value >= 1.0 else f"{value:.1g} {name}"


def sheet(seed: int, small: bool) -> tuple[U8, int]:
    """The sheet, and how many of its stills are empty."""
    spec = CitySpec(seed=seed)
    unfold, way = Unfolder(City(spec)), usual_path(spec)
    scale, rows, empty, before = (5 if small else 1), list[U8](), 0, OUTMOST + _APART
    for powers in ROWS:
        wide = (WIDE // scale - GAP * (len(powers) - 1)) // len(powers)
        size, row = (wide, round(wide * 9 / 16)), list[U8]()
        for power in powers:
            near = [power + off for off in ([0.0] if small else _NEAR) if power + off <= before - _APART]
            pixels, before, said, bad = still(unfold, way, near, size, 1 if small else 2)
            print(said, "EMPTY" if bad else "", flush=True)
            empty += bad
            row += [captioned(pixels, "" if small else far(before)), np.full((size[1], GAP, 3), 8, np.uint8)]
        line = np.concatenate(row[:-1], axis=1)
        line = np.pad(line, ((0, GAP), (0, WIDE // scale - line.shape[1]), (0, 0)), constant_values=8)
        rows.append(line)
    return np.concatenate(rows)[:-GAP], empty


def main() -> int:
    """1 if a still is empty."""
    from PIL import Image

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=40)
    options.add_argument("-o", "--output", type=Path, default=Path("docs/pictures/dive-decades.jpg"))
    options.add_argument("--small", action="store_true")
    given = options.parse_args()
    made, empty = sheet(given.seed, given.small)
    for quality in (86, 80, 72, 64, 56):
        Image.fromarray(made).save(given.output, quality=quality, optimize=True)
        if given.output.stat().st_size < 600_000:
            break
    print(f"{given.output}: {made.shape[1]} x {made.shape[0]}, {given.output.stat().st_size / 1e3:.0f} kB; {empty} of 13 empty")
    return int(empty > 0)


if __name__ == "__main__":
    sys.exit(main())
