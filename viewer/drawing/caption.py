"""Words and colours over a finished picture: the clocks of a ride, the legend of a power. Arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from geometry.fields import Field
from viewer.lore.powers import coloured
from viewer.pictures.imagefile import Samples

U8 = NDArray[np.uint8]
_INK, _QUIET, _PLATE = (242, 244, 244), (190, 198, 202), (10, 12, 13)
_SHARE, _LEAST = 0.026, 9
"""Height of the letters, in parts of the picture's; in pixels at least."""
_GAP = "   "
"""Between what is told side by side."""
_DENSE = 0.72
"""How much of the picture a plate covers."""


def captioned(pixels: U8, line: str) -> U8:
    """(h, w, 3) uint8 with a line of words at the lower left, no wider than the picture: where its letters would be too small it goes on
    below. The picture itself if there are none."""
    if not line:
        return pixels
    from PIL import Image, ImageDraw, ImageFont

    high, wide = pixels.shape[:2]
    size = max(round(_SHARE * high), _LEAST)
    pen = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    font = ImageFont.load_default(size)
    while size > _LEAST and pen.textlength(line, font=font) > wide - 4 * size:
        size -= 1
        font = ImageFont.load_default(size)
    rows = wrapped(line, lambda words: pen.textlength(words, font=font) <= wide - 4 * size)
    top = high - size - round((1.35 * len(rows) + 0.65) * size)
    right = min(round(max(pen.textlength(row, font=font) for row in rows)) + 3 * size, wide)
    image = Image.fromarray(_plated(pixels, (size, max(top, 0), right, high - size)))
    pen = ImageDraw.Draw(image)
    for number, row in enumerate(rows):
        pen.text((2 * size, top + (1.0 + 1.35 * number) * size), row, fill=_INK, font=font, anchor="lm")
    return np.asarray(image)


def wrapped(line: str, fits: Callable[[str], bool]) -> list[str]:
    """A line as rows that fit, broken where there are wide gaps, or else between words; a word alone may be wider."""
    for gap in (_GAP, " "):
        rows = [""]
        for piece in line.split(gap):
            longer = f"{rows[-1]}{gap}{piece}" if rows[-1] else piece
            rows = [*rows[:-1], longer] if fits(longer) or not rows[-1] else [*rows, piece]
        if all(map(fits, rows)):
            break
    return rows


def with_legend(pixels: Samples, field: Field) -> Samples:
    """(h, w, 3 or 4) with the name of a power, its colours, what none and much of it are called, its canon row: at the lower right."""
    from PIL import Image, ImageDraw, ImageFont

    high, wide = pixels.shape[:2]
    size = max(round(_SHARE * high), _LEAST)
    font, small = ImageFont.load_default(size), ImageFont.load_default(max(round(0.8 * size), _LEAST))
    left, right = max(wide - 20 * size, size), wide - 2 * size
    top = high - 6 * size
    whole = _plated(np.zeros((high, wide, 3), np.uint8), (left - size, top - size, right + size, high - size))
    image = Image.fromarray(whole)
    pen = ImageDraw.Draw(image)
    pen.text((left, top), field.title, fill=_INK, font=font, anchor="lm")
    pen.text((right, top), field.canon, fill=_QUIET, font=small, anchor="rm")
    for word, x, anchor in ((field.words[0], left, "lm"), (field.words[2], right, "rm")):
        pen.text((x, top + 3.4 * size), word, fill=_QUIET, font=small, anchor=anchor)
    plate = np.asarray(image).copy()
    plate[top + size : top + 2 * size, left:right] = coloured(np.linspace(0.0, 1.0, right - left)[None, :])[..., :3]
    box = (slice(top - size, high - size), slice(left - size, right + size))
    top_value = 65_535.0 if pixels.dtype == np.uint16 else 255.0
    out = pixels.copy()
    out[box][..., :3] = (plate[box].astype(np.float32) * (top_value / 255.0) + 0.5).astype(pixels.dtype)
    out[box][..., 3:] = round(top_value)
    return out


def with_note(pixels: Samples, line: str) -> Samples:
    """(h, w, 3 or 4) with a line of words on a dark plate at the lower left."""
    made = captioned(np.zeros((*pixels.shape[:2], 3), np.uint8), line)
    plate = made.any(axis=-1)
    top_value = 65_535.0 if pixels.dtype == np.uint16 else 255.0
    out = pixels.copy()
    out[plate, :3] = (made[plate].astype(np.float32) * (top_value / 255.0) + 0.5).astype(pixels.dtype)
    out[plate, 3:] = round(top_value)
    return out


def _plated(pixels: U8, box: tuple[int, int, int, int]) -> U8:
    """The picture with a dark plate over (left, top, right, bottom)."""
    left, top, right, bottom = box
    out = pixels.copy()
    under = out[top:bottom, left:right].astype(np.float32)
    out[top:bottom, left:right] = (under * (1.0 - _DENSE) + np.array(_PLATE, np.float32) * _DENSE + 0.5).astype(np.uint8)
    return out
