"""That an artifact's bytes depend on its handle and weights alone."""

import json
import os
import subprocess
import sys

import pytest

from exporter.storage import contents
from tests import artifacts_made as artifacts
from tests import source_tree

_HANDLES = (
  f'{artifacts.V1}/classification/3',
  f'{artifacts.V1}/classification/5',
)
_CODE = """
import json, pathlib, sys
from exporter.storage import contents
from tests import artifacts_made as artifacts
folder, *names = sys.argv[1:]
hashes = {}
for name in names:
  path = pathlib.Path(folder) / name
  path.mkdir(parents=True)
  artifacts.write(name, path)
  files = contents.hash_files(path)
  hashes[name] = {key: file.sha256 for key, file in files.items()}
json.dump(hashes, sys.stdout)
"""


def _write_elsewhere(folder, seed, *names):
  """Hashes of what another process writes."""
  done = subprocess.run(
    [sys.executable, '-c', _CODE, str(folder), *names],
    cwd=source_tree.ROOT,
    env={**os.environ, 'PYTHONHASHSEED': seed},
    capture_output=True,
    text=True,
    check=True,
  )
  return json.loads(done.stdout)


@pytest.fixture(scope='module')
def elsewhere(tmp_path_factory):
  """The hashes, of two processes: the order of the handles differs as well."""
  return [
    _write_elsewhere(tmp_path_factory.mktemp(seed), seed, *names)
    for seed, names in (('1', _HANDLES), ('2', _HANDLES[::-1]))
  ]


@pytest.mark.parametrize('name', _HANDLES)
def test_bytes_do_not_depend_on_the_process(elsewhere, name):
  # This process may have written anything before.
  artifacts.folder(f'{artifacts.TINY}/feature_vector/5')
  files = contents.hash_files(artifacts.folder(name))
  here = {key: file.sha256 for key, file in files.items()}
  assert len(here) >= 3
  assert elsewhere[0][name] == here
  assert elsewhere[1][name] == here


def test_writing_again_gives_the_same(tmp_path):
  name = f'{artifacts.TINY}/classification/5'
  artifacts.write(name, tmp_path)
  assert contents.hash_files(tmp_path) == contents.hash_files(
    artifacts.folder(name)
  )
