"""Ten checks of a picture in numbers: masses, tones, depth, scale and lights. Numbers catch bad pictures; only eyes find good ones.

Lengths are those of a picture 960 pixels wide, whatever size is judged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
WIDTH = 960
PIXELS = WIDTH * WIDTH * 9 / 16
"""Of the picture by which lengths are measured; one of another shape has its share of them."""
_GATHERED = 1.5
"""Pictures of the reference have 1.7 to 4.8, those that the scout found in fifty Cities 1.9 at least; spots at random 1.0, a grid 0.85."""
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Check:
    """One of the ten."""

    name: str
    value: float
    low: float = -np.inf
    high: float = np.inf

    @property
    def passed(self) -> bool:
        """Whether the value lies within the goal."""
        return bool(self.low <= self.value <= self.high)

    @property
    def shortfall(self) -> float:
        """How far off the goal, in parts of it: 0 when passed, 1 at most."""
        if self.passed:
            return 0.0
        goal = self.low if self.value < self.low else self.high
        return float(min(abs(self.value - goal) / max(abs(goal), 1e-6), 1.0))


def judge(pixels: U8, depth: F32, figure: tuple[float, float] = (0.0, 0.0)) -> tuple[Check, ...]:
    """The ten checks of (h, w, 3) uint8 `pixels` with `depth` (h, w) in metres, infinite where there is nothing.

    `figure` is the height of the largest figure in view, in pixels of a picture 960 wide, and its contrast to what is behind it, 0 to 1.
    """
    tone = pixels.astype(np.float32) @ _LUMINANCE / 255.0
    share = float(np.sqrt(tone.size / PIXELS))
    masses = blurred(tone, 40.0 * share)
    fine = tone - blurred(tone, 1.5 * share)
    large = float(masses.std())
    levels = np.percentile(tone, [2.0, 98.0])
    planes, rise = _planes(tone, depth)
    height, contrast = figure
    lights = _lights(tone, share)
    return (
        Check("contrast of the large masses", large, low=0.17),
        Check("fine detail to large masses", float(fine.std()) / max(large, 1e-6), high=0.20),
        Check("range of tones", float(levels[1] - levels[0]), low=0.75),
        Check("entropy of tones, bits", _entropy(tone), low=5.4),
        Check("clipped", float(((tone <= 0.004) | (tone >= 0.996)).mean()), high=0.05),
        Check("flat patches", _flat(tone, share), high=0.10),
        Check("planes of depth", float(planes), low=4.0),
        Check("brighter with depth", rise, low=0.0),
        Check("a figure for scale, pixels", height if contrast >= 0.25 else 0.0, low=20.0, high=70.0),
        Check("lights", lights, low=0.001, high=0.01),
    )


def score(checks: tuple[Check, ...]) -> float:
    """How many of the ten, and a part for those nearly passed: 0 to 10."""
    return sum(1.0 - check.shortfall for check in checks)


def blurred(values: F32, sigma: float) -> F32:
    """A Gaussian blur; a wide one as three running means along each side. The edge is repeated."""
    if sigma < 3.0:
        return _finely_blurred(values, sigma)
    radius = round((np.sqrt(4.0 * sigma * sigma + 1.0) - 1.0) / 2.0)  # three boxes so wide spread as far
    for axis in (0, 1, 0, 1, 0, 1):
        padded = np.pad(values, [(radius + 1, radius) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        run = np.cumsum(padded, axis=axis, dtype=np.float64)
        ahead, behind = np.split(run, [2 * radius + 1], axis=axis)[1], np.delete(run, np.s_[-2 * radius - 1 :], axis=axis)
        values = ((ahead - behind) / (2 * radius + 1)).astype(np.float32)
    return values


def _finely_blurred(values: F32, sigma: float) -> F32:
    """By its very weights: boxes of whole pixels are too coarse for a spread of one or two."""
    reach = int(3.0 * sigma) + 1
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-6)) ** 2)
    weights /= weights.sum()
    for axis in (0, 1):
        padded = np.pad(values, [(reach, reach) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        length = values.shape[axis]
        values = sum((np.take(padded, np.arange(n, n + length), axis) * weight for n, weight in enumerate(weights)), np.zeros_like(values))
    return np.asarray(values, dtype=np.float32)


def _entropy(tone: F32) -> float:
    counts = np.histogram(tone, bins=64, range=(0.0, 1.0))[0]
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log2(share)).sum())


def _flat(tone: F32, share: float) -> float:
    """Part of the picture in which nothing happens: patches of 24 pixels whose tones hardly differ."""
    side = max(int(24 * share), 4)
    rows, columns = tone.shape[0] // side, tone.shape[1] // side
    patches = tone[: rows * side, : columns * side].reshape(rows, side, columns, side)
    return float((patches.std(axis=(1, 3)) < 0.006).mean()) if rows and columns else 1.0


def _planes(tone: F32, depth: F32) -> tuple[int, float]:
    """How many half decades of depth hold more than 2 % of the picture, and by how much tone rises from the nearer half to the farther."""
    seen = np.isfinite(depth) & (depth > 0.0)
    if seen.mean() < 0.05:
        return 0, -1.0
    half_decade = np.floor(2.0 * np.log10(depth[seen])).astype(int)
    values, counts = np.unique(half_decade, return_counts=True)
    kept = values[counts > 0.02 * depth.size]
    medians = [float(np.median(tone[seen][half_decade == value])) for value in kept]
    if len(medians) < 2:
        return len(medians), -1.0
    half = len(medians) // 2
    return len(medians) + int((~seen).mean() > 0.02), float(np.mean(medians[-half:]) - np.mean(medians[:half]))


def _lights(tone: F32, share: float) -> float:
    """Part of the picture that shines out of its surroundings in small spots; none where the spots are strewn evenly, as no people live."""
    shining = tone > blurred(tone, 8.0 * share) + 0.22
    return float(shining.mean()) if _gathered(shining, max(int(60 * share), 4)) >= _GATHERED else 0.0


def _gathered(shining: NDArray[np.bool_], side: int) -> float:
    """How much likelier two spots lie in one patch than if all were strewn at random: 1 for those, less for a grid (Morisita 1959)."""
    first = shining.copy()  # of a spot its upper left corner, so that a large one counts no more than a small one
    first[:, 1:] &= ~shining[:, :-1]
    first[1:] &= ~shining[:-1]
    first[1:, 1:] &= ~shining[:-1, :-1]
    first[1:, :-1] &= ~shining[:-1, 1:]
    rows, columns = shining.shape[0] // side, shining.shape[1] // side
    count = first[: rows * side, : columns * side].reshape(rows, side, columns, side).sum(axis=(1, 3))
    total = int(count.sum())
    return float(count.size * (count * (count - 1)).sum() / (total * (total - 1))) if total > 1 else 0.0
