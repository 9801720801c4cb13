"""Commands that readers are told to run are those of a shell, and enough."""

import shlex

import pytest

from exporter import how_to
import model_specs
from model_specs import formats
from tests import some_spec_file

_TF2 = model_specs.get('google/imagenet/mobilenet_v1_025_128/classification/5')
_OWN = some_spec_file.model().handles((2,))[0]
_SHORT = 'mobilenet_v1_025_128/classification/5'


@pytest.mark.parametrize(
  ('handle', 'expected'),
  [
    (_TF2, _SHORT),
    (*formats.select([_TF2], ['litert.int8']), _SHORT),
    (
      model_specs.get(str(_TF2).replace('google', 'acme')),
      f'{_SHORT} --publisher=acme',
    ),
    (_OWN, f'{_OWN} --spec_file=FILE'),
    (*formats.select([_OWN], ['onnx']), f'{_OWN} --spec_file=FILE'),
  ],
  ids=str,
)
def test_what_is_needed_to_find_a_model_is_there(handle, expected):
  command = how_to.export(handle, '--output_dir=x')
  assert command == f'slimhub export {expected} --output_dir=x'


def test_words_are_quoted_for_a_shell():
  command = how_to.export(_OWN, '--output_dir=my x', spec_file='my own.toml')
  assert shlex.split(command)[3:] == [
    '--spec_file=my own.toml',
    '--output_dir=my x',
  ]


def test_a_handle_may_go_by_its_whole_name():
  assert how_to.export(_TF2, name=str(_TF2)) == f'slimhub export {_TF2}'
