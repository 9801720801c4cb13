"""A card says where the weights come from, and why that is believed."""

import dataclasses

import pytest

from exporter.cards import origin
from exporter.storage import manifest
from tests import some_exports
from tests import some_manifest

_ARCHIVE = manifest.Archive(
  'https://example.org/a.tgz', 7, 'sha256', 'ab' * 32, 'first use'
)


def _section(
  name: str,
  kind: manifest.WeightsKind = 'ema',
  archive: manifest.Archive | None = None,
) -> str:
  handle = some_exports.handle(name)
  export_manifest = some_manifest.make(handle, kind)
  weights = dataclasses.replace(export_manifest.weights, archive=archive)
  export_manifest = dataclasses.replace(export_manifest, weights=weights)
  (section,) = origin.provenance(handle, export_manifest)
  return ' '.join(section.to_markdown().split())


@pytest.mark.parametrize(
  ('trust', 'words'),
  [
    ('published', 'slimhub knows this hash'),
    ('first use', '**trusted on first use**'),
  ],
)
def test_it_says_why_an_archive_is_believed(trust, words):
  archive = dataclasses.replace(_ARCHIVE, trust=trust)
  text = _section(some_exports.TF2, archive=archive)
  assert words in text
  assert f'`{archive.url}`, sha256 `{archive.digest}`' in text


@pytest.mark.parametrize(
  ('kind', 'words'),
  [
    ('synthetic', 'they come from no archive'),
    ('raw', 'whoever exported it answers for it'),
  ],
)
def test_it_says_where_there_is_no_archive(kind, words):
  assert words in _section(some_exports.TF2, kind)


@pytest.mark.parametrize(
  ('name', 'stem'), [(some_exports.TF2, '5'), (some_exports.LITE, 'float32')]
)
def test_it_names_what_lies_beside(name, stem):
  text = _section(name)
  assert f'`{stem}.intoto.jsonl`' in text
  assert f'`{stem}.cdx.json`' in text


def test_a_model_that_nobody_exported_comes_from_nowhere():
  assert origin.provenance(some_exports.handle(some_exports.TF2), None) == ()
