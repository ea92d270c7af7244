"""The Slack surfaces: each hears, parses, and makes one call. Must not decide or store."""
