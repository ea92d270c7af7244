"""What `make demo` shows: a local workspace and a simulated warehouse.

It speaks HTTP with the bot and imports none of its packages.
"""
