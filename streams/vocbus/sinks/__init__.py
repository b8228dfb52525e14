"""Where records end: Elasticsearch, and a twin in memory for tests. Knows contracts only."""
