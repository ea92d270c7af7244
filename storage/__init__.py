"""Remembers: tables, one store per noun, the group-commit writer, durable work.

Must not decide anything about orders: what is true is said by policies.
"""
