"""Logs and metrics: what an engineer on call sees of the process.

Must not decide anything, and must never be handed customer data or secrets: labels are names
of tenants, rules and routes.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from aiohttp.http_exceptions import HttpProcessingError
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """The process's metrics, on a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.events = self._counter(
            "ingest_events", "Events handed in", ["source", "event_type", "tenant", "result"]
        )
        self.ingest_seconds = self._histogram("ingest_seconds", "Time of a request", ["source"])
        self.evaluation_seconds = self._histogram("sla_evaluation_seconds", "Time of a batch")
        self.breaches = self._counter(
            "sla_breaches", "Breaches found", ["reason_code", "severity", "tenant"]
        )
        self.exceptions_active = self._gauge(
            "exceptions_active", "Exceptions not yet settled", ["severity", "tenant"]
        )
        self.sweep_lag = self._gauge("sweep_lag_seconds", "How late the last sweep was")
        self.outbox_depth = self._gauge("outbox_depth", "Messages that wait", ["lane"])
        self.outbox_oldest = self._gauge("outbox_oldest_seconds", "Age of the oldest message")
        self.outbox_ambiguous = self._counter(
            "outbox_ambiguous", "Sends of which nobody knows whether they arrived"
        )
        self.slack_calls = self._counter("slack_calls", "Calls to Slack", ["method", "status"])
        self.slack_ack_seconds = self._histogram(
            "slack_ack_seconds", "Time to acknowledge Slack", ["kind"]
        )
        self.slack_actions = self._counter(
            "slack_actions", "Actions taken in Slack", ["action", "result"]
        )
        self.dead_letters = self._gauge("dead_letters", "Letters not yet dealt with", ["tenant"])
        self.replays = self._counter("replays", "Dead letters tried again by people", ["result"])
        self.db_connections = self._gauge("db_connections", "Database connections", ["state"])
        self.job_runs = self._counter("job_runs", "Runs of scheduled jobs", ["job", "result"])
        self.job_seconds = self._histogram("job_seconds", "Time of scheduled jobs", ["job"])
        self.http_seconds = self._histogram(
            "http_request_seconds", "Time of HTTP requests", ["route", "status"]
        )
        self.source_silence = self._gauge(
            "source_silence_seconds",
            "For how long a source says nothing although it should",
            ["source", "tenant"],
        )
        self.compliance = self._gauge(
            "sla_compliance_ratio", "Share of this month's promises that were kept", ["tenant"]
        )
        self.questions = self._counter("questions", "Questions asked", ["route", "outcome"])

    def _counter(self, name: str, text: str, labels: list[str] | None = None) -> Counter:
        return Counter(f"e2a_{name}", text, labels or [], registry=self.registry)

    def _gauge(self, name: str, text: str, labels: list[str] | None = None) -> Gauge:
        return Gauge(f"e2a_{name}", text, labels or [], registry=self.registry)

    def _histogram(self, name: str, text: str, labels: list[str] | None = None) -> Histogram:
        return Histogram(f"e2a_{name}", text, labels or [], registry=self.registry, buckets=_FAST)


class ErrorCount:
    """A structlog processor that counts lines of level ERROR and above."""

    def __init__(self) -> None:
        self.lines = 0

    def __call__(
        self, _logger: object, method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Passes the line on."""
        if method in ("error", "critical", "exception"):
            self.lines += 1
        return event


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Whether somebody should read it.

    Bolt warns of choices that are ours, such as a client beside a token in the environment; and
    aiohttp calls it an error with a trace when a stranger sends what is no HTTP.
    """
    if record.exc_info and isinstance(record.exc_info[1], HttpProcessingError):
        return False
    return record.levelno >= logging.ERROR or not record.name.startswith("slack_bolt")


def set_up_logs(level: str, form: str) -> ErrorCount:
    """Sends structured lines to stderr, the standard library's loggers included."""
    errors = ErrorCount()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        errors,
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("aiohttp.access", "alembic", "apscheduler", "slack_sdk", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    handler.addFilter(_is_worth_a_line)
    return errors
