"""A local workspace that answers like Slack.

It must never import the product's packages.
"""
