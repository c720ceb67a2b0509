"""What every test stands on: a screen of its own, software OpenGL, and none of the user's own settings."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import pytest

_FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
_SURROUNDINGS = (
    "NO_COLOR",
    "FORCE_COLOR",
    "COLUMNS",
    "LINES",
    "QT_QPA_PLATFORM",
    "QT_SCALE_FACTOR",
    "PYVISTA_OFF_SCREEN",
    "WAYLAND_DISPLAY",
)


def pytest_configure() -> None:
    """Before anything of ours is imported: the pictures' pixels must not depend on the machine's graphics card."""
    os.environ["QT_API"] = "pyside6"
    os.environ.setdefault("LIBGL_ALWAYS_SOFTWARE", "1")
    for name in [*_SURROUNDINGS, *(name for name in os.environ if name.startswith("MEGASTRUCTURE_"))]:
        os.environ.pop(name, None)


@pytest.fixture(scope="session", autouse=True)
def _own_settings() -> Iterator[None]:
    """Settings, caches and logs of the tests, and of the processes they start, go to a folder that is dropped at the end."""
    with (
        tempfile.TemporaryDirectory(prefix="megastructure-tests-", ignore_cleanup_errors=True) as home,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name in _FOLDERS:
            patch.setenv(name, os.path.join(home, name.lower()))
        yield
