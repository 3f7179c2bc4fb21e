"""How fast sentrack is, beside a peer on the same machine in the same minutes: `python -m benchmarks`."""
