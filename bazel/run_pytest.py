"""Runs pytest on its arguments: this is what every test target starts.

It lies here, and not in `tests/`, because Python puts the folder of the script
that it runs first on its path: `tests/model_specs/` would be imported in place
of `model_specs/`.
"""

import os
import sys

import pytest

if __name__ == '__main__':
  # Many tests start Python in another folder; it must find the modules, too.
  os.environ['PYTHONPATH'] = os.pathsep.join(sys.path[1:])
  # Of all folders, a sandbox lets a test write into this one.
  os.environ['HOME'] = os.environ['TEST_TMPDIR']
  # A sandbox is thrown away, and a cache in it as well.
  sys.exit(pytest.main(['-p', 'no:cacheprovider', *sys.argv[1:]]))
