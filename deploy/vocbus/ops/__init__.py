"""The command line and what it runs: servers, topics, indices, proofs."""
