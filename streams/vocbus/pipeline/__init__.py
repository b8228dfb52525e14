"""From an interaction to its decision: validate, redact, classify, route. Pure functions over plain records."""
