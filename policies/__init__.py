"""The functional core: what is true, decided from values alone. Must not do I/O."""
