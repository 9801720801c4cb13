"""Weights on disk: found, fetched, recognised and checked."""
