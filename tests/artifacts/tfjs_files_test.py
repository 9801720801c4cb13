"""A folder for TensorFlow.js may be anybody's: nothing of it is believed."""

from collections.abc import Callable
import dataclasses
import json
import pathlib
import shutil
from typing import Any

import pytest

from exporter import errors
from exporter.artifacts import tfjs_files
from model_specs import kinds
from tests import conversions_made

_TINY = conversions_made.TINY
_WORD = 'tfjs.float32'
_HANDLE = conversions_made.conversion(_TINY, _WORD)
_SHARD = 'group1-shard1of1.bin'


@pytest.fixture(name='folder')
def _folder(tmp_path) -> pathlib.Path:
  file = conversions_made.file(_TINY, _WORD)
  return pathlib.Path(shutil.copytree(file, tmp_path / 'float32'))


def _change(
  folder: pathlib.Path, change: Callable[[dict[str, Any]], object]
) -> None:
  path = folder / 'model.json'
  model = json.loads(path.read_text())
  change(model)
  path.write_text(json.dumps(model))


def test_what_was_written_is_read(folder):
  files = tfjs_files.read(_HANDLE, folder)
  assert len(files.data) == (folder / _SHARD).stat().st_size
  assert files.topology['node']


@pytest.mark.parametrize(
  'change',
  [
    lambda m: m['modelTopology']['node'].append({'name': 'x', 'op': 'While'}),
    lambda m: m['modelTopology'].update(library={'function': []}),
    lambda m: m.update(modelInitializer={'node': []}),
  ],
)
def test_what_no_export_does_is_not_run(folder, change):
  _change(folder, change)
  with pytest.raises(errors.ProofError, match='was not run'):
    tfjs_files.read(_HANDLE, folder)


@pytest.mark.parametrize(
  'path',
  ['../../secret', '/etc/passwd', 'group1-shard1of2.bin', 'labels.txt', 7],
)
def test_only_shards_are_read(folder, path):
  _change(folder, lambda m: m['weightsManifest'][0].update(paths=[path]))
  with pytest.raises(ValueError, match=r'expected group1|is no model'):
    tfjs_files.read(_HANDLE, folder)


def test_a_shard_that_was_cut_off_is_noticed(folder):
  shard = folder / _SHARD
  size = shard.stat().st_size
  shard.write_bytes(shard.read_bytes()[:-1])
  with pytest.raises(ValueError, match=f'{size - 1} bytes, expected {size}'):
    tfjs_files.read(_HANDLE, folder)


@pytest.mark.parametrize(
  'change',
  [
    lambda m: m.pop('format'),
    lambda m: m.update(format='layers-model'),
    lambda m: m.update(modelTopology=[]),
    lambda m: m.update(weightsManifest=[]),
    lambda m: m['weightsManifest'][0]['weights'].append({'name': 'x'}),
    lambda m: m['weightsManifest'][0]['weights'][0].update(shape='x'),
    lambda m: m['modelTopology']['node'].append(3),
  ],
)
def test_what_is_no_model_is_one_error(folder, change):
  _change(folder, change)
  with pytest.raises(ValueError, match=r'.'):
    tfjs_files.read(_HANDLE, folder)


def test_another_size_than_the_handles_is_refused(folder):
  def change(model):
    (images,) = model['signature']['inputs'].values()
    images['tensorShape']['dim'][1]['size'] = '64'

  _change(folder, change)
  with pytest.raises(errors.ProofError, match='expected'):
    tfjs_files.read(_HANDLE, folder)


def test_weights_of_another_type_than_the_kinds_are_refused(folder):
  as_float16 = dataclasses.replace(_HANDLE, kind=kinds.get('tfjs.float16'))
  with pytest.raises(
    errors.ProofError, match='weights in float32, expected float16'
  ):
    tfjs_files.read(as_float16, folder)
