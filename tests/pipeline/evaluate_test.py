"""Exports are evaluated by one call, which may write their cards."""

import functools
import pathlib
import shutil
from typing import Any

from PIL import Image
import pytest
import tensorflow as tf

from exporter import errors
from exporter import pipeline
from exporter.checkpoints import synthetic
import model_specs
from tests import tiny_network

_CLASSIFIER = next(iter(tiny_network.MODEL.handles((5,))))
_REGISTRY = model_specs.PUBLISHED.joined([tiny_network.MODEL])
_COUNT = 10


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory) -> pathlib.Path:
  """Exports, and a folder of pictures of which each is said to be a class."""
  folder = tmp_path_factory.mktemp('evaluation')
  with tiny_network.registered():
    pipeline.export_models(
      _CLASSIFIER,
      output_dir=folder / 'exports',
      weights='synthetic',
      formats=['tf2', 'litert.float32'],
    )
  lines = []
  for number, picture in enumerate(synthetic.synthetic_pictures(_COUNT, 40)):
    Image.fromarray(picture).save(folder / f'{number}.png')
    lines.append(f'{number}.png {number % 5}\n')
  (folder / 'labels.txt').write_text(''.join(lines))
  return folder


def _evaluate(folder: pathlib.Path, **changes: Any):
  return functools.partial(
    pipeline.evaluate_exports,
    f'{folder}/exports',
    images=f'{folder}',
    labels=folder / 'labels.txt',
    formats=['tf2'],
    registry=_REGISTRY,
  )(**changes)


@pytest.mark.parametrize(
  ('changes', 'says'),
  [
    ({'labels_are': 'both'}, "labels_are='both', expected"),
    ({'formats': ['nonsense', 'tf2']}, 'nonsense'),
    ({'formats': 'tf2'}, 'expected a list: formats='),
    ({'patterns': 'tiny_100_32'}, 'expected a list: patterns='),
  ],
)
def test_what_nobody_can_mean_is_an_error(changes, says, folder):
  with pytest.raises(errors.OrderError, match=says):
    _evaluate(folder, **changes)


def test_a_folder_of_exports_is_evaluated_by_one_call(folder):
  (accuracy,) = _evaluate(folder)
  assert accuracy.name == str(_CLASSIFIER)
  assert accuracy.setting.pictures == _COUNT
  with tf.Graph().as_default() as graph:  # As in code of TF-Slim's days.
    assert _evaluate(folder) == (accuracy,)
  assert not graph.get_operations()


def test_the_cards_of_what_was_measured_say_so(folder):
  cards = {
    handle: folder / f'exports/{handle.stem}.md'
    for handle in model_specs.formats.select(
      (_CLASSIFIER,), ('tf2', 'litert.float32')
    )
  }
  before = {handle: card.read_text() for handle, card in cards.items()}
  (accuracy,) = _evaluate(folder, cards=True)
  assert before[_CLASSIFIER] != cards[_CLASSIFIER].read_text()
  assert f'{accuracy.top1_percent:.1f}' in cards[_CLASSIFIER].read_text()
  (converted,) = cards.keys() - {_CLASSIFIER}
  assert before[converted] == cards[converted].read_text()


def test_the_cards_of_others_are_written_where_an_export_fails(
  folder, tmp_path
):
  shutil.copytree(folder / 'exports', tmp_path / 'exports')
  (converted,) = model_specs.formats.select((_CLASSIFIER,), ['litert.float32'])
  (tmp_path / 'exports' / str(converted)).write_bytes(b'no model')
  card = tmp_path / f'exports/{_CLASSIFIER.stem}.md'
  card.write_text('# Without figures, whatever tests before have written\n')
  with pytest.raises(errors.ProofError, match=str(converted)):
    pipeline.evaluate_exports(
      tmp_path / 'exports',
      images=folder,
      labels=folder / 'labels.txt',
      registry=_REGISTRY,
      cards=True,
    )
  assert f'{_COUNT} pictures' in card.read_text()
