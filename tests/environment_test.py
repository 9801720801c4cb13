"""An optional package that is missing is asked for by name."""

from importlib import util
import os
import runpy
import subprocess
import sys
from unittest import mock

import pytest
import setuptools

from exporter import environment
from exporter import errors
from tests import source_tree


def test_what_is_installed_is_not_asked_for():
  environment.require('litert')
  environment.require('onnx')


def test_what_is_missing_is_named_with_its_extra(monkeypatch):
  monkeypatch.setattr(
    util, 'find_spec', lambda name: None if 'onnx' in name else name
  )
  environment.require('litert')
  with pytest.raises(errors.PackageError) as error:
    environment.require('onnx')
  assert str(error.value) == (
    'onnx needs onnx, onnxruntime, tf2onnx, which this environment lacks; '
    "run: pip install 'slimhub[onnx]'"
  )


@pytest.mark.parametrize('extra', ['litert', 'onnx'])
def test_the_extra_brings_what_is_asked_for(extra):
  with mock.patch.object(setuptools, 'setup') as setup:
    runpy.run_path(str(source_tree.ROOT / 'setup.py'))
  brought = setup.call_args.kwargs['extras_require'][extra]
  names = {requirement.split('>')[0] for requirement in brought}
  assert names == set(environment.packages(extra))


def test_a_process_that_may_use_one_core_finds_one():
  code = (
    'import os; from exporter import environment; '
    'os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); '
    'print(environment.cores())'
  )
  assert subprocess.check_output([sys.executable, '-c', code]) == b'1\n'
  assert 1 <= environment.cores() <= (os.cpu_count() or 1)
