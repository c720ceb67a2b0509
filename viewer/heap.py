"""Memory that this process has freed goes back to the system. Pure of drawing; it changes nothing that is computed."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import lru_cache


@lru_cache(maxsize=1)
def _trim() -> Callable[[int], int] | None:
    """The C library's own, where it has one: glibc keeps what lies free between what is used."""
    if not sys.platform.startswith("linux"):
        return None
    found: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return found


def give_back() -> bool:
    """Give freed memory back, in some milliseconds; whether there was any. Contents come and go in arrays of all sizes: a long film
    would else hold a fifth more at its end than at its beginning."""
    trim = _trim()
    return trim is not None and bool(trim(0))
