"""What all tests share: no network but this machine, and where test data lies.

Must not hold fixtures of one room: those are in its own conftest.
"""

import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.real_data import FOLDER, absent

settings.register_profile(
    "e2a",
    deadline=None,  # a busy machine is no fault
    derandomize=True,  # the same examples in every run
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("e2a")

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


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real payloads and collections; the test is skipped where it is absent."""
    if not FOLDER.is_dir():
        pytest.skip(absent("folder"))
    return FOLDER
