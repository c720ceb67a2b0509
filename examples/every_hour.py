"""Fill a folder with a wallpaper for every hour, each of another City: `python examples/every_hour.py ~/Pictures/city --size 4K`.

What is there already is kept, so a broken-off run goes on where it was; tomorrow's `--first-seed` brings new Cities.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from geometry import City
from viewer import best_view, render


def fill(
    folder: Path, hours: list[int], first_seed: int, size: str, count: int, kind: str, quality: int, max_triangles: int | None
) -> None:
    """One picture an hour, named by it: 00.png, 01.png …"""
    folder.mkdir(parents=True, exist_ok=True)
    for hour in hours:
        path = folder / f"{hour:02}.{kind}"
        if path.exists():
            continue
        state = best_view(count, city=City(seed=first_seed + hour), size=size, hour=float(hour))
        render(state, size=size, quality=quality, max_triangles=max_triangles).save(path)
        print(path, flush=True)


def main() -> None:
    """Read the flags and fill the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hours", type=int, nargs="*", default=list(range(24)))
    parser.add_argument("--first-seed", type=int, default=40)
    parser.add_argument("--size", default="4K", help="3840x2160 or a name: FHD, 4K, ultrawide, phone …")
    parser.add_argument("--compose", type=int, default=8, help="viewpoints to look at for each")
    parser.add_argument("--kind", default="png", choices=["png", "jpg", "webp"])
    parser.add_argument("--quality", type=int, default=2, choices=[1, 2, 3], help="samples along the side of a pixel")
    parser.add_argument("--max-triangles", type=int)
    given = parser.parse_args()
    fill(given.folder, given.hours, given.first_seed, given.size, given.compose, given.kind, given.quality, given.max_triangles)


if __name__ == "__main__":
    main()
