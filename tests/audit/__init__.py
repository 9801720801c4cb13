"""Tests of exporter/audit."""
