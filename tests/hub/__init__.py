"""Tests of exporter.hub."""
