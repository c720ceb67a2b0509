"""What is laid over a finished picture: the colours of a power, or ghost orbits. Arrays in, arrays out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viewer.drawing.caption import with_legend, with_note
from viewer.lore import orbits, powers
from viewer.pictures.imagefile import F32, Samples
from viewer.state import ViewState

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

F64 = NDArray[np.float64]
_SHARE, _LEAST = 0.0155, 10
"""Height of a name's letters, in parts of the picture's; in pixels at least."""
_FINE = 720.0
"""Height of a picture whose hairlines are one pixel wide; in larger ones they are wider."""
_HALF, _SHADE = 0.6, 2.2
"""Half the width of a dash, and of the shade round it, hairlines."""


def overlaid(pixels: Samples, state: ViewState, depths: F32) -> Samples:
    """A picture (h, w, 3 or 4) of a state with what its `power` names laid over it; `depths` (h, w) are metres along the sight axis,
    infinite where there is nothing. The picture itself if that is nothing."""
    return with_orbits(pixels, state, depths) if state.power == orbits.NAME else powers.laid(pixels, state, depths)


def with_orbits(pixels: Samples, state: ViewState, depths: F32) -> Samples:
    """With dashes where the bodies moved and their names beside them: fainter where something lies before them."""
    high, wide = depths.shape
    unit = max(1.0, high / _FINE)
    font = _font(high)

    def measure(words: str) -> tuple[float, float]:
        return font.getlength(words) + 6.0 * unit, 1.5 * max(round(_SHARE * high), _LEAST)

    maps: list[F32] = [np.zeros((high, wide), np.float32) for _ in range(3)]
    shade, line, ink = maps
    for one in orbits.ghosts(state, (wide, high), measure, unit=unit):
        cover = orbits.covered(one, _nearest(one, depths))
        _stroke(line, one.dashes, cover, _HALF * unit)
        _stroke(shade, one.dashes, cover * orbits.SHADED, _SHADE * unit)
        if one.box is not None:
            _write(ink, shade, one, font)
    out = pixels
    for over, colour in zip(maps, (orbits.SHADE, orbits.LINE, orbits.INK), strict=True):
        out = _mixed(out, over, colour)
    return out


def explained(pixels: Samples, state: ViewState) -> Samples:
    """(h, w, 3 or 4) with what the colours or the lines mean of what is laid over it. The picture itself if that is nothing."""
    if state.power == orbits.NAME:
        return with_note(pixels, f"{orbits.TITLE}   {'.   '.join(orbits.NOTES)}   ({orbits.CANON})")
    field = powers.BY_NAME.get(state.power)
    return pixels if field is None else with_legend(pixels, field)


def _font(high: int) -> FreeTypeFont | ImageFont:
    from PIL import ImageFont

    return ImageFont.load_default(max(round(_SHARE * high), _LEAST))


def _nearest(one: orbits.Ghost, depths: F32) -> F64:
    """(n,) metres to what is drawn at the middle of each dash."""
    at = one.dashes[:, 1:3].mean(axis=1)
    rows, columns = (np.clip(at[:, axis], 0, depths.shape[side] - 1).astype(int) for axis, side in ((1, 0), (0, 1)))
    return np.asarray(depths[rows, columns], dtype=np.float64)


def _stroke(onto: F32, dashes: F64, cover: F64, half: float) -> None:
    """Draw dashes (n, 4, 2) with soft edges into a map of how much is covered (h, w); where two meet, the stronger counts."""
    start, end = dashes[:, :-1].reshape(-1, 2), dashes[:, 1:].reshape(-1, 2)
    steps = np.ceil(2.0 * np.sqrt(((end - start) ** 2).sum(axis=1))).astype(int).clip(1, 4 * max(onto.shape))
    which = np.repeat(np.arange(len(steps)), steps)
    part = (np.arange(len(which)) - np.repeat(np.cumsum(steps) - steps, steps)) / steps[which]
    points = start[which] + (end - start)[which] * part[:, None]
    strong = np.repeat(cover, dashes.shape[1] - 1)[which]
    reach = int(np.ceil(half + 0.5))
    corner = np.floor(points).astype(int)
    for down in range(-reach, reach + 1):
        for aside in range(-reach, reach + 1):
            x, y = corner[:, 0] + aside, corner[:, 1] + down
            inside = (x >= 0) & (x < onto.shape[1]) & (y >= 0) & (y < onto.shape[0])
            away = np.hypot(x + 0.5 - points[:, 0], y + 0.5 - points[:, 1])
            worth = (strong * np.clip(half + 0.5 - away, 0.0, 1.0)).astype(np.float32)
            np.maximum.at(onto, (y[inside], x[inside]), worth[inside])


def _write(ink: F32, shade: F32, one: orbits.Ghost, font: FreeTypeFont | ImageFont) -> None:
    """A name into the map of letters, and a plate under it into that of the shade."""
    from PIL import Image, ImageDraw

    assert one.box is not None
    left, top, right, bottom = (round(value) for value in one.box)
    sheet, plate = (Image.new("L", (right - left, bottom - top)) for _ in range(2))
    ImageDraw.Draw(sheet).text((sheet.width / 2, sheet.height / 2), one.ring.label, fill=255, font=font, anchor="mm")
    ImageDraw.Draw(plate).rounded_rectangle((0, 1, plate.width - 1, plate.height - 2), radius=plate.height / 5, fill=255)
    for onto, image, much in ((ink, sheet, orbits.NAMED), (shade, plate, orbits.PLATED)):
        part = onto[top:bottom, left:right]
        np.maximum(part, np.asarray(image, np.float32) / 255.0 * much * one.strength, out=part)


def _mixed(pixels: Samples, cover: F32, colour: tuple[int, int, int]) -> Samples:
    """One colour over a picture, as much as it covers; where the picture is clear it becomes less so."""
    top = 65_535.0 if pixels.dtype == np.uint16 else 255.0
    under = pixels[..., :3].astype(np.float32)
    over, wanted = cover[..., None], np.array(colour, np.float32) * (top / 255.0)
    kept = (pixels[..., 3:].astype(np.float32) / top if pixels.shape[2] == 4 else np.float32(1.0)) * (1.0 - over)
    whole = over + kept
    mixed = (wanted * over + under * kept) / np.where(whole > 0.0, whole, 1.0)
    out = pixels.copy()
    out[..., :3] = mixed + 0.5
    out[..., 3:] = np.minimum(whole * top + 0.5, top)
    return out
