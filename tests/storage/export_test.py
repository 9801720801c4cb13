"""A path holds an export only if a manifest there describes that very path."""

import json
import os
import pathlib

import pytest

from exporter import errors
from exporter.storage import export
from exporter.storage import places
from tests import some_exports


@pytest.fixture(name='root')
def _root(tmp_path) -> pathlib.Path:
  return some_exports.make(tmp_path)


@pytest.mark.parametrize(
  'name', [some_exports.TF1, some_exports.TF2, some_exports.LITE]
)
def test_what_is_whole_has_its_manifest_and_its_card(root, name):
  handle = some_exports.handle(name)
  exported = export.find_export(root, handle.stem)
  assert exported
  assert (exported.manifest.handle, exported.stem) == (name, handle.stem)
  assert exported.read_card() == places.place(root, handle).card.read_text()


@pytest.mark.parametrize('data', [b'', bytes(300)])
def test_what_a_power_cut_left_is_none(root, data):
  (root / f'{some_exports.TF2}.json').write_bytes(data)
  (root / f'{some_exports.TF1}.md').write_bytes(data)
  assert export.find_export(root, some_exports.TF2) is None
  assert export.read_card(root, some_exports.TF1) is None


def test_the_manifest_of_another_is_refused(root):
  text = (root / f'{some_exports.TF1}.json').read_text()
  (root / f'{some_exports.TF2}.json').write_text(text)
  with pytest.raises(errors.ManifestError, match=r'expected one of .*/5;'):
    export.find_export(root, some_exports.TF2)


def test_a_converted_file_is_one_file(root):
  handle = some_exports.handle(some_exports.LITE)
  place = places.place(root, handle)
  text = place.manifest.read_text()
  more = '"files": {"x": {"bytes": 1, "sha256": "' + 'ab' * 32 + '"},'
  place.manifest.write_text(text.replace('"files": {', more))
  with pytest.raises(errors.ManifestError, match='lists 2 files, expected'):
    export.find_export(root, handle.stem)


def _link_to(target: str):
  def spoil(card: pathlib.Path) -> None:
    card.unlink()
    card.symlink_to(target)

  return spoil


def _pipe(card: pathlib.Path) -> None:
  card.unlink()
  os.mkfifo(card)


def _huge(card: pathlib.Path) -> None:
  with card.open('wb') as file:
    file.truncate(2**40)


@pytest.mark.parametrize(
  ('spoil', 'reason'),
  [
    (_link_to('/etc/passwd'), 'is a link'),
    (_link_to('/dev/zero'), 'is a link'),
    (_link_to('3.md'), 'is a link'),
    (_pipe, 'is no regular file'),
    (_huge, 'has more than 4,194,304 bytes'),
    (lambda card: card.write_bytes(b'\xff'), 'is no text in UTF-8'),
    (pathlib.Path.unlink, 'is missing'),
  ],
)
def test_a_card_is_a_small_file_beside_its_artifact(root, spoil, reason):
  spoil(root / f'{some_exports.TF2}.md')
  exported = export.find_export(root, some_exports.TF2)
  assert exported
  with pytest.raises(
    errors.ManifestError, match=f'{some_exports.TF2}.md {reason}'
  ):
    exported.read_card()


def test_a_converted_file_of_another_training_is_not_opened(root):
  lite = some_exports.handle(some_exports.LITE)
  with export.open_artifact(root, lite) as (artifact, _):
    assert artifact.exists()
  beside = root / f'{some_exports.TF2}.json'
  described = json.loads(beside.read_text())
  described['weights']['sha256'] = '0' * 64
  beside.write_text(json.dumps(described))
  with (
    pytest.raises(errors.ManifestError, match='the SavedModel beside'),
    export.open_artifact(root, lite),
  ):
    pass
