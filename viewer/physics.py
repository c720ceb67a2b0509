"""The physics of a City: plain formulas in metres, kilograms and seconds (canon E01 to E86). `reckoning` puts a City's numbers in."""

from __future__ import annotations

import math

C = 299_792_458.0
"""Light, m/s."""
G = 6.6743e-11
"""Gravity, m³/(kg s²)."""
WEIGHT = 9.80665
"""Ordinary fall, m/s²."""
SIGMA = 5.670374e-8
"""Radiated heat, W/(m² K⁴) (Stefan and Boltzmann)."""
AU = 1.495979e11
SOUND = 340.0
"""m/s in air."""
YEAR, DAY, HOUR = 365.25 * 86400.0, 86400.0, 3600.0
EARTH, JUPITER = 6.371e6, 6.9911e7
"""Mean radii, m."""
EARTH_LAND = 4.0 * math.pi * EARTH * EARTH
"""The Earth's surface, m²."""
STEEL, CONCRETE, AIR, WATER = 7850.0, 2400.0, 1.225, 1000.0
"""kg/m³."""
PLANETS = {
    "Mercury": 3.3011e23,
    "Venus": 4.8675e24,
    "Earth": 5.9722e24,
    "Moon": 7.342e22,
    "Mars": 6.4171e23,
    "Jupiter": 1.89819e27,
    "Saturn": 5.6834e26,
    "Uranus": 8.6813e25,
    "Neptune": 1.02413e26,
}
"""Masses, kg."""
SUN, SUNLIGHT = 1.98847e30, 3.828e26
"""The Sun's mass, kg, and what it shines, W."""
LUMENS = 100.0
"""Lumens of a watt of daylight."""


def sphere(radius: float) -> float:
    """Area, m²."""
    return 4.0 * math.pi * radius * radius


def ball(radius: float) -> float:
    """Volume, m³."""
    return 4.0 / 3.0 * math.pi * radius**3


def floors(inner: float, outer: float, count: int) -> float:
    """Area of so many shells at equal steps, the first and the last at the two radii, m² (E05). One shell lies at the outer radius."""
    if count == 1:
        return sphere(outer)
    n, span = count, outer - inner
    squares = n * inner * inner + inner * span * n + span * span * n * (2 * n - 1) / (6.0 * (n - 1))  # the sum of (inner + span i/(n-1))²
    return 4.0 * math.pi * squares


def ratio(inner: float, outer: float, count: int) -> float:
    """From shell to shell, if each is as much larger than the last (E06)."""
    return float((outer / inner) ** (1.0 / max(count - 1, 1)))


def gamma(beta: float) -> float:
    """How many seconds pass outside for one in a lift at a part of light's speed. ValueError at light or beyond."""
    if not -1.0 < beta < 1.0:
        raise ValueError("beta is a part of light's speed: more than -1, less than 1")
    return 1.0 / math.sqrt(1.0 - beta * beta)


def ride(way: float, beta: float) -> tuple[float, float]:
    """Seconds that a ride takes by the clocks outside and by the one inside (E50)."""
    outside = way / (beta * C)
    return outside, outside / gamma(beta)


def push(way: float, beta: float) -> float:
    """Steady acceleration to reach that part of light's speed half way, m/s² (E53)."""
    return C * C * (gamma(beta) - 1.0) / (way / 2.0)


def gentle(way: float) -> float:
    """Seconds of a ride that never pushes more than ordinary weight: half way faster, half way slower (E54)."""
    return 2.0 * math.sqrt(way / WEIGHT)


def cone(beta: float) -> float:
    """Half the angle, degrees, of the cone ahead that the front half of the sky shrinks into (E55, aberration)."""
    return math.degrees(math.acos(beta))


def doppler(beta: float) -> float:
    """How much higher light's pitch is straight ahead (E55)."""
    return math.sqrt((1.0 + beta) / (1.0 - beta))


def seen_ahead(cosine: float, beta: float) -> float:
    """Cosine of the angle off the way at which one who moves at a part of light's speed sees what lies at another (E55, aberration)."""
    return (cosine + beta) / (1.0 + beta * cosine)


def lies_ahead(cosine: float, beta: float) -> float:
    """The other way round: the cosine at which that lies which is seen at one (E55)."""
    return (cosine - beta) / (1.0 - beta * cosine)


def pitch(cosine: float, beta: float) -> float:
    """How much higher the pitch of light is that is seen at a cosine off the way; straight ahead it is `doppler` (E55)."""
    return 1.0 / (gamma(beta) * (1.0 - beta * cosine))


def pushed(way: float, steady: float) -> tuple[float, float, float]:
    """Seconds outside, seconds within, and the part of light's speed after so many metres of a steady push from rest, m/s² (E53)."""
    outside = math.sqrt((way / C) ** 2 + 2.0 * way / steady)
    rapidity = math.asinh(steady * outside / C)
    return outside, C / steady * rapidity, math.tanh(rapidity)


def pushed_way(seconds: float, steady: float) -> float:
    """Metres that a steady push, m/s², has moved what was at rest after so many seconds by the clocks outside (E53)."""
    speed = steady * seconds / C
    return C * C / steady * speed * speed / (math.sqrt(1.0 + speed * speed) + 1.0)


def sinking(way: float, radius: float) -> float:
    """How far a round floor falls away from a straight line, m (E20)."""
    return way * way / (2.0 * radius)


def horizon(height: float, radius: float) -> float:
    """How far one would see over a floor that is round outward, m (E21)."""
    return math.sqrt(2.0 * radius * height)


def chord(sagitta: float, radius: float) -> float:
    """How long a flat tile may be for its middle to be so far off, m (E22)."""
    return math.sqrt(8.0 * radius * sagitta)


def closed(radius: float) -> float:
    """The mean density at which a ball is a black hole, kg/m³ (E35, Schwarzschild)."""
    return 3.0 * C * C / (8.0 * math.pi * G * radius * radius)


def weight_of(density: float, radius: float) -> float:
    """What an even ball pulls at its surface, m/s² (E36, E37)."""
    return 4.0 / 3.0 * math.pi * G * density * radius


def skin(watts: float, radius: float) -> float:
    """Kelvin of the outside of a shell that sheds so many watts (E79)."""
    return float((watts / (sphere(radius) * SIGMA)) ** 0.25)


def clear(way: float, per_metre: float) -> float:
    """What part of the light comes through so much air (E77)."""
    return math.exp(-per_metre * way)


def below_lamp(radius: float, height: float, aside: float) -> float:
    """Light on the floor from an even round lamp, of that below an endless ceiling as bright (E72)."""
    a, h, x = radius * radius, height * height, aside * aside
    return 0.5 * (1.0 - (h + x - a) / math.sqrt((h + x + a) ** 2 - 4.0 * a * x))


def ceiling_watts(lux: float, radius: float) -> float:
    """What it takes to light a whole shell's floor so brightly, W (E70)."""
    return lux / LUMENS * sphere(radius)


def fall(height: float, fastest: float | None = None) -> float:
    """Seconds of a fall at ordinary weight; `fastest`, m/s, if there is air (E64)."""
    return math.sqrt(2.0 * height / WEIGHT) if fastest is None else height / fastest


def between_people(people: float, area: float) -> float:
    """Metres to the nearest other, if people are strewn evenly over an area: half of one over the root of how dense they are."""
    return 0.5 * math.sqrt(area / people) if people > 0.0 else math.inf
