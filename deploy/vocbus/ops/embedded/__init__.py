"""Real Kafka and Elasticsearch on loopback, started from Python alone, for development, tests and the demo."""
