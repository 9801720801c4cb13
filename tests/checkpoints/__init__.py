"""Tests of exporter.checkpoints."""
