"""What the fault tests share: log lines are kept aside, for drawing traces costs more than tests.

Must not inject a fault.
"""

from collections.abc import Iterator

import pytest
import structlog.testing


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Log lines are kept aside."""
    with structlog.testing.capture_logs():
        yield
