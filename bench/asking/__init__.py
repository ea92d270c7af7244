"""Asking E2A about a generated workspace whose truth is known. Must not be part of the product."""
