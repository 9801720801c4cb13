"""Tests of model_specs."""
