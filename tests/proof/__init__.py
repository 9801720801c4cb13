"""Tests of exporter.proof."""
