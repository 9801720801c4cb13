"""Tests of exporter.cards."""
