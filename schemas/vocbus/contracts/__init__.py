"""The contracts of the bus: records, wire format, topics, failure types. Knows nobody."""
