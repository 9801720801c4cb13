"""Tests of exporter.checkpoints.fetch."""
