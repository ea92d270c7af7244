"""What the operator decided: environment and `.env`, read once and checked whole.

Must not be read anywhere but in the composition root; wrong values stop the start with every
fault named at once.
"""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, DirectoryPath, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

_DATABASE = re.compile(r"^(sqlite\+aiosqlite:///|postgresql\+psycopg://)")
_EXAMPLES = re.compile(
    r"change[-_ ]?me|example|your[-_ ]|placeholder|dummy|^x+$|^secret$|^test$", re.IGNORECASE
)


class SettingsError(ValueError):
    """The settings cannot be used; `faults` names each one with its remedy."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def _database(url: str) -> str:
    if not _DATABASE.match(url):
        message = "must begin with sqlite+aiosqlite:/// or postgresql+psycopg://"
        raise ValueError(message)
    return url


def _no_example(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value().strip()
    if not value or _EXAMPLES.search(value):
        message = "is empty or an example; put the real one here"
        raise ValueError(message)
    return secret


def _address(url: str) -> str:
    message = "is no address; write one such as https://api.openai.com/v1"
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise ValueError(message) from error
    if not usable:
        raise ValueError(message)
    return url


def _sendable(key: SecretStr) -> SecretStr:
    value = key.get_secret_value()
    if not (value.isascii() and value.isprintable()) or " " in value:
        message = "has characters that no key has; copy it again"
        raise ValueError(message)
    return key


Secret = Annotated[SecretStr, AfterValidator(_no_example)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s]+$")]
Database = Annotated[str, AfterValidator(_database)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]


class Settings(BaseSettings):
    """Every setting under its environment name in lower case; defaults suit one machine."""

    model_config = SettingsConfigDict(extra="forbid", env_ignore_empty=True, frozen=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 3000
    database_url: Database = "sqlite+aiosqlite:///./data/e2a.db"
    database_admin_url: Database | None = None
    database_pool_size: Annotated[int, Field(ge=1, le=200)] = 10
    database_max_overflow: Annotated[int, Field(ge=0, le=200)] = 10
    slack_bot_token: Secret | None = None
    slack_signing_secret: Secret | None = None
    slack_api_url: Url = "https://slack.com/api/"
    slack_app_token: Secret | None = None
    slack_client_id: str | None = None
    slack_client_secret: Secret | None = None
    slack_default_channel: Annotated[str, Field(pattern=r"^[#CG][\w.-]{1,80}$")] = "#e2a-alerts"
    slack_notifications_enabled: bool = True
    ai_provider_base_url: Annotated[Url, AfterValidator(_address)] | None = None
    ai_api_key: Annotated[SecretStr, AfterValidator(_sendable)] | None = None
    ai_model: str | None = None
    ai_mode: Literal["smart", "full", "fallback"] = "smart"
    ai_timeout_seconds: Positive = 3
    ai_retry_max_attempts: Annotated[int, Field(ge=1, le=10)] = 2
    ai_max_daily_tokens: Count = 200_000
    ai_max_daily_cost_cents: Count = 2_000
    ai_min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.55
    ai_circuit_failure_threshold: Annotated[int, Field(ge=1)] = 3
    ai_circuit_recovery_seconds: Positive = 30
    qdrant_url: Url | None = None
    qdrant_path: str = "./data/index"
    embedding_model: str = "sentence-transformers/all-MiniLM-L6-v2"
    max_resolution_attempts: Annotated[int, Field(ge=1)] = 2
    policies_dir: DirectoryPath | None = None
    sweep_interval_seconds: Positive = 1
    ingest_rate_per_key: Count = 0
    ingest_max_pending: Annotated[int, Field(ge=1)] = 20_000
    outbound_allow_hosts: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"
    otel_exporter_otlp_endpoint: Url | None = None


def load_settings(dotenv: Path | None = Path(".env"), *, for_slack: bool = False) -> Settings:
    """Reads environment over `.env` over defaults.

    Raises:
        SettingsError: with every wrong value, every unknown name within `.env`, and `for_slack`
            what is missing to serve Slack.
    """
    try:
        settings = Settings(_env_file=dotenv, _env_file_encoding="utf-8")
    except ValidationError as error:
        faults = tuple(
            _told(".".join(str(step) for step in fault["loc"]).upper(), fault["type"], fault["msg"])
            for fault in error.errors(include_url=False, include_input=False)
        )
        given = {**(dotenv_values(dotenv) if dotenv else {}), **os.environ}

        def has(name: str) -> bool:
            return bool(given.get(name.upper()))

        missing = _wanted(has) if for_slack else []
        raise SettingsError((*faults, *_nameless(has, faults), *_missing(missing))) from None
    if nameless := _nameless(lambda name: getattr(settings, name) is not None):
        raise SettingsError(nameless)
    if for_slack:
        require_slack(settings)
    return settings


def _told(name: str, kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return f"{name}: there is no such setting; correct the name in .env or remove it"
    return f"{name}: {message.removeprefix('Value error, ')}"


def _nameless(has: Callable[[str], bool], faults: Sequence[str] = ()) -> tuple[str, ...]:
    """An address of models says nothing without the name of one of them."""
    address = "ai_provider_base_url"
    wrong = any(fault.startswith(address.upper()) for fault in faults)
    if wrong or has("ai_model") or not has(address):
        return ()
    return (f"AI_MODEL: is missing; {address.upper()} needs the name of a model that it serves",)


def require_slack(settings: Settings) -> None:
    """Refuses settings that cannot serve Slack.

    Raises:
        SettingsError: naming what is missing, and `make demo` for whoever only wants to look.
    """
    missing = _wanted(lambda name: getattr(settings, name) is not None)
    if missing:
        raise SettingsError(_missing(missing))


def _wanted(has: Callable[[str], bool]) -> list[str]:
    """What is missing: a socket is not signed, and OAuth brings its tokens, but needs the pair."""
    pair = ("slack_client_id", "slack_client_secret")
    oauth = any(map(has, pair))
    needed = [
        *(() if oauth else ("slack_bot_token",)),
        *(() if has("slack_app_token") else ("slack_signing_secret",)),
        *(pair if oauth else ()),
    ]
    return [name for name in needed if not has(name)]


def _missing(names: list[str]) -> tuple[str, ...]:
    faults = [f"{name.upper()}: is missing; Slack shows it on the app's page" for name in names]
    hint = "To look around without a Slack account, run: make demo"
    return (*faults, hint) if faults else ()
