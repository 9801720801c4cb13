"""Files that are compared with those that were written again."""

import shutil

import pytest
from tensorflow.core.protobuf import saved_model_pb2

from exporter.artifacts import vectors
from exporter.artifacts import written
from tests import artifacts_made


@pytest.fixture(name='pair')
def _pair(tmp_path):
  """An artifact, and what was written again of it."""
  made = artifacts_made.folder(f'{artifacts_made.TINY}/classification/5')
  artifact = shutil.copytree(made, tmp_path / 'artifact')
  (artifact / vectors.VECTORS).parent.mkdir(exist_ok=True)
  again = shutil.copytree(artifact, tmp_path / 'again')
  shutil.rmtree(again / 'variables')
  (artifact / vectors.VECTORS).write_bytes(b'of this processor')
  return artifact, again


def test_numbers_and_spellings_do_not_count(pair):
  artifact, again = pair
  path = artifact / 'saved_model.pb'
  model = saved_model_pb2.SavedModel.FromString(path.read_bytes())
  # The same message, with its fields in another order.
  halves = saved_model_pb2.SavedModel(meta_graphs=model.meta_graphs)
  version = saved_model_pb2.SavedModel(saved_model_schema_version=1)
  path.write_bytes(halves.SerializeToString() + version.SerializeToString())
  assert path.read_bytes() != (again / path.name).read_bytes()
  assert written.differing_files(artifact, again) == []


def test_what_differs_is_missing_or_too_much_is_named(pair):
  artifact, again = pair
  (artifact / vectors.VECTORS).unlink()
  (artifact / 'more').touch()
  (again / 'lost').touch()
  for folder, text in ((artifact, 'one'), (again, 'other')):
    (folder / 'assets' / 'both').write_text(text)
  assert written.differing_files(artifact, again) == [
    vectors.VECTORS,
    'assets/both',
    'lost',
    'more',
  ]
