"""Tests of exporter.formats."""
