"""The money of promises: what work costs by a tariff, and what a broken promise gives back.

Must not know of stores.
"""
