"""Tests of exporter.networks."""
