"""The version of the generator: part of every link and city file, since another version may grow another City."""

from __future__ import annotations

GENERATOR_VERSION = 1
