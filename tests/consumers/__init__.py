"""Clients that users run, real and old ones, on artifacts of today."""
