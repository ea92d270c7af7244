"""Use cases, one unit of work each. Must not name a concrete store, index or Slack client."""
