"""A carrier's contract for tests, and parcels that it prices."""

from policies.money.audit.contract import Contract
from policies.money.audit.read_contract import read_contract

CONTRACT = """
carrier: ups
names: [UPS, United Parcel Service]
currency: USD
ours: {accounts: [A1, A2], payers: [prepaid, sender]}
not_ours: {payers: [collect, third party], services: [CRF]}
tolerance: {cents: 2, pct: 0.5}
disputes: {days: 180}
versions:
  - version: "2025"
    effective: {from: 2025-01-01, until: 2025-12-31}
    services: [{id: ground, names: [UPS Ground, GND], table: ground}]
    tables:
      ground:
        unit: lb
        round_up_to: 1
        dim: {divisor: 166, unit: in}
        lanes:
          - {from: ATL1, to: "2", bands: [[1, 780], [5, 900], [10, 1050]], each_further: 40}
          - {from: ATL1, to: "5", bands: [[1, 860], [5, 1060], [10, 1300]], each_further: 60}
  - version: "2026"
    effective: {from: 2026-01-01}
    services:
      - {id: ground, names: [UPS Ground, GND], table: ground, discount_pct: 10}
      - {id: next_day, names: [Next Day Air], table: air}
    tables:
      ground:
        unit: lb
        round_up_to: 1
        dim: {divisor: 166, unit: in}
        lanes:
          - {from: ATL1, to: "2", bands: [[1, 800], [5, 920], [10, 1080]], each_further: 42}
          - {from: ATL1, to: "5", bands: [[1, 880], [5, 1100], [10, 1400]], each_further: 62}
          - {from: ATL1, to: "7", bands: [[1, 990], [5, 1200]]}
          - {from: ATL1, to: "8", bands: [[5, 1500]]}
          - {from: ATL1, to: "8", bands: [[5, 1650]]}
      air:
        unit: lb
        round_up_to: 1
        lanes:
          - {from: "*", to: "*", bands: [[5, 3000], [20, 4500]]}
    charges:
      - code: fuel
        names: [Fuel Surcharge]
        pct_of: [freight, residential]
        dated_pct: [[2026-01-05, 18], [2026-01-12, 20], [2026-01-19, 16]]
      - {code: residential, names: [Residential Surcharge], cents: 605, when: {residential: true}}
      - {code: area, names: [Delivery Area Surcharge], cents: 405, when: {zip_prefix: ["995"]}}
      - code: correction
        names: [Address Correction]
        cents: 1900
        when: {event: address_corrected}
      - code: peak
        names: [Peak Surcharge]
        cents: 150
        when: {windows: [{from: 2026-01-01, until: 2026-01-10}]}
      - {code: saturday, names: [Saturday Delivery], cents: 1600, when: {weekdays: [sat]}}
    guarantees:
      - services: [next_day]
        from: 2026-01-01
        until: 2026-01-31
        business_days: 1
        by: "10:30"
        claim_days: 15
        except: [address_corrected, delivery_attempted]
"""


def a_contract(text: str = CONTRACT) -> Contract:
    """The contract above, or another."""
    return read_contract(text, "ups.yaml")
