"""Tests of exporter/provenance."""
