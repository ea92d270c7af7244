"""One file per step, applied in order.

Must not be edited after a release: write a further step.
"""
