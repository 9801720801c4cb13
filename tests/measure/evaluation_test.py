"""Exports of every kind are evaluated on pictures whose classes are known."""

import csv
import dataclasses
import json
import pathlib
import shutil

import numpy as np
from PIL import Image
import pytest

from exporter import environment
from exporter import errors
from exporter import formats as formats_lib
from exporter import results as results_lib
from exporter.cards import update
from exporter.checkpoints import synthetic
from exporter.measure import crops
from exporter.measure import evaluation
from exporter.measure import labelled
from exporter.pipeline import export
from exporter.pipeline import orders
from exporter.storage import contents
from exporter.storage import places
import model_specs
from model_specs import formats
from tests import checkpoints_made as checkpoints
from tests import some_manifest
from tests import tiny_network

_WORDS = ('tf1', 'tf2', 'litert.float32', 'onnx')
_HANDLES = tuple(
  sorted(
    (
      handle
      for handle in formats.select(tiny_network.MODEL.handles((3, 5)), _WORDS)
      if handle.task == 'classification'
    ),
    key=str,
  )
)
_COUNT, _WRONG = 40, 6


_BIASES = 'Tiny/Logits/Conv2d_1c_1x1/biases'


def _write_pictures(folder: pathlib.Path) -> list[pathlib.Path]:
  """Writes pictures of many sizes, in a format that loses nothing."""
  paths = []
  for number, picture in enumerate(synthetic.synthetic_pictures(_COUNT, 60)):
    paths.append(folder / f'{number:02}.png')
    Image.fromarray(picture[: 30 + number % 20]).save(paths[-1])
  return paths


def _logits(
  tensors: dict[str, np.ndarray], paths: list[pathlib.Path]
) -> np.ndarray:
  """What the TF-Slim network itself makes of pictures."""
  source, _ = tiny_network.sources()
  source.load(tensors)
  images = np.stack([crops.read(path, 32, crops.CENTRAL) for path in paths])
  return source.run(source.logits, images)


@pytest.fixture(scope='module', name='folder_and_pictures')
def _folder_and_pictures(tmp_path_factory) -> tuple[pathlib.Path, tuple]:
  """Exports, and pictures that the network is right on, all but some."""
  folder = tmp_path_factory.mktemp('evaluation')
  paths = _write_pictures(folder)
  tensors = tiny_network.tensors()
  # So that it takes them for many classes, not for its favourite.
  tensors[_BIASES] -= _logits(tensors, paths).mean(0)
  labels = np.argmax(_logits(tensors, paths), 1).tolist()
  assert len(set(labels)) > 3, 'else they tell nothing apart'
  for number in range(_WRONG):
    labels[number] = (labels[number] + 1) % 5
  checkpoints.write(folder / tiny_network.MODEL.checkpoint, tensors)
  order = orders.Order(
    orders.EXPORT, _HANDLES, folder / 'exports', checkpoint_dir=folder
  )
  with tiny_network.registered():
    results = list(export.run(order))
  assert {result.status for result in results} == {results_lib.EXPORTED}
  return folder, tuple(
    labelled.Labelled(path, str(label))
    for path, label in zip(paths, labels, strict=True)
  )


@pytest.fixture(name='exports')
def _exports(folder_and_pictures) -> pathlib.Path:
  return folder_and_pictures[0] / 'exports'


@pytest.fixture(name='pictures')
def _pictures(folder_and_pictures) -> tuple[labelled.Labelled, ...]:
  return folder_and_pictures[1]


@pytest.fixture(scope='module', name='evaluated')
def _evaluated(folder_and_pictures) -> tuple[list, list[int]]:
  folder, pictures = folder_and_pictures
  moved: list[int] = []
  accuracies = evaluation.evaluate(
    _HANDLES, folder / 'exports', pictures, moved.append, formats_lib.load
  )
  return list(accuracies), moved


def test_every_format_is_as_right_as_its_network(evaluated):
  accuracies, moved = evaluated
  assert [accuracy.name for accuracy in accuracies] == list(map(str, _HANDLES))
  assert len(accuracies) == 4
  assert sum(moved) == _COUNT
  for accuracy in accuracies:
    assert accuracy.top1 == _COUNT - _WRONG
    assert accuracy.top5 is None
    assert sum(c.pictures for c in accuracy.classes) == _COUNT
    assert sum(c.right for c in accuracy.classes) == accuracy.top1
    mistakes = sum(sum(c.taken_for.values()) for c in accuracy.classes)
    assert mistakes == _WRONG
    assert accuracy.classes == accuracies[0].classes
  for handle, accuracy in zip(_HANDLES, accuracies, strict=True):
    extra = handle.kind.extra
    ran = environment.packages(extra) if extra else ()
    assert {'tensorflow', *ran} <= accuracy.setting.libraries.keys()


def test_figures_and_pictures_stand_beside_the_exports(
  evaluated, exports, pictures
):
  facts = json.loads((exports / evaluation.EVALUATION_JSON).read_text())
  assert [each['top1'] for each in facts['accuracies']] == [34] * 4
  setting = facts['accuracies'][0]['setting']
  assert setting['pictures'] == _COUNT
  assert setting['sha256'] == labelled.digest(pictures)
  assert setting['preprocessing'] == crops.CENTRAL
  for each in evaluated[0]:
    name = each.name.replace('/', '.') + '.svg'
    chart = (exports / evaluation.EVALUATION_FOLDER / name).read_text('utf-8')
    assert chart.startswith('<svg')


def test_each_answer_is_in_a_table(evaluated, exports, pictures):
  for each in evaluated[0]:
    text = (exports / evaluation.answers_file(each.name)).read_text('utf-8')
    rows = list(csv.DictReader(text.splitlines()))
    assert [row['picture'] for row in rows] == [str(p.path) for p in pictures]
    assert [row['label'] for row in rows] == [p.label for p in pictures]
    right = [row['class'] == row['answer'] for row in rows]
    assert right.count(True) == each.top1
    assert [row['place'] == '1' for row in rows] == right


def test_no_two_exports_have_one_chart():
  alike = ('acme/flowers_a/b', 'acme/flowers/a_b', 'acme/flowers/a_b/quantops')
  handles = [f'{model}/classification/2' for model in alike]
  handles += [f'{handle}.litert/float32' for handle in handles]
  charts = {evaluation.chart_file(handle) for handle in handles}
  assert len(charts) == len(handles)
  assert len({chart.count('/') for chart in charts}) == 1


def test_figures_of_others_stay_while_their_files_do(
  evaluated, exports, pictures, tmp_path
):
  copy = pathlib.Path(shutil.copytree(exports, tmp_path / 'copy'))

  def again(handle: model_specs.Handle) -> list[str]:
    run = (copy, pictures[:9], lambda _: None, formats_lib.load)
    list(evaluation.evaluate([handle], *run))
    text = (copy / evaluation.EVALUATION_JSON).read_text()
    return [each['handle'] for each in json.loads(text)['accuracies']]

  names = [accuracy.name for accuracy in evaluated[0]]
  assert again(_HANDLES[0]) == names
  # They may be of as many classes as a manifest has no room for.
  written = copy / evaluation.EVALUATION_JSON
  written.write_text(written.read_text() + ' ' * 2**23)
  assert again(_HANDLES[0]) == names
  # The last of them is replaced by something else.
  manifest = places.place(copy, _HANDLES[-1]).manifest
  files = some_manifest.make(_HANDLES[-1], hashed='cd' * 32).files
  changed = dataclasses.replace(some_manifest.read(manifest), files=files)
  manifest.write_text(changed.to_json())
  assert again(_HANDLES[0]) == names[:-1]
  (copy / evaluation.EVALUATION_JSON).write_text('["damaged"]')
  assert again(_HANDLES[0]) == names[:1]


def test_cards_take_the_figures_and_exports_stay(evaluated, exports):
  for handle, accuracy in zip(_HANDLES, evaluated[0], strict=True):
    update.write_accuracy(handle, exports, accuracy, formats_lib.describe)
    place = places.place(exports, handle)
    assert '| 40 | 85.00 % | 70.9 to 92.9 % |' in place.card.read_text()
    manifest = some_manifest.read(place.manifest)
    assert not contents.differences(manifest, place.artifact)
  with tiny_network.registered():
    order = orders.Order(
      orders.EXPORT, _HANDLES, exports, checkpoint_dir=exports.parent
    )
    results = list(export.run(order))
  assert {result.status for result in results} == {results_lib.KEPT}


def test_a_label_that_is_no_class_stops_before_any_picture(exports, pictures):
  wrong = (*pictures, labelled.Labelled(pictures[0].path, '5'))
  moved: list[int] = []
  with pytest.raises(errors.PictureError, match='no class for 1 of'):
    list(
      evaluation.evaluate(
        _HANDLES, exports, wrong, moved.append, formats_lib.load
      )
    )
  assert not moved


def test_what_is_no_picture_stops_before_anything_is_written(
  exports, pictures, tmp_path
):
  (tmp_path / 'last.png').write_text('none')
  wrong = (*pictures, labelled.Labelled(tmp_path / 'last.png', '4'))
  output_dir = shutil.copytree(exports, tmp_path / 'exports')
  shutil.rmtree(output_dir / evaluation.EVALUATION_FOLDER, ignore_errors=True)
  (output_dir / evaluation.EVALUATION_JSON).unlink(missing_ok=True)
  with pytest.raises(errors.PictureError, match=r'last\.png cannot be decoded'):
    list(
      evaluation.evaluate(_HANDLES, output_dir, wrong, abs, formats_lib.load)
    )
  written = {evaluation.EVALUATION_FOLDER, evaluation.EVALUATION_JSON}
  assert not written & {path.name for path in output_dir.iterdir()}


def test_nan_is_no_answer(exports, pictures):
  def load(*_):
    return lambda images: np.full([len(images), 5], np.nan)

  measured: list[object] = []
  running = evaluation.evaluate(_HANDLES[:1], exports, pictures, abs, load)
  with pytest.raises(errors.ProofError, match='40 of 40 pictures with NaN'):
    measured.extend(running)
  assert not measured


def test_what_was_changed_keeps_no_other_from_its_figures(
  exports, pictures, tmp_path
):
  folder = shutil.copytree(exports, tmp_path / 'exports')
  bad, good = _HANDLES[:2]
  artifact = places.place(folder, bad).artifact
  (artifact / 'saved_model.pb').write_bytes(b'another program')
  loaded = []

  def load(handle, *_):
    loaded.append(handle)
    return lambda images: np.zeros([len(images), 5])

  running = evaluation.evaluate((bad, good), folder, pictures, abs, load)
  with pytest.raises(errors.ProofError, match='15 bytes; expected'):
    list(running)
  assert loaded == [good]  # What is not as its manifest says is never loaded.
  text = (folder / evaluation.EVALUATION_JSON).read_text()
  assert str(good) in text
  assert str(bad) not in text


def test_features_have_no_classes():
  features = tuple(
    h for h in tiny_network.MODEL.handles((5,)) if h.task == 'feature_vector'
  )
  assert evaluation.classifiers((*features, *_HANDLES)) == _HANDLES
  with pytest.raises(errors.ManifestError, match='returns features, and'):
    evaluation.classifiers(features)
