"""How good the pictures are that `render --compose` finds by itself: `python benchmarks/rubric.py [--seeds 50] [--compose 16]`.

For every seed the best of so many viewpoints is judged by the ten checks of viewer/rubric.py. Pictures given with --reference are measured
first with the checks that need no depth, which is what the thresholds are calibrated by.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from pathlib import Path

import numpy as np

from geometry.spec import CitySpec
from viewer.drawing.scout import PIXELS, Find, scouted
from viewer.drawing.sheet import contact_sheet
from viewer.imagefile import write
from viewer.rubric import judge

WITHOUT_DEPTH = (0, 1, 2, 3, 4, 5, 9)
"""Checks that a picture alone answers."""


def referenced(path: Path) -> str:
    """A line of the checks of a picture, shrunk to the size at which viewpoints are judged."""
    from PIL import Image

    image = Image.open(path).convert("RGB")
    scale = (PIXELS / (image.size[0] * image.size[1])) ** 0.5
    small = np.asarray(image.resize((round(image.size[0] * scale), round(image.size[1] * scale)), Image.Resampling.BOX))
    checks = judge(small, np.full(small.shape[:2], np.inf, np.float32))
    return f"{path.stem:20}" + "  ".join(f"{checks[n].name.split(',')[0]} {checks[n].value:.3f}" for n in WITHOUT_DEPTH)


def line(seed: int, best: Find, seconds: float) -> str:
    """What there is to say of the best view of a City."""
    failed = ", ".join(f"{check.name} {check.value:.3f}" for check in best.checks if not check.passed)
    return f"{seed:>10}  {best.passed:2} of 10  {best.name:20} {seconds:5.1f} s  {failed}"


def main() -> None:
    """Print a line a seed, which kinds won, what failed, and the share with nine of ten or more."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--compose", type=int, default=16)
    parser.add_argument("--sheet", type=Path, help="write the best of every seed side by side")
    parser.add_argument("--reference", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    for path in given.reference:
        print(referenced(path))
    draw = random.Random(2024)
    kept: list[Find] = []
    for _ in range(given.seeds):
        seed, start = draw.randrange(2**31), time.perf_counter()
        kept.append(scouted(CitySpec(seed=seed), given.compose)[0])
        print(line(seed, kept[-1], time.perf_counter() - start), flush=True)
    failed = Counter(check.name for find in kept for check in find.checks if not check.passed)
    print("kinds that won:", dict(Counter(find.name.rpartition(" ")[0] for find in kept).most_common()))
    print("checks failed:", dict(failed.most_common()))
    share = sum(find.passed >= 9 for find in kept) / len(kept)
    print(f"{share:.0%} of {len(kept)} seeds have at least 9 of 10 through --compose {given.compose} (goal 80 %)")
    if given.sheet is not None:
        write(given.sheet, contact_sheet(kept, 5), {})


if __name__ == "__main__":
    main()
