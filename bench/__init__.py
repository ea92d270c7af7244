"""Measurements on a quiet machine, as ratios where its speed matters. Must not be imported."""
