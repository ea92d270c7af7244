"""Texts as templates and their strict rendering. Must not decide or do I/O."""
