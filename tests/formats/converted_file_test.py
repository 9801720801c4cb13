"""One door to all converted formats."""

from importlib import util

import pytest

from exporter import errors
from exporter import formats
from exporter import storage
from exporter.artifacts import frozen
from model_specs import kinds
from tests import conversions_made

_TINY = conversions_made.TINY


@pytest.mark.parametrize('word', conversions_made.WORDS)
def test_every_format_is_written_run_and_proven(word):
  conversion = conversions_made.conversion(_TINY, word)
  file = conversions_made.file(_TINY, word)
  original = conversions_made.original(_TINY)
  checks = formats.of(conversion).prove(conversion, file, original)
  assert all(c.difference <= c.tolerance for c in checks)


@pytest.mark.parametrize('word', conversions_made.WORDS)
def test_the_same_bytes_again(word, tmp_path):
  again = conversions_made.write(_TINY, word, tmp_path)
  first = conversions_made.file(_TINY, word)
  assert storage.hash_files(again) == storage.hash_files(first)


@pytest.mark.parametrize('word', conversions_made.WORDS)
def test_garbage_is_one_error(word, tmp_path):
  path = tmp_path / 'garbage'
  conversion = conversions_made.conversion(_TINY, word)
  file = path
  if conversion.kind.is_folder:
    path.mkdir()
    file = path / 'model.json'
  file.write_bytes(b'garbage' * 100)
  with pytest.raises(errors.ProofError, match='cannot be loaded'):
    formats.load(conversion, path)


def _exchange(graph):
  """A frozen network in which two moving means of one shape change places."""
  one, other = (
    node.attr['value'].tensor
    for node in graph.definition.node
    if node.name.endswith('moving_mean/Read/ReadVariableOp')
  )
  kept = type(one).FromString(one.SerializeToString())
  one.CopyFrom(other)
  other.CopyFrom(kept)
  return graph


@pytest.mark.parametrize(
  'word', ['litert.dynamic', 'litert.int8', 'tfjs.uint8', 'tfjs.float16']
)
def test_what_rounding_would_hide_is_not_converted(word, tmp_path, monkeypatch):
  freeze = frozen.freeze
  monkeypatch.setattr(frozen, 'freeze', lambda *args: _exchange(freeze(*args)))
  with pytest.raises(errors.ProofError, match='is not converted: its network'):
    conversions_made.write(_TINY, word, tmp_path)
  assert not list(tmp_path.iterdir())


@pytest.mark.parametrize('group', [kinds.LITERT, kinds.ONNX])
def test_a_missing_package_is_asked_for(group, tmp_path, monkeypatch):
  monkeypatch.setattr(util, 'find_spec', lambda _: None)
  word = next(w for w in conversions_made.WORDS if w.startswith(group))
  with pytest.raises(errors.PackageError, match=rf'slimhub\[{group}\]'):
    conversions_made.write(_TINY, word, tmp_path)


@pytest.mark.parametrize(
  'word', ['litert.float32', 'onnx.model', 'tfjs.float32']
)
def test_what_a_converter_refuses_is_one_error(word, tmp_path, monkeypatch):
  freeze = frozen.freeze

  def unknown(*args):
    graph = freeze(*args)
    graph.definition.node[-1].op = 'Bincount'
    return graph

  monkeypatch.setattr(frozen, 'freeze', unknown)
  with pytest.raises(errors.ProofError, match='cannot be converted') as error:
    conversions_made.write(_TINY, word, tmp_path)
  assert '\n' not in str(error.value)
