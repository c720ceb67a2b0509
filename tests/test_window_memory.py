"""What outlives the window: settings, and the session that even a killed program leaves."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from tests.windows import (
    memory_in,
)
from viewer.link import link
from viewer.qt.settings import Settings
from viewer.session import Session, beginning
from viewer.views import roomy, view


def test_session_survives_a_kill(tmp_path: Path) -> None:
    state = replace(view("opening"), hour=3.25)
    session = Session(tmp_path)
    session.save(state)
    own = tmp_path / "sessions" / f"{os.getpid()}.link"
    assert session.lost() is None
    os.rename(own, own.with_name("999999999.link"))
    lost = session.lost()
    assert lost is not None
    assert lost.state == state
    Session.forget(lost)
    assert session.lost() is None
    session.save(replace(state, hour=4.0))
    session.end(state)
    assert session.last() == state
    (tmp_path / "sessions" / "999999998.link").write_bytes(b"\xff\x00 not a link")
    assert session.lost() is None


def test_damaged_settings_are_kept_as_bad(tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_bytes(b"[General\x00\xff\xfe theme=")
    settings = Settings(tmp_path)
    assert "window.ini.bad" in settings.warning
    assert (tmp_path / "window.ini.bad").exists()
    settings.put("theme", "dark")
    settings.sync()
    assert Settings(tmp_path).text("theme") == "dark"
    assert not Settings(tmp_path).warning


def test_two_instances_share_settings(tmp_path: Path) -> None:
    one, other = Settings(tmp_path), Settings(tmp_path)
    one.put("a", "1")
    other.put("b", "2")
    one.sync()
    other.sync()
    third = Settings(tmp_path)
    assert (third.text("a"), third.text("b")) == ("1", "2")


def test_a_good_end_is_taken_up_and_a_lost_one_is_offered(tmp_path: Path) -> None:
    first, ended = view("opening"), replace(view("opening"), hour=3.25)
    memory = memory_in(tmp_path)
    assert beginning(first, memory.session, True) == roomy(first)
    memory.session.end(ended)
    assert beginning(first, memory.session, True) == ended
    assert beginning(first, memory.session, False) == first
    (tmp_path / "sessions" / "999999999.link").write_text(link(replace(ended, hour=5.0)))
    assert beginning(first, memory.session, True) == roomy(first)
