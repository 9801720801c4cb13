"""Tests of exporter.artifacts."""
