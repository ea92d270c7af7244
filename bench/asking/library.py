"""The policies and runbooks of the workspace, some of them superseded, some of one client.

Must not hold questions: the templates do. What is never written here is asked for by near-misses.
"""

from bench.asking.shelves import Paper, paper

LIBRARY: tuple[Paper, ...] = (
    paper(
        "runbooks/damaged-goods.md",
        "Damaged goods",
        version="3",
        dates=("2026-02-01", ""),
        sections={
            "What counts as damaged": "A parcel counts as damaged when the carton is torn, crushed "
            "or wet, or when an item inside is broken. A scuffed carton with sound contents is not "
            "damage and ships as it is.",
            "Photos first": "Take 4 photos before anything is moved: the label, the carton, the "
            "padding and the item. Without photos no claim is accepted by the carrier.",
            "Filing the claim": "File the claim with the carrier within 10 days of delivery. "
            "Attach the photos and the value of the goods from the order.",
            "Write-off limit": "The shift lead may write off damaged goods worth up to 75 USD. "
            "Anything above needs the yes of the operations manager.",
        },
    ),
    paper(
        "runbooks/damaged-goods.md",
        "Damaged goods",
        version="2",
        dates=("", "2026-02-01"),
        sections={
            "Photos first": "Take 2 photos before anything is moved: the label and the item.",
            "Filing the claim": "File the claim with the carrier within 21 days of delivery.",
            "Write-off limit": "The shift lead may write off damaged goods worth up to 150 USD.",
        },
    ),
    paper(
        "runbooks/missed-pickup.md",
        "Missed pickups",
        version="5",
        sections={
            "First call": "When a carrier has not come 30 minutes after its window, the dock lead "
            "calls the carrier's dispatch desk and notes the name of whoever answers.",
            "Rebooking": "If dispatch cannot promise a truck before 19:00, rebook the parcels of "
            "express services with another carrier and leave ground parcels for the next morning.",
            "Late trailer": "A trailer that leaves after 20:30 is sealed by two people and its "
            "seal number is written into the dock log.",
        },
    ),
    paper(
        "runbooks/stock-shortage.md",
        "Stock shortages",
        version="2",
        sections={
            "Recount": "Before a shortage is confirmed the bin and its two neighbours are "
            "recounted by somebody who did not pick the order.",
            "Split or hold": "Orders with 3 or more lines are split: what is there ships today, "
            "the rest follows. Orders with fewer lines are held for at most 48 hours.",
            "Telling the client": "The client is told of a confirmed shortage on the same "
            "business day, before 17:00 of its own time zone.",
        },
    ),
    paper(
        "runbooks/address-problems.md",
        "Address problems",
        version="1",
        sections={
            "Correcting an address": "We correct a postcode or a street number by ourselves when "
            "the address service is at least 95 % sure. Everything else goes back to the client.",
            "Waiting for the client": "An order with an invalid address waits for 72 hours. Then "
            "it is cancelled and the goods go back to stock.",
            "Returned to sender": "A parcel that comes back as undeliverable is shipped again "
            "once, at the client's cost.",
        },
    ),
    paper(
        "runbooks/returns.md",
        "Returns",
        version="4",
        sections={
            "Receiving a return": "Returns are opened at the returns bench within 2 business days "
            "of arrival, never on the pack line.",
            "Grading": "Grade A goes back to stock, grade B to the outlet shelf, grade C is "
            "destroyed after 14 days unless the client wants it back.",
            "Returns without an order": "A return without an order number is kept in quarantine "
            "cage 2 for 30 days.",
        },
    ),
    paper(
        "runbooks/peak.md",
        "Peak season",
        version="2025",
        sections={
            "Order caps": "From 15 November to 24 December a client may send at most 130 % of its "
            "forecast. What is above is promised one business day later.",
            "Extra shifts": "In peak a night shift runs from 22:00 to 06:00 when more than 2,500 "
            "orders wait at 18:00.",
        },
    ),
    paper(
        "policies/cut-offs.md",
        "Carrier cut-offs",
        version="7",
        dates=("2026-01-15", ""),
        sections={
            "UPS": "Parcels for UPS must be on the dock by 17:15. UPS collects at 17:45.",
            "FedEx": "Parcels for FedEx Express must be on the dock by 18:30, FedEx Ground by "
            "16:00.",
            "USPS": "USPS collects twice, at 11:00 and at 16:45. The later one is the cut-off for "
            "Priority Mail.",
            "OnTrac": "OnTrac collects at RNO3 only, at 19:20 on weekdays.",
        },
    ),
    paper(
        "policies/cut-offs.md",
        "Carrier cut-offs",
        version="6",
        dates=("", "2026-01-15"),
        sections={
            "UPS": "Parcels for UPS must be on the dock by 16:30. UPS collects at 17:00.",
            "FedEx": "Parcels for FedEx must be on the dock by 17:30.",
            "USPS": "USPS collects once, at 15:30.",
        },
    ),
    paper(
        "policies/credits.md",
        "Credits to clients",
        version="2",
        dates=("2026-01-01", ""),
        sections={
            "Late shipment": "A shipment that leaves late through our own fault gives the client "
            "a credit of 100 % of its pick and pack fee.",
            "Lost parcels": "A parcel lost within our four walls is credited with its landed cost, "
            "at most 250 USD a parcel.",
            "Who approves": "A credit under 5 USD is given without asking. From 20 USD on the "
            "billing lead has to approve it.",
            "Disputes": "A client may dispute an invoice within 60 days of its date.",
        },
    ),
    paper(
        "policies/credits.md",
        "Credits to clients",
        version="1",
        dates=("", "2026-01-01"),
        sections={
            "Late shipment": "A shipment that leaves late gives the client a credit of 50 % of "
            "its pick and pack fee.",
            "Lost parcels": "A lost parcel is credited with at most 100 USD.",
            "Disputes": "A client may dispute an invoice within 90 days of its date.",
        },
    ),
    paper(
        "runbooks/escalation.md",
        "Escalation",
        version="3",
        sections={
            "Critical exceptions": "A critical exception that nobody acknowledged within 15 "
            "minutes goes to the shift lead, after 45 minutes to the site manager.",
            "Telling a client": "The client's account lead is told of a delay of more than 4 "
            "hours before the client asks.",
        },
    ),
    paper(
        "runbooks/night-desk.md",
        "Night desk",
        version="1",
        direct=True,
        sections={
            "Agency rates": "Temporary staff of the agency cost 31.40 USD an hour at night.",
            "Keys": "The spare keys of the cage are in safe 4 of the site office.",
        },
    ),
    paper(
        "policies/contract.md",
        "Acme Outdoors contract",
        version="2026",
        tenant="Acme Outdoors",
        dates=("2026-01-01", ""),
        sections={
            "Shipping promise": "Orders of Acme Outdoors received by 14:00 Eastern ship on the "
            "same day.",
            "Signature": "Orders worth more than 400 USD ship with a signature on delivery.",
            "Packaging": "Tents and poles ship in reinforced cartons; plastic void fill is not "
            "allowed.",
        },
    ),
    paper(
        "policies/contract.md",
        "Acme Outdoors contract",
        version="2025",
        tenant="Acme Outdoors",
        dates=("", "2026-01-01"),
        sections={
            "Shipping promise": "Orders of Acme Outdoors received by 12:00 Eastern ship on the "
            "same day.",
            "Signature": "Orders worth more than 250 USD ship with a signature on delivery.",
        },
    ),
    paper(
        "runbooks/kitting.md",
        "Kitting for Acme Outdoors",
        version="1",
        tenant="Acme Outdoors",
        sections={
            "Camp kits": "A camp kit is one stove, two mugs and one gas adapter, sealed with the "
            "green sticker. Gas cartridges never go into a kit.",
        },
    ),
    paper(
        "policies/contract.md",
        "Globex contract",
        version="2026",
        tenant="Globex",
        dates=("2026-01-01", ""),
        sections={
            "Service level": "Globex is promised that 98.5 % of its orders ship within 24 hours "
            "of payment, measured by calendar month.",
            "Weekend work": "Globex orders of Friday after 15:00 are due on Monday at noon.",
            "Credit ceiling": "Credits to Globex are capped at 12 % of the monthly invoice.",
        },
    ),
    paper(
        "runbooks/cold-packs.md",
        "Cold packs for Globex",
        version="2",
        tenant="Globex",
        sections={
            "Gel packs": "Between May and September every Globex serum ships with 2 frozen gel "
            "packs, else with 1.",
        },
    ),
    paper(
        "policies/contract.md",
        "Umbrella Foods contract",
        version="2026",
        tenant="Umbrella Foods",
        sections={
            "Shipping promise": "Orders of Umbrella Foods received by 09:45 ship on the same day.",
            "Prices": "Umbrella Foods pays 0.87 USD a pick and 41.20 USD a pallet and month.",
            "Penalties": "Umbrella Foods receives 777 USD for every missed truck.",
        },
    ),
)
