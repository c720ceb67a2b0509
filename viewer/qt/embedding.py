"""PyVista's interactor, imported without what PyVista draws charts with: that is a sixth of all a window loads, and ours draws none.

Two modules of Matplotlib are stood in for while PyVista is imported. Whoever asks PyVista for a chart or a cycle of colours gets them as
ever: the stand-ins load the real modules then. Colour maps are not stood in for, and nobody else sees a stand-in.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

CHARTS = {"matplotlib.pyplot": (), "matplotlib.backends.backend_agg": ("FigureCanvasAgg",)}
"""The modules, and what PyVista takes out of them by name to call it later."""


class Later(ModuleType):
    """Stands for a module that is loaded when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        """Something of the real module."""
        if name.startswith("__"):  # of the stand-in: the machinery of imports asks, and means no more than that
            raise AttributeError(name)
        return getattr(_real(self.__name__), name)


def _real(name: str) -> ModuleType:
    """The module that a stand-in stands for, also while that is still where modules are looked for."""
    if isinstance(sys.modules.get(name), Later):
        del sys.modules[name]
    return import_module(name)


def _called(home: str, name: str) -> Callable[..., Any]:
    def call(*words: Any, **named: Any) -> Any:
        return getattr(_real(home), name)(*words, **named)

    return call


@contextmanager
def put_off(modules: dict[str, tuple[str, ...]]) -> Iterator[None]:
    """Let what is imported in here find stand-ins for modules that are not loaded yet."""
    made = {name: Later(name) for name in modules if name not in sys.modules}
    for name, stand_in in made.items():
        for word in modules[name]:
            setattr(stand_in, word, _called(name, word))
    sys.modules.update(made)
    try:
        yield
    finally:
        for name, stand_in in made.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


try:
    with put_off(CHARTS):
        import pyvistaqt
except (ImportError, AttributeError, TypeError):  # a PyVista that needs them to be imported gets them
    import pyvistaqt

QtInteractor = pyvistaqt.QtInteractor
