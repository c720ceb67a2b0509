"""What a process has freed goes back to the system, where the C library can."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from viewer.heap import give_back


@pytest.mark.skipif(not Path("/proc/self/statm").exists() or sys.platform != "linux", reason="glibc alone keeps what is freed")
def test_what_is_freed_between_what_is_used_goes_back() -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096

    rows = [np.ones(12_000) for _ in range(1_000)]  # under glibc's threshold, so that they lie in one heap
    kept = rows[::50]
    del rows
    before = resident()
    if not give_back():
        pytest.skip("this C library keeps nothing, or cannot give it back")
    assert resident() < before - 40_000_000
    assert len(kept) == 20
