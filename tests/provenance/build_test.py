"""A time is named where somebody says which, and commands name no machine."""

import dataclasses
import datetime

import pytest

from exporter import errors
from exporter.provenance import build
from tests import some_exports
from tests import some_manifest
from tests import some_spec_file

_EPOCH = 'SOURCE_DATE_EPOCH'


def test_without_the_variable_there_is_no_time(monkeypatch):
  for value in (None, ''):
    if value is None:
      monkeypatch.delenv(_EPOCH, raising=False)
    else:
      monkeypatch.setenv(_EPOCH, value)
    assert build.this_build().time is None
    assert not build.this_build().stamp


def test_the_time_is_that_of_the_variable(monkeypatch):
  monkeypatch.setenv(_EPOCH, '1481932800')
  expected = datetime.datetime(2016, 12, 17, tzinfo=datetime.timezone.utc)
  assert build.this_build().time == expected
  assert build.this_build().stamp == '2016-12-17T00:00:00Z'


@pytest.mark.parametrize('text', ['now', '-1', '1.5', '9' * 12, '\u0661'])
def test_what_is_no_time_is_refused(monkeypatch, text):
  monkeypatch.setenv(_EPOCH, text)
  with pytest.raises(errors.ExportError, match='SOURCE_DATE_EPOCH is'):
    build.this_build()


def test_the_command_has_the_batch_of_the_file():
  handle = some_exports.handle(some_exports.LITE)
  manifest = some_manifest.make(handle, 'raw')
  for batch, flag in (('1', ''), ('dynamic', '--litert_batch=dynamic ')):
    batched = dataclasses.replace(manifest, batch=batch)
    assert build.command(handle, batched) == (
      f'slimhub export {handle.origin} --formats=litert.float32 --weights=raw '
      f'{flag}--output_dir=DIR'
    )


def test_the_command_for_an_own_model_names_no_file_of_a_machine():
  handle = some_spec_file.model().handles((2,))[0]
  assert build.command(handle, some_manifest.make(handle, 'raw')) == (
    f'slimhub export {handle} --spec_file=FILE --formats=tf2 --weights=raw '
    '--output_dir=DIR'
  )


@pytest.mark.parametrize(
  ('name', 'kind', 'expected'),
  [
    (some_exports.TF1, 'raw', '--formats=tf1 --weights=raw'),
    (some_exports.TF2, 'ema', '--formats=tf2 --weights=ema'),
    (
      some_exports.LITE,
      'synthetic',
      '--formats=litert.float32 --synthetic_weights',
    ),
  ],
)
def test_the_command_is_that_of_the_artifact_alone(name, kind, expected):
  handle = some_exports.handle(name)
  manifest = some_manifest.make(handle, kind)
  assert build.command(handle, manifest) == (
    f'slimhub export {handle.origin} {expected} --output_dir=DIR'
  )
