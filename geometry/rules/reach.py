"""How far what a cell carries reaches into its void. Rules build by these numbers, and who looks for empty air relies on them."""

from __future__ import annotations

MASS, HANGING = 0.30, 0.20
"""How high masses rise from a floor and hang from a plate at most, in parts of the cell's width."""
STANDS, HANGS = 0.36, 0.27
"""The same with all that is stuck on to them; great columns apart, and cells so wide for their void that the two meet."""
TRUNK_LEVELS, TRUNKS = (0.16, 0.27), 0.35
"""How high a layer's two trunk lines lie, and how high all that belongs to them reaches, in parts of the void's height."""
PART = 0.35
"""How large a single part is at most, in parts of the cell's width; of a tile, towers of hundreds of miles apart."""
PILLARED, NARROW = 2.2, 2.3
"""A void at most so many times as high as its cell is wide has great columns; in one higher than the second, parts stay near floor and
plate."""
