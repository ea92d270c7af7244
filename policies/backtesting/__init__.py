"""What a change of promises would have done: old against new rules over orders of the past.

Must not read orders or policies: both are handed in.
"""
