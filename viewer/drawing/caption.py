"""Words and colours over a finished picture: the clocks of a ride, the legend of a power. Arrays in, arrays out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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


def _plated(pixels: U8, box: tuple[int, int, int, int]) -> U8:
    """The picture with a dark plate over (left, top, right, bottom)."""
    left, top, right, bottom = box
    out = pixels.copy()
    under = out[top:bottom, left:right].astype(np.float32)
    out[top:bottom, left:right] = (under * (1.0 - _DENSE) + np.array(_PLATE, np.float32) * _DENSE + 0.5).astype(np.uint8)
    return out
