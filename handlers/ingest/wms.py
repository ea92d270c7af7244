"""Takes what a warehouse system sends: the canonical form alone. Must not translate anything."""

from handlers.ingest.signatures import E2A_SIGNATURE, base64_in
from handlers.ingest.told import Posted, Told, no_fact

SCHEME = base64_in(E2A_SIGNATURE)


def translate(posted: Posted) -> list[Told]:
    """Nothing but the canonical form is read; raises InvalidEventError for the rest."""
    del posted
    raise no_fact(path="event_type", message="wms events are sent in the canonical form")
