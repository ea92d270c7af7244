"""Does one intent: who may, what they may see, one job, one reply. Every surface comes here.

Must not draw or parse; must not let a text widen what a channel sees.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from handlers.blocks import notices
from handlers.blocks.help import usage
from handlers.services import Services
from handlers.slack import (
    acts,
    answering,
    approvals,
    asking_model,
    bills,
    dead_letters,
    drafting,
    exports,
    files,
    invoices,
    learning,
    mapping,
    occasions,
    policy_reads,
    reads,
    resolutions,
    roles,
    storms,
    subscriptions,
    undoing,
)
from handlers.slack.answer_intents import JudgeAnswer, ShareAnswer, ShowAnswers
from handlers.slack.asker import Asker, Reply
from handlers.slack.bill_intents import ConfirmColumns, FileClaims, ShowBills
from handlers.slack.desk import Desk, Nothing, desk_for
from handlers.slack.file_intents import ForgetDocument, ShowDocuments, WithFiles
from handlers.slack.intents import (
    ActOn,
    ActOnAll,
    Ask,
    AskApproval,
    Decide,
    Draft,
    Drafted,
    Explain,
    ExportAudit,
    GiveRole,
    Help,
    Incomplete,
    Intent,
    ListExceptions,
    Replay,
    ShowAudit,
    ShowBrief,
    ShowDigest,
    ShowException,
    ShowHandover,
    ShowInsight,
    ShowOrder,
    ShowRoles,
    ShowStatus,
    SplitFrom,
    TakeOverShift,
    Undo,
    UndoAll,
    Unknown,
)
from handlers.slack.invoice_intents import (
    AskAboutFinding,
    CheckInvoices,
    DecideFinding,
    DecideGroup,
    ShowFinding,
    ShowInvoices,
)
from handlers.slack.letter_intents import DiscardLetter, ReplayLetters, ShowLetters
from handlers.slack.patience import Busy, wait_for
from handlers.slack.policy_intents import LintPolicy, ShowPolicy, SimulatePolicy, TryDuration
from handlers.slack.resolution_intents import ShowResolution, UndoResolution
from handlers.slack.routing_intents import (
    ChangeSubscription,
    MapClient,
    ShowSubscriptions,
    Subscribe,
    TrySubscriptions,
    UnmapClient,
    Unsubscribe,
)
from handlers.slack.voice import Voice
from policies.permissions import READ

Outcome = tuple[Reply, str]
"""The reply, and the result's name for metrics."""


async def converse(
    intent: Intent, asker: Asker, services: Services, voice: Voice, busy: Busy | None = None
) -> None:
    """Does the intent and answers where it was asked; `busy` shows meanwhile what is being done."""
    looks = verb_of(intent) in (READ, _VERBS[Ask])
    reply = await wait_for(partial(run, intent, asker, services), looks=looks, busy=busy)
    await voice.say(reply)


async def run(intent: Intent, asker: Asker, services: Services) -> Reply:
    """Does the intent; the reply always says something, a refusal its reason."""
    name = verb_of(intent)
    try:
        reply, result = await _run(intent, name, asker, services)
    except Exception:
        services.observe_slack.action(name, "error")
        raise
    services.observe_slack.action(name, result)
    return reply


def verb_of(intent: Intent) -> str:
    """The verb that permission is asked for; everything that only looks is `read`."""
    if isinstance(intent, ActOn | ActOnAll | WithFiles):
        return intent.verb
    return _VERBS.get(type(intent), READ)


_VERBS: dict[type[Any], str] = {
    Undo: "undo",
    UndoAll: "undo",
    Draft: "draft",
    Drafted: "draft",
    Explain: "explain",
    Replay: "replay",
    SplitFrom: "split",
    ReplayLetters: "replay",
    DiscardLetter: "discard",
    Ask: "ask",
    JudgeAnswer: "ask",
    ShareAnswer: "ask",
    ShowAnswers: "review",
    ExportAudit: "export",
    Subscribe: "subscribe",
    Unsubscribe: "subscribe",
    ChangeSubscription: "subscribe",
    TrySubscriptions: "subscribe",
    MapClient: "map",
    UnmapClient: "map",
    TakeOverShift: "own",
    GiveRole: "grant",
    UndoResolution: "run",
    CheckInvoices: "check",
    DecideFinding: "correct",
    DecideGroup: "correct",
    AskAboutFinding: "ask",
    ForgetDocument: "forget",
    ConfirmColumns: "audit",
    FileClaims: "audit",
}


async def _run(intent: Intent, verb: str, asker: Asker, services: Services) -> Outcome:
    words = _plain_words(intent)
    if words is not None:
        return words, "answered"
    if isinstance(intent, MapClient):
        return await mapping.map_client(intent, asker, services)
    desk = await desk_for(asker, services)
    if isinstance(desk, Nothing):
        return Reply(message=desk.notice, private=True), desk.result
    refused = await approvals.refused(intent, verb, desk)
    if refused is not None:
        return refused
    return await DOES[type(intent)](intent, desk.allowing(verb))


def _plain_words(intent: Intent) -> Reply | None:
    """What can be answered without looking at anything."""
    match intent:
        case Help():
            return Reply(message=usage())
        case Unknown():
            return Reply(message=notices.unknown(intent.word, intent.suggestion), private=True)
        case Incomplete():
            return Reply(message=notices.incomplete(intent.why), private=True)
        case _:
            return None


DOES: dict[type[Any], Callable[[Any, Desk], Awaitable[Outcome]]] = {
    ShowException: reads.show_one,
    ShowAudit: reads.show_trail,
    ExportAudit: exports.export,
    ShowOrder: reads.show_the_order,
    ShowStatus: reads.show_how_things_stand,
    ShowDigest: reads.show_the_digest,
    ShowBrief: occasions.show_the_brief,
    ShowHandover: occasions.show_the_handover,
    ShowInsight: occasions.show_the_insight,
    TakeOverShift: occasions.take_over_shift,
    Subscribe: subscriptions.subscribe_channel,
    Unsubscribe: subscriptions.unsubscribe_channel,
    ChangeSubscription: subscriptions.change,
    ShowSubscriptions: subscriptions.show_subscriptions,
    TrySubscriptions: subscriptions.try_subscriptions,
    UnmapClient: mapping.unmap_client,
    ListExceptions: reads.show_list,
    Ask: answering.answer_it,
    JudgeAnswer: answering.judge_it,
    ShareAnswer: answering.say_again,
    ShowAnswers: answering.show_answers,
    ShowPolicy: policy_reads.show_promises,
    LintPolicy: policy_reads.lint_promises,
    SimulatePolicy: policy_reads.simulate_promises,
    TryDuration: policy_reads.try_duration,
    ActOn: acts.act,
    Undo: undoing.undo,
    Draft: drafting.offer,
    Drafted: drafting.hand_out,
    Explain: asking_model.ask_about,
    ActOnAll: storms.act_on_all,
    UndoAll: storms.undo_all,
    SplitFrom: storms.split_one,
    Replay: acts.replay,
    ShowLetters: dead_letters.show_dead_letters,
    ReplayLetters: dead_letters.replay_dead_letters,
    DiscardLetter: dead_letters.discard_dead_letter,
    ShowRoles: roles.show_roles,
    ShowResolution: resolutions.show_it,
    UndoResolution: resolutions.undo_it,
    ShowInvoices: invoices.show_the_invoices,
    CheckInvoices: invoices.check_the_invoices,
    ShowFinding: invoices.show_one_finding,
    DecideFinding: invoices.decide_one,
    DecideGroup: invoices.decide_on_all,
    AskAboutFinding: invoices.ask_about,
    GiveRole: roles.give_role,
    WithFiles: files.handle_files,
    ShowBills: bills.show_bills,
    ConfirmColumns: bills.confirm_columns,
    FileClaims: bills.file_the_claims,
    ShowDocuments: learning.show_documents,
    ForgetDocument: learning.forget_it,
    AskApproval: approvals.ask_them,
    Decide: approvals.decide,
}
