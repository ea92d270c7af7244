"""What all tests share: no network but this machine, and where test data lies.

Must not hold fixtures of one room: those are in its own conftest.
"""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from demo.workspace.shapes import Json
from demo.workspace.traffic import Traffic
from tests.propriety import wrongs
from tests.real_data import FOLDER, absent

settings.register_profile(
    "e2a",
    max_examples=400 if os.environ.get("E2A_TEST_SOAK") else 40,
    deadline=None,  # a busy machine is no fault
    derandomize=True,  # the same examples in every run
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("e2a")

_OF_THE_WORKSPACE = Path(__file__).parent / "demo"
_connect = socket.socket.connect
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _connect_here_only(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - of any family
    if isinstance(address, tuple) and address[0] not in _LOOPBACK:
        message = f"a test reached out to {address[0]}"
        raise PermissionError(message)
    _connect(self, address)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets reach this machine only."""
    monkeypatch.setattr(socket.socket, "connect", _connect_here_only)


@pytest.fixture(autouse=True)
def _propriety(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever the bot says to a workspace in any test is fit to be seen (tests/propriety.py).

    Tests of the workspace itself say what no bot should.
    """
    if _OF_THE_WORKSPACE in request.path.parents:
        yield
        return
    found: list[str] = []
    keep = Traffic.call

    def call(self: Traffic, entry: Json) -> None:
        found.extend(wrongs(entry["method"], entry["arguments"]))
        keep(self, entry)

    monkeypatch.setattr(Traffic, "call", call)
    yield
    assert found == []


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real payloads and collections; the test is skipped where it is absent."""
    if not FOLDER.is_dir():
        pytest.skip(absent("folder"))
    return FOLDER
