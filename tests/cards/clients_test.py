"""What a card promises of clients is what was seen, no more."""

import dataclasses

import pytest

from exporter.cards import clients
import model_specs
from tests import each
from tests.cards import some_result

_TF1 = model_specs.get('google/imagenet/mobilenet_v1_025_128/classification/3')
_TF2 = model_specs.get('google/imagenet/mobilenet_v1_025_128/classification/5')

_NEW = some_result.make()
_OLD = some_result.make(
  client='hub.KerasLayer, graph mode',
  tensorflow='1.15.5',
  tensorflow_hub='0.5.0',
  keras='2.2.4-tf',
)
_MODULE = dataclasses.replace(
  _OLD, client='hub.Module', keras='', format='hub', versions=(1, 3)
)


def _text(handle, *results):
  first, *rest = clients.requirement(handle, results)
  return ' '.join([*first.split(), *rest])


def test_a_range_goes_from_the_oldest_to_the_newest_release():
  older = dataclasses.replace(_NEW, tensorflow='2.9.0', tensorflow_hub='0.9.0')
  assert _text(_TF2, _NEW, older, _OLD) == (
    'It was seen to work, from the oldest to the newest tested, in: '
    '* `hub.KerasLayer`: TensorFlow 2.9 to 2.21, Keras 2, '
    'tensorflow-hub 0.9.0 to 0.16.1\n'
    '* `hub.KerasLayer`, graph mode: TensorFlow 1.15, Keras 2, '
    'tensorflow-hub 0.5.0'
  )


@pytest.mark.parametrize(
  'change',
  [{'result': 'broken: it'}, {'versions': (4,)}, {'use': 'save'}],
  ids=str,
)
def test_only_what_worked_with_this_version_is_promised(change):
  assert '2.21' not in _text(_TF2, _OLD, dataclasses.replace(_NEW, **change))


def test_nothing_is_promised_without_a_test():
  assert _text(_TF2, _MODULE) == 'No client was tested with this version.'


def test_a_module_needs_graph_mode():
  assert _text(_TF1, _MODULE).endswith(
    'from TensorFlow 2 on in graph mode, in: '
    '* `hub.Module`: TensorFlow 1.15, tensorflow-hub 0.5.0'
  )


def test_the_releases_in_which_a_use_is_broken():
  broken = dataclasses.replace(_NEW, use='adam', result='broken: it')
  results = [_NEW, broken, dataclasses.replace(broken, keras='2.9.1')]
  releases = clients.broken_keras('hub.KerasLayer', 'adam', results)
  assert releases == '2.9 to 2.21'
  assert clients.broken_keras('hub.KerasLayer', 'infer', results) == ''


@each.over('handle', model_specs.find('*/*/*'))
def test_every_published_version_was_tested(handle):
  assert 'TensorFlow 1.15 to 2.' in ' '.join(clients.requirement(handle))
