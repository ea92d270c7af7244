"""Answers as they look: with their buttons, the form behind a thumb down, and what leads review."""

from collections.abc import Callable, Mapping
from typing import Any

from handlers.blocks import ask_form
from handlers.blocks.answer import Around, answer
from handlers.blocks.answer_review import review, why_form
from handlers.blocks.card import answer_card
from jobs.judge_answer import Review
from jobs.ports.slack import Message
from policies.questions.given import NO_HELP, GivenAnswer
from policies.questions.proposals import Proposal
from tests.slack.values import NOW, given_answer, view

REVIEWED = Review(
    no_help=(
        GivenAnswer(
            id=12,
            tenant_id=1,
            tenants=(1,),
            asked_by="slack:U1",
            question="how long is the quarantine, <!channel>?",
            route="policy",
            refused=True,
            text="I don't know. The nearest text, runbooks/returns.md:3, tells nothing of it.",
            now=NOW,
            asked_at=NOW,
            verdict=NO_HELP,
            why="missing",
            note="see page 4 of the contract",
            judged_at=NOW,
        ),
    ),
    proposals=(
        Proposal(
            question="how fast are returns inspected?",
            text="Returned goods are inspected within 2 business days.",
            sources=("runbooks/returns.md:3",),
            times=3,
        ),
    ),
)
MESSAGES: Mapping[str, Callable[[], Message]] = {
    "answer": lambda: answer(given_answer()),
    "answer_aside": lambda: answer(
        given_answer(), Around(links={7: "https://slack.com/archives/C1/p1"}, id=12, aside=True)
    ),
    "answer_shared": lambda: answer(given_answer(), Around(links={}, id=12, by="Joe <@U1>")),
    "answer_review": lambda: review(REVIEWED),
    "answer_review_empty": lambda: review(Review(no_help=(), proposals=())),
}
MODALS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "answer_why": lambda: why_form(12, "C0ACME"),
    "ask_form": ask_form.ask_form,
    "ask_form_working": lambda: ask_form.working("exception 7"),
    "ask_form_answered": lambda: ask_form.answered("exception 7", answer_card(view(), {})),
}
