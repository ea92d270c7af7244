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

_NOISY = (
    *("aiohttp.access", "alembic", "apscheduler", "slack_sdk", "asyncio"),
    *("openai", "httpx2", "httpcore2"),
)
"""They tell of every call, some of them with what is in it."""
_SURE = (0.1, 0.2, 0.3, 0.4, 0.55, 0.7, 0.8, 0.9, 1)
"""With the three limits at which something else is done."""
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
        self.attempts = self._counter(
            "resolution_attempts", "Attempts to settle exceptions, by outcome", ["result"]
        )
        self.blocked = self._gauge(
            "resolution_blocked", "Active exceptions that nothing is tried for", ["tenant"]
        )
        self.replays = self._counter("replays", "Dead letters tried again by people", ["result"])
        self.db_connections = self._gauge("db_connections", "Database connections", ["state"])
        self.db_query = self._histogram(
            "db_query_seconds", "Time of statements, by what they do", ["operation"]
        )
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
        self.retries = self._counter("retries", "Attempts after the first", ["name"])
        self.ai_requests = self._counter(
            "ai_requests", "Calls of the model", ["model", "operation", "status"]
        )
        self.ai_tokens = self._counter("ai_tokens", "Tokens that calls took", ["model"])
        self.ai_cost_cents = self._counter("ai_cost_cents", "What they cost", ["model"])
        self.ai_fallbacks = self._counter("ai_fallbacks", "Rules did without it", ["reason"])
        self.ai_confidence = Histogram(
            "e2a_ai_confidence",
            "How sure models said they were of explanations, used or not",
            registry=self.registry,
            buckets=_SURE,
        )
        self.circuit_state = self._gauge("circuit_state", "0 closed, 1 half open, 2 open", ["name"])
        self.circuit_changes = self._counter(
            "circuit_changes", "Changes of a breaker", ["name", "to"]
        )
        self.enrichment_completeness = self._gauge(
            "enrichment_completeness", "Percent of a day's exceptions that are enriched", ["tenant"]
        )
        self.enrichment_backlog = self._gauge(
            "enrichment_backlog", "Exceptions that are not enriched yet", ["tenant"]
        )
        self.enrichment_quality = self._gauge(
            "enrichment_quality", "How well a day's exceptions are enriched, 0 to 100", ["tenant"]
        )
        self.enrichment_failures = self._counter(
            "enrichment_failures", "Tries of a stage that failed", ["stage"]
        )
        self.index_lag = self._gauge(
            "index_lag_seconds", "For how long the oldest change waits to be found"
        )
        self.index_passages = self._gauge("index_passages", "Passages that can be found")
        self.cache_requests = self._counter("cache_requests", "Looks", ["cache", "result"])
        self.invoices = self._counter("invoices", "Invoices and what held them up", ["result"])
        self.adjustments = self._counter("adjustments", "Notes on invoices", ["cause"])
        self.adjustment_cents = self._counter(
            "adjustment_cents", "Minor units that notes move, either way", ["cause"]
        )
        self.questions = self._counter("questions", "Questions asked", ["route", "outcome"])
        self.question_seconds = self._histogram("question_seconds", "Time of answers", ["route"])

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
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    handler.addFilter(_is_worth_a_line)
    return errors
