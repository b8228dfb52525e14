"""Throughput, latency and memory beside peers, on real servers: `python -m tests.bench`. See docs/benchmarks.md."""
