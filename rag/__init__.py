"""Retrieval and answering. Must not change state."""
