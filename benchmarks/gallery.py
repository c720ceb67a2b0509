"""Draws the pictures of docs/gallery.md anew, each by the command that stands under it: `python benchmarks/gallery.py [NAME ...]`.

Without names all are drawn, one at a time. Nothing is drawn that the page does not show, so page and pictures cannot drift apart.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "gallery.md"
FOLDER = ROOT / "docs" / "gallery"
MOST_BYTES = 150_000
_ENTRY = re.compile(r"!\[([^\]]+)\]\(gallery/([\w.-]+)\)\n+    sh run\.sh (render .+)$", re.M)


@dataclass(frozen=True, slots=True)
class Picture:
    """One entry of the page."""

    title: str
    file: str
    words: tuple[str, ...]
    """The command, without `sh run.sh`."""


def pictures(page: Path = PAGE) -> list[Picture]:
    """What the page shows, in its order."""
    return [Picture(title, file, tuple(shlex.split(line))) for title, file, line in _ENTRY.findall(page.read_text(encoding="utf-8"))]


def draw(picture: Picture) -> tuple[float, int]:
    """Draw one into the gallery's folder; seconds and bytes. Raises CalledProcessError."""
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("MEGASTRUCTURE_")} | {"PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    command = [sys.executable, "-m", "viewer", *picture.words, "--force", "--no-config", "--quiet"]
    subprocess.run(command, cwd=FOLDER, env=surroundings, check=True)
    fit(FOLDER / picture.file)
    return time.perf_counter() - start, (FOLDER / picture.file).stat().st_size


def fit(path: Path) -> None:
    """Squeeze a picture that is too large for a page, link and all. Ink keeps its lines better in a few greys than in a lossy file."""
    import numpy as np
    from PIL import Image

    with Image.open(path) as opened:
        image, exif = opened.convert("RGB"), opened.info.get("exif", b"")
    pixels = np.asarray(image).astype(np.float64)
    grey = float(np.ptp(pixels, axis=2).mean()) < 1.0
    for level in (12, 8, 6, 4) if grey else (88, 80, 72, 64, 52):
        if path.stat().st_size <= MOST_BYTES:
            return
        if grey:
            few = np.round(np.round(pixels / 255.0 * (level - 1)) * (255.0 / (level - 1))).astype(np.uint8)
            Image.fromarray(few).save(path, "WEBP", lossless=True, quality=100, method=6, exif=exif)
        else:
            image.save(path, "WEBP", quality=level, method=6, exif=exif)


def main(names: list[str]) -> int:
    """Draw those named, or all; 1 if a name is unknown or a picture came out too large."""
    FOLDER.mkdir(exist_ok=True)
    known = {Path(picture.file).stem: picture for picture in pictures()}
    wrong = [name for name in names if name not in known]
    if wrong:
        print(f"{PAGE.name} shows no {', '.join(wrong)}; it shows {', '.join(known)}", file=sys.stderr)
        return 1
    large = 0
    for name in names or known:
        seconds, size = draw(known[name])
        large += size > MOST_BYTES
        print(f"{name:24} {seconds:6.1f} s {size / 1000:6.0f} kB{'  too large' if size > MOST_BYTES else ''}", flush=True)
    return int(large > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
