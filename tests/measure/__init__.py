"""Tests of exporter.measure."""
