"""Everything that comes in, and how answers are drawn. Must not decide or store."""
