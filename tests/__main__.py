"""Runs pytest on its arguments: what a py_test of BUILD starts."""

import sys

import pytest

if __name__ == '__main__':
  sys.exit(pytest.main(sys.argv[1:]))
