"""Draws what people see in Slack: values in, blocks out. Must not look anything up."""
