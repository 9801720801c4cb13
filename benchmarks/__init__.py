"""The benchmarks that the figures in the README come from."""
