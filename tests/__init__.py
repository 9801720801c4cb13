"""Tests: NAME_test.py proves the module NAME."""
