"""Tests of exporter/signing."""
