"""Benchmarks: each prints its figures beside a baseline of the same run. Must not be tests."""

"""Measurements on a quiet machine, as ratios where its speed matters. Must not be imported."""
