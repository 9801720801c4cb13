"""Tests of model_specs.spec_files."""
