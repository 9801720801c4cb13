"""The runtimes of converted files: their rows, and what pages say of them."""

import dataclasses
from importlib import resources

import pytest

from exporter.cards import clients_page
from exporter.cards import recorded
from exporter.cards import runtimes
from model_specs import formats
from model_specs import kinds
from tests import conversions_made
from tests import some_spec_file

_OK = runtimes.Trial('A', 'a-b', '1.2', 'Node', 'onnx.model', runtimes.OK)
_NEAR = runtimes.Trial('A', 'a-b', '1.2', 'Node', 'litert.int8', runtimes.NEAR)
_REFUSED = runtimes.Trial(
  'A', 'a-b', '1.2', 'Node', 'litert.dynamic', 'refused: no "mul"\t!'
)


def _conversion(word):
  return conversions_made.conversion(conversions_made.V1, word)


def test_what_is_written_is_read():
  trials = (_OK, _NEAR, _REFUSED)
  assert runtimes.TABLE.parse(runtimes.TABLE.render(trials)) == trials


def test_the_committed_file_is_in_its_own_form():
  path = resources.files('exporter.cards') / runtimes.TABLE.file
  trials = runtimes.TABLE.committed
  assert runtimes.TABLE.render(trials) == path.read_text('utf-8')
  converted = {kind.word for kind in kinds.converted()}
  assert {trial.word for trial in trials} == converted


def test_other_results_and_columns_are_refused():
  with pytest.raises(recorded.RecordedError, match=r"A, onnx: .* 'wrong'"):
    runtimes.Trial('A', 'a-b', '1.2', 'Node', 'onnx', 'wrong')
  text = runtimes.TABLE.render([_OK]).replace('place', 'palace')
  with pytest.raises(recorded.RecordedError, match=r'are .*palace'):
    runtimes.TABLE.parse(text)


def test_a_runtime_has_one_row():
  lines = runtimes.section([_OK, _NEAR, _REFUSED]).splitlines()
  row = '| A | `a-b` 1.2 | Node | `onnx.model` | `litert.int8` | '
  assert f'{row}`litert.dynamic` |' in lines


def test_the_page_of_clients_has_the_committed_ones():
  assert runtimes.section() in clients_page.clients_page_text()


def test_a_card_names_the_runtimes_of_such_files_alone():
  (sentence,) = runtimes.seen(_conversion('onnx.model'), [_OK, _NEAR])
  assert sentence.endswith('A 1.2 in Node.')
  assert not runtimes.seen(_conversion('litert.dynamic'), [_OK, _REFUSED])


def test_what_takes_colours_alone_is_on_no_card_of_grey_images():
  of_colours = (
    dataclasses.replace(_OK, runtime=runtime, word='litert.float32')
    for runtime in ('MediaPipe', 'Another')
  )
  model = some_spec_file.model(network='lenet', multiplier=None, size=28)
  grey = formats.convert(model.handles((2,))[0], kinds.get('litert.float32'))
  trials = tuple(of_colours)
  (sentence,) = runtimes.seen(grey, trials)
  assert 'MediaPipe 1.2' not in sentence
  assert sentence.replace('\n', ' ').endswith(
    'too: Another 1.2 in Node. MediaPipe takes pictures in colour alone.'
  )
  (sentence,) = runtimes.seen(_conversion('litert.float32'), trials)
  assert 'MediaPipe 1.2 in Node; Another 1.2' in ' '.join(sentence.split())
