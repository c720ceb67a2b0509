"""The store: the one place where the ViewState of a window changes, and where it can be taken back. No Qt here."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from viewer.camera import Camera
from viewer.state import ViewState

Listener = Callable[[ViewState, ViewState], None]
DEPTH = 500
"""How many steps can be taken back; a state is a few hundred bytes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change: what it was called, and the state before and after it."""

    title: str
    before: ViewState
    after: ViewState
    group: Hashable = None
    """Successive changes of the same group (one drag, one turn of the wheel) are one step."""


class Store:
    """Holds the state, its undo and redo, and tells its listeners (old, new) of every change."""

    def __init__(self, state: ViewState) -> None:
        self._state = state
        self._saved = state.city
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._listeners: list[Listener] = []

    @property
    def state(self) -> ViewState:
        """The present state."""
        return self._state

    @property
    def unsaved(self) -> bool:
        """Whether the City is another than the one last opened or saved."""
        return self._state.city != self._saved

    def saved(self) -> None:
        """The City of now is on disk."""
        self._saved = self._state.city

    def listen(self, listener: Listener) -> None:
        """Call `listener(old, new)` after each change."""
        self._listeners.append(listener)

    def put(self, state: ViewState, title: str, group: Hashable = None) -> bool:
        """Change to a state; one step of undo, or part of the last one if that has the same group. False if nothing changed."""
        if state == self._state:
            return False
        last = self._done[-1] if self._done else None
        if group is not None and last is not None and last.group == group:
            self._done[-1:] = [] if last.before == state else [Step(title, last.before, state, group)]
        else:
            self._done = [*self._done[-(DEPTH - 1) :], Step(title, self._state, state, group)]
        self._undone.clear()
        self._become(state)
        return True

    def carry(self, camera: Camera, title: str, group: Hashable) -> None:
        """Move the eye on a journey that is one step of undo, `group`, whatever else was changed since it began: what came later
        then happened where the journey has come to."""
        index = next((i for i in reversed(range(len(self._done))) if self._done[i].group == group), None)
        if index is None:
            self.put(replace(self._state, camera=camera), title, group)
            return
        first, *later = self._done[index:]
        moved = [replace(step, before=replace(step.before, camera=camera), after=replace(step.after, camera=camera)) for step in later]
        self._done[index:] = [replace(first, after=replace(first.after, camera=camera)), *moved]
        self.drift(replace(self._state, camera=camera))

    def drift(self, state: ViewState) -> None:
        """Change to a state without a step of undo: time that plays, a flight on its way."""
        if state != self._state:
            self._become(state)

    def undo(self) -> str | None:
        """Take the last step back; its title, or None if there is none."""
        if not self._done:
            return None
        step = self._done.pop()
        self._undone.append(step)
        self._become(step.before)
        return step.title

    def redo(self) -> str | None:
        """Do again what was taken back; its title, or None if there is nothing."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._done.append(Step(step.title, step.before, step.after))
        self._become(step.after)
        return step.title

    @property
    def can_undo(self) -> str | None:
        """The title of the step that undo would take back."""
        return self._done[-1].title if self._done else None

    @property
    def can_redo(self) -> str | None:
        """The title of the step that redo would do again."""
        return self._undone[-1].title if self._undone else None

    def _become(self, state: ViewState) -> None:
        old, self._state = self._state, state
        for listener in tuple(self._listeners):
            listener(old, state)
