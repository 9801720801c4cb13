"""Tests of exporter.site."""
