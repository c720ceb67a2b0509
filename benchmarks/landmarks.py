"""Writes docs/landmarks.md and draws its pictures, each by the command under it: `python benchmarks/landmarks.py [NAME ...]`.

Without names all are drawn, one at a time. `--page` writes the page alone; `--seeds N` draws nothing and tells of how many of N seeds
every landmark stands in the City and can be reached by its address.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.gallery import MOST_BYTES, fit  # noqa: E402
from geometry.city import City  # noqa: E402
from geometry.landmarks import INNER, PREFIX, SEATS, names  # noqa: E402
from geometry.spec import CitySpec  # noqa: E402
from viewer.journey.ride import on, ride_of  # noqa: E402
from viewer.link import link  # noqa: E402
from viewer.lore.landmarks import Card, cards  # noqa: E402
from viewer.views import view  # noqa: E402

PAGE = ROOT / "docs" / "landmarks.md"
FOLDER = ROOT / "docs" / "landmarks"
SIZE = "640x400"
TRIANGLES = 1_500_000
"""As many as make a picture of this size."""
HEAD = """\
# Landmarks

Places of the story, of which a City has one each. Where they lie follows from its seed; `landmark/NAME` leads to them in `render`,
`view`, `export`, `places`, the go-to box (Ctrl+F) and links. Made by `python benchmarks/landmarks.py`.
"""


def entry(card: Card) -> str:
    """One landmark of the page."""
    return f"""
## {card.title}

![{card.title}](landmarks/{card.name}.webp)

    sh run.sh render {PREFIX}{card.name} --size {card.size} --max-triangles {TRIANGLES} -o {card.name}.webp

{card.text} *{card.source}*

Our choice: {card.choice}
"""


RIDE, RIDE_PART = "ride", 0.51
"""The picture out of the film of the ride, and at which part of it."""
RIDDEN = f"""
### The ride

![What a passenger of the trunk lift sees](landmarks/{RIDE}.webp)

    sh run.sh film ride -o ride.mp4

One of its looks: near half of light's speed the plane of a layer bends round the way, what lies ahead crowds together and turns blue.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(entry(card) + (RIDDEN if card.name == "trunk-lift" else "") for card in cards().values())


def ridden() -> str:
    """The link of the picture of the ride."""
    spec = CitySpec()
    return link(on(ride_of(spec), view("opening", spec), RIDE_PART))


def draw(name: str) -> tuple[float, int]:
    """Draw one picture; seconds and bytes. Raises CalledProcessError."""
    start, path = time.perf_counter(), FOLDER / f"{name}.webp"
    words = [
        "render",
        ridden() if name == RIDE else PREFIX + name,
        "--size",
        SIZE if name == RIDE else cards()[name].size,
        "--max-triangles",
        str(TRIANGLES),
        "-o",
        str(path),
        "--force",
        "--no-config",
        "--quiet",
    ]
    subprocess.run([sys.executable, "-m", "viewer", *words], cwd=ROOT, check=True)
    fit(path)
    return time.perf_counter() - start, path.stat().st_size


def reached(seeds: int) -> int:
    """In how many Cities all landmarks stand where their addresses lead; those that lack one are told of."""
    whole, every = 0, {*SEATS, *INNER}
    for seed in range(1, seeds + 1):
        city = City(CitySpec(seed=seed))
        missing = every - set(names(city.spec))
        for name in every - missing:
            place = city.at(PREFIX + name)
            if city.at(str(place.address)).key != place.key or not (len(city.unfold(place).parts) or city.unfold(place).children):
                missing.add(name)
        whole += not missing
        if missing:
            print(f"seed {seed}: {', '.join(sorted(missing))}")
    return whole


def main(words: list[str]) -> int:
    """Draw those named, or all; 1 if a name is unknown or a picture came out too large."""
    if words[:1] == ["--seeds"]:
        seeds = int(words[1])
        start = time.perf_counter()
        found = reached(seeds)
        print(f"all {len(SEATS) + len(INNER)} landmarks in {found} of {seeds} Cities, {(time.perf_counter() - start) / seeds:.1f} s a City")
        return int(found < seeds)
    PAGE.write_text(page(), encoding="utf-8")
    if words == ["--page"]:
        return 0
    FOLDER.mkdir(exist_ok=True)
    every = (*cards(), RIDE)
    wrong = [name for name in words if name not in every]
    if wrong:
        print(f"there is no landmark {', '.join(wrong)}; there are {', '.join(every)}", file=sys.stderr)
        return 1
    large = 0
    for name in words or every:
        seconds, size = draw(name)
        large += size > MOST_BYTES
        print(f"{name:20} {seconds:6.1f} s {size / 1000:6.0f} kB{'  too large' if size > MOST_BYTES else ''}", flush=True)
    return int(large > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
