"""Every format is one object that does all that is asked of formats."""

import pytest

from exporter import errors
from exporter import formats
from exporter import measure
from exporter.checkpoints import synthetic
from model_specs import formats as words
from model_specs import kinds
from tests import artifacts_made as artifacts
from tests import conversions_made
from tests import some_accuracy
from tests import some_manifest

_TINY = conversions_made.TINY
_HANDLES = (
  *(artifacts.handle(f'{artifacts.TINY}/classification/{n}') for n in (3, 5)),
  *(conversions_made.conversion(_TINY, w) for w in conversions_made.WORDS),
)


def test_all_that_has_a_name_has_a_class():
  assert [each.kind for each in formats.FORMATS] == list(kinds.KINDS)
  assert {handle.kind for handle in _HANDLES} == set(kinds.KINDS)


@pytest.mark.parametrize('handle', _HANDLES, ids=str)
def test_it_is_written_run_proven_and_described(handle, tmp_path):
  format_ = formats.of(handle)
  assert format_.kind == handle.kind
  artifact = tmp_path / (handle.kind.file or 'artifact')
  original = conversions_made.original(_TINY)
  format_.write(handle, original, artifact)
  assert artifact.is_dir() == handle.kind.is_folder
  checks = format_.prove(handle, artifact, original)
  assert checks
  assert all(check.compared for check in checks)
  run = formats.load(handle, artifact)
  assert run(synthetic.synthetic_images(2, 32, 32)).shape == (2, 5)
  card = formats.describe(
    handle,
    some_manifest.make(handle),
    measure.Measurements(accuracy=measure.shorten(some_accuracy.make(), 3)),
  )
  assert str(handle) in card.title
  titles = [section.title for section in card.sections]
  assert 'Measured accuracy' in titles


@pytest.mark.parametrize('handle', _HANDLES, ids=str)
def test_it_names_what_it_takes(handle):
  format_ = formats.of(handle)
  format_.require()
  assert bool(format_.packages) == handle.kind.is_converted


def test_a_format_that_has_but_a_name_is_one_error():
  kind = kinds.Kind('coreml2', 'model', '.bin')
  with kinds.added(kind):
    handle = words.convert(_HANDLES[1], kind)
    with pytest.raises(errors.ExportError, match=r'coreml2\.model, expected'):
      formats.of(handle)
