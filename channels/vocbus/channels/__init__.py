"""Channels publish: native payloads become Interactions, and the publisher takes these to Kafka."""
