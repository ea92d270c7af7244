"""What `e2a doctor` asks of the model: is it there, is it the one, what may it cost today.

Must not spend a token, and must not print the key.
"""

from collections.abc import Sequence

from bot.cli.store import opened
from bot.clock import wall_now
from bot.models import limits_of
from bot.policy_files import load_model_prices
from bot.settings import Settings
from jobs.model_budget import show_budget
from jobs.views.models import ModelBudgetView
from policies.asking import ModelError, ModelRefusedError, NoAnswerError
from storage.errors import StorageError

_SHOWN = 8
_LEAST_SECONDS = 5.0
"""A list of models may take longer than an explanation is waited for."""


class ModelUnwellError(Exception):
    """The model cannot be used as it is set up; the text says what to do."""


async def check_model(settings: Settings) -> str:
    """How the model is spoken to.

    Raises:
        ModelUnwellError: it cannot be reached, refuses the key, or has another name.
        PolicyError: the prices cannot be read.
    """
    prices = load_model_prices(settings.policies_dir)
    if not settings.ai_provider_base_url or not settings.ai_model:
        return "none; explanations are rule-based (set AI_PROVIDER_BASE_URL and AI_MODEL for one)"
    told = [await _listed(settings, settings.ai_provider_base_url, settings.ai_model)]
    if settings.ai_mode == "fallback":
        told.append("AI_MODE=fallback: it is never asked")
    if not prices.knows(settings.ai_model):
        told.append("its price is unknown, the default of models.yaml counts")
    told.append(await _budget(settings))
    return "; ".join(told)


async def _listed(settings: Settings, address: str, model: str) -> str:
    from rag.model import ModelClient  # noqa: PLC0415 - the library takes a second to load

    key = settings.ai_api_key
    client = ModelClient(
        base_url=address,
        api_key=key.get_secret_value() if key else None,
        model=model,
        timeout_seconds=max(_LEAST_SECONDS, settings.ai_timeout_seconds),
    )
    try:
        names = await client.models()
    except NoAnswerError:
        return f"{model} at {_place(address)}, which lists no models"
    except ModelRefusedError as error:
        message = f"{_place(address)}: {error}; look at AI_API_KEY and AI_PROVIDER_BASE_URL"
        raise ModelUnwellError(message) from error
    except ModelError as error:
        message = f"{_place(address)}: {error}; look at AI_PROVIDER_BASE_URL"
        raise ModelUnwellError(message) from error
    finally:
        await client.close()
    if not _has(names, model):
        some = ", ".join(sorted(names)[:_SHOWN]) or "none"
        message = f"{_place(address)} has no model {model}; it lists {some}; correct AI_MODEL"
        raise ModelUnwellError(message)
    return f"{model} at {_place(address)} is there"


def _has(names: Sequence[str], model: str) -> bool:
    """Some servers list a model with its tag and take it without."""
    return model in names or f"{model}:latest" in names


def _place(address: str) -> str:
    """Without what may be secret in it."""
    return address.rpartition("@")[2].split("//")[-1].split("?")[0].rstrip("/")


async def _budget(settings: Settings) -> str:
    """What may be used a day, and who used most of it today."""
    limits = limits_of(settings)
    words = [f"{limits.tokens:,} tokens"] if limits.tokens else []
    words += [f"{limits.cents / 100:.2f} USD"] if limits.cents else []
    said = f"{' and '.join(words)} a day and client" if words else "no daily limit"
    used = await _used(settings)
    if not used:
        return said
    most = max(used, key=lambda view: (view.used_pct, view.used_tokens))
    if not most.used_tokens:
        return f"{said}, nothing used today"
    share = f" ({most.used_pct} %)" if words else ""
    return f"{said}, most used today by {most.tenant.name}: {most.used_tokens:,} tokens{share}"


async def _used(settings: Settings) -> Sequence[ModelBudgetView]:
    """Nobody's where the database cannot say; that check has its own line."""
    try:
        async with opened(settings) as storage:
            async with storage.read() as tx:
                mine = [tenant.id for tenant in await tx.tenants.all() if not tenant.synthetic]
            limits = limits_of(settings)
            return await show_budget(mine, storage=storage, limits=limits, wall_now=wall_now())
    except (StorageError, RuntimeError):
        return ()
