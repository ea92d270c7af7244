"""Logs as JSON lines, errors counted, no secret shown, and the metrics of the contract."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from aiohttp.http_exceptions import BadStatusLine
from pydantic import SecretStr

from bot.settings import Settings
from bot.telemetry import ErrorCount, Metrics, set_up_logs
from bot.watching import MetricsObserver

METRICS = {
    "e2a_ingest_events_total": ["source", "event_type", "tenant", "result"],
    "e2a_ingest_seconds": ["source"],
    "e2a_sla_evaluation_seconds": [],
    "e2a_sla_breaches_total": ["reason_code", "severity", "tenant"],
    "e2a_exceptions_active": ["severity", "tenant"],
    "e2a_sweep_lag_seconds": [],
    "e2a_outbox_depth": ["lane"],
    "e2a_outbox_oldest_seconds": [],
    "e2a_outbox_ambiguous_total": [],
    "e2a_slack_calls_total": ["method", "status"],
    "e2a_slack_ack_seconds": ["kind"],
    "e2a_slack_actions_total": ["action", "result"],
    "e2a_dead_letters": ["tenant"],
    "e2a_resolution_attempts_total": ["result"],
    "e2a_resolution_blocked": ["tenant"],
    "e2a_replays_total": ["result"],
    "e2a_db_connections": ["state"],
    "e2a_db_query_seconds": ["operation"],
    "e2a_invoices_total": ["result"],
    "e2a_adjustments_total": ["cause"],
    "e2a_adjustment_cents_total": ["cause"],
    "e2a_question_seconds": ["route"],
    "e2a_job_runs_total": ["job", "result"],
    "e2a_job_seconds": ["job"],
    "e2a_http_request_seconds": ["route", "status"],
    "e2a_retries_total": ["name"],
    "e2a_ai_requests_total": ["model", "operation", "status"],
    "e2a_ai_tokens_total": ["model"],
    "e2a_ai_cost_cents_total": ["model"],
    "e2a_ai_fallbacks_total": ["reason"],
    "e2a_ai_confidence": [],
    "e2a_circuit_state": ["name"],
    "e2a_circuit_changes_total": ["name", "to"],
    "e2a_index_lag_seconds": [],
    "e2a_index_passages": [],
    "e2a_cache_requests_total": ["cache", "result"],
    "e2a_questions_total": ["route", "outcome"],
    "e2a_sla_compliance_ratio": ["tenant"],
    "e2a_source_silence_seconds": ["source", "tenant"],
    "e2a_enrichment_completeness": ["tenant"],
    "e2a_enrichment_backlog": ["tenant"],
    "e2a_enrichment_quality": ["tenant"],
    "e2a_enrichment_failures_total": ["stage"],
}
"""The contract's metrics that this version has, with their labels."""


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def fail(customer: str) -> None:
    """Breaks while it holds a customer's name."""
    raise ZeroDivisionError(len(customer))


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was logged; stdout stays free for results."""
    out, err = capsys.readouterr()
    assert out == ""
    return [json.loads(line) for line in err.splitlines()]


def test_every_line_is_json_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """Our lines and the libraries' are one JSON object each, with level and UTC time."""
    set_up_logs("INFO", "json")
    structlog.get_logger("bot").info("delivered", outcome="posted", alert_id=7)
    logging.getLogger("library").warning("two\nlines with %s", "words")
    ours, theirs = lines(capsys)
    assert (ours["event"], ours["outcome"], ours["alert_id"]) == ("delivered", "posted", 7)
    assert (theirs["event"], theirs["level"]) == ("two\nlines with words", "warning")
    assert ours["timestamp"].endswith("Z")


def test_what_is_bound_goes_with_every_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A correlation id that is bound stands in each line until it is let go."""
    set_up_logs("INFO", "json")
    with structlog.contextvars.bound_contextvars(correlation_id="c-7"):
        structlog.get_logger("bot").info("inside")
    structlog.get_logger("bot").info("outside")
    inside, outside = lines(capsys)
    assert inside["correlation_id"] == "c-7"
    assert "correlation_id" not in outside


def test_the_level_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """What lies under the chosen level is not printed."""
    set_up_logs("WARNING", "json")
    log = structlog.get_logger("bot")
    log.info("small")
    log.warning("big")
    assert [line["event"] for line in lines(capsys)] == ["big"]


def test_errors_are_counted_wherever_they_come_from(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines of level ERROR and above count once each, ours and the libraries'."""
    errors = set_up_logs("INFO", "json")
    log = structlog.get_logger("bot")
    log.info("fine")
    log.warning("hm")
    log.error("one")
    log.critical("two")
    try:
        fail("x")
    except ZeroDivisionError:
        log.exception("three")
    logging.getLogger("library").error("four")
    logging.getLogger("library").warning("hm")
    assert errors.lines == 4
    assert len(lines(capsys)) == 7


def test_a_strangers_nonsense_is_no_error_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    """What a stranger sends that is no HTTP fills no log and counts as no error."""
    errors = set_up_logs("INFO", "json")
    log = logging.getLogger("aiohttp.server")
    try:
        raise BadStatusLine  # noqa: TRY301 - as aiohttp does
    except BadStatusLine:
        log.exception("Error handling request from 127.0.0.1")
    log.error("Unhandled exception")
    (line,) = lines(capsys)
    assert (line["event"], errors.lines) == ("Unhandled exception", 1)


def test_a_trace_is_in_its_line_without_local_values(capsys: pytest.CaptureFixture[str]) -> None:
    """An exception's trace is one string of its line, and shows no variables."""
    set_up_logs("INFO", "json")

    try:
        fail("Ada-Lovelace".replace("-", " "))
    except ZeroDivisionError:
        structlog.get_logger("bot").exception("broke")
    (line,) = lines(capsys)
    assert "ZeroDivisionError" in line["exception"]
    assert "Ada Lovelace" not in json.dumps(line)


@pytest.mark.parametrize("form", ["json", "console"])
def test_settings_in_a_line_show_no_secret(capsys: pytest.CaptureFixture[str], form: str) -> None:
    """Even where somebody logs the settings whole, secrets are masked."""
    set_up_logs("INFO", form)
    secret = SecretStr("xoxb-not-for-eyes")
    settings = Settings.model_construct(slack_bot_token=secret)
    structlog.get_logger("bot").info("settings", settings=settings, token=secret)
    logging.getLogger("library").warning("settings %s", settings)
    out, err = capsys.readouterr()
    assert "settings" in err
    assert "not-for-eyes" not in out + err


def test_the_count_passes_lines_on() -> None:
    """Counting changes nothing in a line."""
    count, line = ErrorCount(), {"event": "x"}
    assert count(None, "error", line) is line
    assert count.lines == 1


def test_the_metrics_are_the_contracts() -> None:
    """Every metric has the contract's name and labels, and there are no others."""
    found = {}
    for metric in Metrics().registry.collect():
        name = f"{metric.name}_total" if metric.type == "counter" else metric.name
        found[name] = metric.type
    assert set(found) == set(METRICS)


@pytest.mark.parametrize(("name", "labels"), METRICS.items())
def test_a_metric_has_the_contracts_labels(name: str, labels: list[str]) -> None:
    """Dashboards are written against these labels."""
    metrics = Metrics()
    held = [
        value
        for value in vars(metrics).values()
        if f"{getattr(value, '_name', '')}" in (name, name.removesuffix("_total"))
    ]
    assert [list(one._labelnames) for one in held] == [labels]  # noqa: SLF001 - no public name


def test_a_sender_cannot_make_up_labels() -> None:
    """Unknown event types share one label, so that nobody can fill the memory with series."""
    metrics = Metrics()
    observer = MetricsObserver(metrics, {1: "acme"})
    for kind in ("order_paid", "picked_up", "evil.one", "evil.two"):
        observer.event("wms", kind, 1, "accepted")
    observer.event("wms", "order_paid", 9, "accepted", count=5)
    samples = {
        (sample.labels["event_type"], sample.labels["tenant"]): sample.value
        for metric in metrics.events.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    }
    assert samples == {
        ("order_paid", "acme"): 1,
        ("carrier_picked_up", "acme"): 1,
        ("other", "acme"): 2,
        ("order_paid", "9"): 5,
    }
