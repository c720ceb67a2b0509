"""Words and colours over a finished picture: the clocks of a ride, the legend of a power. Arrays in, arrays out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.fields import Field
from viewer.imagefile import Samples
from viewer.powers import coloured

U8 = NDArray[np.uint8]
_INK, _QUIET, _PLATE = (242, 244, 244), (190, 198, 202), (10, 12, 13)
_SHARE, _LEAST = 0.026, 9
"""Height of the letters, in parts of the picture's; in pixels at least."""
_DENSE = 0.72
"""How much of the picture a plate covers."""


def captioned(pixels: U8, line: str) -> U8:
    """(h, w, 3) uint8 with a line of words at the lower left, no wider than the picture; the picture itself if there are none."""
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
    box = (size, high - 3 * size, min(round(pen.textlength(line, font=font)) + 3 * size, wide), high - size)
    image = Image.fromarray(_plated(pixels, box))
    ImageDraw.Draw(image).text((2 * size, high - 2 * size), line, fill=_INK, font=font, anchor="lm")
    return np.asarray(image)


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


def _plated(pixels: U8, box: tuple[int, int, int, int]) -> U8:
    """The picture with a dark plate over (left, top, right, bottom)."""
    left, top, right, bottom = box
    out = pixels.copy()
    under = out[top:bottom, left:right].astype(np.float32)
    out[top:bottom, left:right] = (under * (1.0 - _DENSE) + np.array(_PLATE, np.float32) * _DENSE + 0.5).astype(np.uint8)
    return out
