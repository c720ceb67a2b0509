"""How good the pictures are that `render --compose` finds by itself.

    python benchmarks/rubric.py [--seeds 50] [--compose 16] [--kept FOLDER] [--sheet worst.png]

For every seed the best of so many viewpoints is judged by the ten checks of viewer/pictures/rubric.py. Each is kept once found, as
a line of FOLDER/found.jsonl and a small picture beside it: a run that was broken off goes on where it was, and several may share a folder.
Pictures given with --reference are measured with the checks that need no depth, which is what the thresholds are calibrated by.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from geometry.spec import CitySpec
from viewer.drawing.scout import PIXELS, Find, scouted
from viewer.drawing.sheet import contact_sheet
from viewer.link import link, parse
from viewer.pictures.imagefile import write
from viewer.pictures.rubric import Check, judge

WITHOUT_DEPTH = (0, 1, 2, 3, 4, 5, 9)
"""Checks that a picture alone answers."""
_ON_THE_SHEET = 20
"""How many of the worst are put side by side: they tell what to mend."""


def referenced(path: Path) -> str:
    """A line of the checks of a picture, shrunk to the size at which viewpoints are judged."""
    from PIL import Image

    image = Image.open(path).convert("RGB")
    scale = (PIXELS / (image.size[0] * image.size[1])) ** 0.5
    small = np.asarray(image.resize((round(image.size[0] * scale), round(image.size[1] * scale)), Image.Resampling.BOX))
    checks = judge(small, np.full(small.shape[:2], np.inf, np.float32))
    return f"{path.stem:20}" + "  ".join(f"{checks[n].name.split(',')[0]} {checks[n].value:.3f}" for n in WITHOUT_DEPTH)


def row_of(seed: int, best: Find, seconds: float) -> dict[str, object]:
    """What is kept of the best view of a City, as JSON has it."""
    checks = [{"name": check.name, "value": float(check.value), "passed": check.passed} for check in best.checks]
    said: dict[str, object] = {"seed": seed, "name": best.name, "passed": best.passed, "score": round(best.score, 3), "checks": checks}
    return {**said, "seconds": round(seconds, 1), "link": link(best.state)}


def line(row: dict) -> str:  # type: ignore[type-arg]
    """What there is to say of a row."""
    failed = ", ".join(f"{check['name']} {check['value']:.3f}" for check in row["checks"] if not check["passed"])
    return f"{row['seed']:>10}  {row['passed']:2} of 10  {row['name']:20} {row['seconds']:5.1f} s  {failed}"


def rows_in(folder: Path) -> dict[int, dict]:  # type: ignore[type-arg]
    """What is kept already, by seed; a last line that was broken off is left out."""
    path = folder / "found.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    return {row["seed"]: row for row in (json.loads(text) for text in lines if text.endswith("\n"))}


def look(seed: int, count: int, folder: Path) -> dict[str, object]:
    """Find the best view of a City, and keep it."""
    start = time.perf_counter()
    best = scouted(CitySpec(seed=seed), count)[0]
    row = row_of(seed, best, time.perf_counter() - start)
    write(folder / f"{seed}.png", best.pixels, {"city": str(row["link"])})
    with (folder / "found.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    return row


def find_of(row: dict, folder: Path) -> Find:  # type: ignore[type-arg]
    """A kept row as the contact sheet wants it."""
    from PIL import Image

    with Image.open(folder / f"{row['seed']}.png") as image:
        pixels = np.asarray(image.convert("RGB"))
    checks = tuple(Check(check["name"], check["value"], low=-np.inf if check["passed"] else np.inf) for check in row["checks"])
    return Find(f"{row['name']} of {row['seed']}", parse(row["link"]), checks, pixels)


def summed(rows: list[dict], count: int) -> list[str]:  # type: ignore[type-arg]
    """Which kinds won, what failed, and the share with nine of ten or more."""
    kinds = Counter(row["name"].rpartition(" ")[0] for row in rows)
    failed = Counter(check["name"] for row in rows for check in row["checks"] if not check["passed"])
    passed = Counter(row["passed"] for row in rows)
    share = sum(row["passed"] >= 9 for row in rows) / len(rows)
    return [
        f"kinds that won: {dict(kinds.most_common())}",
        f"checks failed: {dict(failed.most_common())}",
        f"checks passed: {dict(sorted(passed.items(), reverse=True))}",
        f"{share:.0%} of {len(rows)} seeds have at least 9 of 10 through --compose {count} (goal 80 %)",
    ]


def main() -> None:
    """Print a line a seed, and the sum of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--compose", type=int, default=16)
    parser.add_argument("--kept", type=Path, help="folder in which what was found is kept")
    parser.add_argument("--sheet", type=Path, help="write the worst side by side")
    parser.add_argument("--reference", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    for path in given.reference:
        print(referenced(path))
    draw = random.Random(2024)
    seeds = [draw.randrange(2**31) for _ in range(given.seeds)]
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.kept or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        there = rows_in(folder)
        rows = []
        for seed in seeds:
            rows.append(there.get(seed) or look(seed, given.compose, folder))
            print(line(rows[-1]), flush=True)
        print("\n".join(summed(rows, given.compose)))
        if given.sheet is not None:
            worst = sorted(rows, key=lambda row: (row["passed"], row["score"]))[:_ON_THE_SHEET]
            write(given.sheet, contact_sheet([find_of(row, folder) for row in worst], 5), {})


if __name__ == "__main__":
    main()
