"""The command line, one file per noun. Must not hold rules: it parses, calls, prints."""
