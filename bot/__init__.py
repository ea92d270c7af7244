"""The composition root and the process. Must not hold business rules."""
