"""Proves what others bill, line by line: read, matched, priced, judged. Must not read files."""
