"""Tests of exporter.storage."""
