"""Memory: how much the machine has, and what this process has freed goes back to the system. It changes nothing that is computed."""

from __future__ import annotations

import ctypes
import os
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


def machine_bytes() -> int:
    """Bytes of memory of this machine; 0 where that is not known."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0
