"""Orders, places and what is found in a folder."""

import os
import pathlib
import pickle
import subprocess
import sys

import pytest

from exporter import errors
from exporter.pipeline import orders as orders_lib
from exporter.storage import folder as folder_lib
from exporter.storage import places
import model_specs
from model_specs import formats
from tests import source_tree

_TEMPLATE = orders_lib.Order(
  orders_lib.EXPORT, (), pathlib.Path('out'), weights='synthetic'
)


def test_one_order_holds_all_handles_of_one_model():
  handles = model_specs.find('mobilenet_v2_035_96', 'mobilenet_v1_025_128')
  orders = orders_lib.make_orders(handles, _TEMPLATE)
  assert [order.model.name for order in orders] == [
    'mobilenet_v1_025_128',
    'mobilenet_v2_035_96',
  ]
  assert [len(order.handles) for order in orders] == [4, 4]


def test_sizes_share_an_architecture_and_multipliers_do_not():
  orders = orders_lib.make_orders(
    model_specs.find('mobilenet_v1_025_*/*/5', 'mobilenet_v1_050_128/*/5'),
    _TEMPLATE,
  )
  assert {order.architecture for order in orders[:4]} == {
    ('mobilenet_v1', 0.25)
  }
  assert orders[4].architecture == ('mobilenet_v1', 0.5)


def test_manifest_and_card_lie_beside_the_artifact():
  (handle,) = model_specs.find('mobilenet_v1_025_128/feature_vector/3')
  place = places.place(pathlib.Path('out'), handle)
  folder = pathlib.Path(
    'out/google/imagenet/mobilenet_v1_025_128/feature_vector'
  )
  assert place.artifact == folder / '3'
  assert place.manifest == folder / '3.json'
  assert place.card == folder / '3.md'


def test_those_of_a_converted_file_bear_its_name():
  (conversion,) = formats.select(
    model_specs.find('mobilenet_v1_025_128/feature_vector/5'), ['litert.int8']
  )
  place = places.place(pathlib.Path('out'), conversion)
  folder = pathlib.Path(
    'out/google/imagenet/mobilenet_v1_025_128/feature_vector/5.litert'
  )
  assert place.artifact == folder / 'int8.tflite'
  assert place.manifest == folder / 'int8.json'
  assert place.card == folder / 'int8.md'


_PRESENT = (
  'acme/imagenet/mobilenet_v2_035_96/classification/4',
  'google/imagenet/mobilenet_v1_025_128/feature_vector/1',
  'google/imagenet/mobilenet_v1_025_128/feature_vector/3',
)


@pytest.fixture(name='folder')
def _folder(tmp_path) -> pathlib.Path:
  """Two artifacts with manifests, one without, and files of other kinds."""
  for handle in _PRESENT:
    (tmp_path / handle).mkdir(parents=True)
  for handle in _PRESENT[1:]:
    (tmp_path / f'{handle}.json').touch()
  (tmp_path / _PRESENT[0]).with_name('notes.json').touch()
  return tmp_path


@pytest.mark.parametrize(
  ('patterns', 'expected'),
  [
    ([], _PRESENT),
    (['mobilenet_v2_*'], _PRESENT[:1]),
    (['mobilenet_v1_*/*/3'], _PRESENT[2:]),
    (['mobilenet_v1_0.25_128'], _PRESENT[1:]),
    (['acme/imagenet/mobilenet_v*'], _PRESENT[:1]),
    (['google/imagenet/mobilenet_v*/*'], _PRESENT[1:]),
    (['mobilenet_v2_*', 'mobilenet_v1_*/*/1'], _PRESENT[:2]),
  ],
)
def test_artifacts_are_found_whole_or_not(folder, patterns, expected):
  artifacts = folder_lib.find_artifacts(folder, patterns)
  assert tuple(map(str, artifacts.usable)) == expected


def test_a_manifest_alone_is_found(folder):
  (folder / _PRESENT[2]).rmdir()
  assert len(folder_lib.find_artifacts(folder).usable) == 3


@pytest.mark.parametrize('patterns', [[], ['mobilenet_v2_140_224']])
def test_a_folder_without_such_exports_is_an_error(tmp_path, patterns):
  with pytest.raises(errors.ManifestError, match=str(tmp_path)):
    folder_lib.find_artifacts(tmp_path, patterns)


_CONVERTED = (
  'acme/imagenet/mobilenet_v2_035_96/classification/4.onnx/model.onnx',
  'google/imagenet/mobilenet_v1_025_128/feature_vector/5.litert/int8.tflite',
)


@pytest.fixture(name='converted')
def _converted(folder) -> pathlib.Path:
  """As `folder`, with a converted file and another one's manifest, too."""
  onnx, litert = (folder / name for name in _CONVERTED)
  for path in (onnx, litert.with_suffix('.json')):
    path.parent.mkdir()
    path.touch()
  litert.with_name('notes.md').touch()
  (folder / _PRESENT[1]).with_name('5.backup').mkdir()
  (folder / _PRESENT[1]).with_name('5.backup').joinpath('int8.json').touch()
  return folder


@pytest.mark.parametrize(
  ('patterns', 'given', 'expected'),
  [
    ([], None, (*_PRESENT, *_CONVERTED)),
    (['mobilenet_v2_*'], None, (_PRESENT[0], _CONVERTED[0])),
    ([], ['litert'], _CONVERTED[1:]),
    ([], ['litert.int8', 'onnx'], _CONVERTED),
    (['mobilenet_v1_*/*/5'], None, _CONVERTED[1:]),
    ([], ['tf1'], _PRESENT[1:]),
    ([], ['tf2'], _PRESENT[:1]),
  ],
)
def test_converted_files_are_found_beside_them(
  converted, patterns, given, expected
):
  artifacts = folder_lib.find_artifacts(converted, patterns, given)
  assert tuple(map(str, artifacts.usable)) == tuple(sorted(expected))


def test_formats_that_are_not_there_are_named(converted):
  with pytest.raises(errors.ManifestError, match=r'onnx\.model_nchw'):
    folder_lib.find_artifacts(converted, [], ['onnx.model_nchw'])


def test_an_order_says_where_its_weights_come_from():
  with pytest.raises(errors.OrderError, match="weights='synthetic'"):
    orders_lib.Order(orders_lib.EXPORT, (), pathlib.Path('out'))
  with pytest.raises(errors.OrderError, match='expected one of the two'):
    orders_lib.Order(
      orders_lib.EXPORT,
      (),
      pathlib.Path('out'),
      checkpoint_dir=pathlib.Path('checkpoints'),
      weights='synthetic',
    )
  orders_lib.Order(orders_lib.VERIFY, (), pathlib.Path('out'))


def test_a_choice_of_no_models_says_so():
  for words in (['tf2'], ['litert.int8']):
    with pytest.raises(errors.OrderError, match='no models are named, expect'):
      orders_lib.choose((), words, has_pictures=False)


def test_an_order_reaches_its_worker_as_it_is():
  order = orders_lib.make_orders(
    model_specs.find('mobilenet_v1_025_128'), _TEMPLATE
  )
  assert pickle.loads(pickle.dumps(order)) == order


def test_names_that_the_environment_takes_for_ascii_are_no_mistake_of_names():
  ascii_alone = {
    **os.environ,
    'LC_ALL': 'C',
    'PYTHONUTF8': '0',
    'PYTHONCOERCECLOCALE': '0',
  }
  command = ('export', 'mobilenet_v1_025_128', '--synthetic_weights')
  done = subprocess.run(
    [sys.executable, '-m', 'exporter', *command, '--output_dir=/tmp/\u00fcn'],
    cwd=source_tree.ROOT,
    env=ascii_alone,
    capture_output=True,
    check=False,
  )
  assert done.returncode == 1
  assert b'is taken for a name in ascii' in done.stderr
  assert b'set PYTHONUTF8=1' in done.stderr
