"""Looks a policy over: doubtful spots, each with a remedy. Must not judge orders."""
