"""What is wrong with an invoice: billed lines against what was done, by tariff and version.

Must not read invoices or events, and must not change either: both are handed in.
"""
