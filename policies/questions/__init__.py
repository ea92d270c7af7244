"""Questions about figures: read from plain words into one of a closed list of shapes.

Must not count anything.
"""
