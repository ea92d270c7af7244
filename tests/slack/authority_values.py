"""Values behind the drawings of who may what."""

from handlers.blocks.ids import Target
from handlers.blocks.wishes import Wish
from jobs.views import ApprovalView
from policies.roles import Approval, Role, RoleGrant, group, user
from tests.slack.values import ACME, NOW, record

WISH = Wish(verb="resolve", target=Target(id=7, version=3), note="picked by the late shift")
ASKED = Approval(
    id=4,
    tenant_id=1,
    exception_id=7,
    verb="resolve",
    wish={"note": "picked <!channel> *late*", "version": 3},
    asked_by="slack:U0JOE",
    asked_name="Joe <@U1>",
    channel_id="C0ACME",
    asked_at=NOW,
    outcome="declined",
)
REQUEST = ApprovalView(approval=ASKED, record=record(), tenant=ACME)
GRANTS = (
    RoleGrant(principal=user("U0MARIA"), role=Role.LEAD),
    RoleGrant(principal=group("S0NIGHT"), role=Role.OPERATOR, tenant_id=1),
)
WHO_MAY = ("<@U0MARIA>", "<!subteam^S0NIGHT>")
