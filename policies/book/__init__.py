"""Reads SLA policies: YAML to rules, or to faults with their lines. Must not judge orders."""
