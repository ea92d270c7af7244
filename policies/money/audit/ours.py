"""Says which lines of a bill somebody else has to pay. Must not price them."""

from policies.money.audit.contract import Contract
from policies.money.audit.lines import BilledLine
from policies.money.audit.verdict import Cause, Judged, Verdict


def not_ours(line: BilledLine, contract: Contract) -> Judged | None:
    """Why a line is not ours to pay, or why nobody can say; None where it is ours."""
    payer, service = _plain(line.payer), _plain(line.service)
    account = _plain(line.account)
    if service and service in contract.other_services:
        return _theirs(line, Cause.CUSTOMER_FREIGHT, f"{line.service} is freight that others pay")
    if payer and payer in contract.other_payers:
        return _theirs(line, Cause.PAYER, f"billed to {line.payer}")
    if account and contract.accounts and account not in contract.accounts:
        return _theirs(line, Cause.ACCOUNT, f"account {line.account} is none of ours")
    if payer and contract.our_payers and payer not in contract.our_payers:
        why = f"the contract does not say whether we pay what is billed to {line.payer}"
        return Judged(line=line, verdict=Verdict.AMBIGUOUS, cause=Cause.PAYER, why=why)
    return None


def _theirs(line: BilledLine, cause: Cause, why: str) -> Judged:
    return Judged(line=line, verdict=Verdict.NOT_OURS, cause=cause, why=why, expected_cents=0)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
