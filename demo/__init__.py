"""What `make demo` shows: a local workspace and a simulated warehouse.

It speaks HTTP with the bot and must not import any of its packages.
"""
