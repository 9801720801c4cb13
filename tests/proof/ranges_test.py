"""A file of 8 bits whose ranges are not those that were trained is refused."""

from unittest import mock

import pytest

from exporter import errors
from exporter.artifacts import frozen
from exporter.artifacts import litert
from exporter.artifacts import litert_quantized
from exporter.proof import ranges
from model_specs import kinds
from model_specs import versions
from tests import quantized_exports


@pytest.fixture(
  name='conversion',
  params=[
    (task, word)
    for task in versions.TASKS
    for word in ('litert.int8', 'onnx.model')
  ],
  ids=' '.join,
)
def _conversion(request):
  return quantized_exports.conversion(*request.param)


def test_ranges_of_a_right_file(conversion):
  path = quantized_exports.artifact(conversion)
  check = ranges.prove_ranges(conversion, path, quantized_exports.tensors())
  assert check.difference <= check.tolerance
  is_whole = conversion.task == versions.CLASSIFICATION
  assert check.compared == 2 * (56 if is_whole else 54)


@pytest.mark.parametrize(
  'scope',
  [
    'MobilenetV1/MobilenetV1/Conv2d_0/weights_quant',
    'MobilenetV1/MobilenetV1/Conv2d_7_pointwise/weights_quant',
    'MobilenetV1/MobilenetV1/Conv2d_13_depthwise/act_quant',
  ],
)
def test_another_range_is_seen(conversion, scope):
  tensors = dict(quantized_exports.tensors())
  tensors[f'{scope}/max'] = tensors[f'{scope}/max'] * 1.001
  path = quantized_exports.artifact(conversion)
  with pytest.raises(errors.ProofError, match='a step of'):
    ranges.prove_ranges(conversion, path, tensors)


_LAYER = 'MobilenetV1/MobilenetV1/Conv2d_'


@pytest.mark.parametrize('layers', [('12', '13'), ('5', '6'), ('2', '3')])
@pytest.mark.parametrize('part', ['depthwise', 'pointwise'])
def test_an_exchange_of_two_kernels_ranges_is_seen(conversion, layers, part):
  tensors = dict(quantized_exports.tensors())
  scopes = [f'{_LAYER}{layer}_{part}/weights_quant' for layer in layers]
  for end in ('min', 'max'):
    one, other = (f'{scope}/{end}' for scope in scopes)
    tensors[one], tensors[other] = tensors[other], tensors[one]
  path = quantized_exports.artifact(conversion)
  with pytest.raises(errors.ProofError, match=rf'_{layers[0]}_{part}/.*a step'):
    ranges.prove_ranges(conversion, path, tensors)


def test_a_range_that_was_moved_is_seen(conversion):
  tensors = dict(quantized_exports.tensors())
  scope = f'{_LAYER}6_pointwise/weights_quant'
  width = tensors[f'{scope}/max'] - tensors[f'{scope}/min']
  for end in ('min', 'max'):
    tensors[f'{scope}/{end}'] = tensors[f'{scope}/{end}'] + width / 100
  path = quantized_exports.artifact(conversion)
  with pytest.raises(errors.ProofError, match=r'6_pointwise.*a lowest value'):
    ranges.prove_ranges(conversion, path, tensors)


def test_a_range_too_many_is_seen(conversion):
  tensors = dict(quantized_exports.tensors())
  for end in ('min', 'max'):
    scope = 'MobilenetV1/MobilenetV1/Conv2d_0/'
    tensors[f'{scope}more_quant/{end}'] = tensors[f'{scope}act_quant/{end}']
  path = quantized_exports.artifact(conversion)
  with pytest.raises(errors.ProofError, match=r'not 2[89]'):
    ranges.prove_ranges(conversion, path, tensors)


def test_a_kernel_in_the_wide_range_is_seen(tmp_path):
  conversion = quantized_exports.conversion(versions.FEATURE_VECTOR)
  network = frozen.freeze(
    quantized_exports.source(), conversion, quantized_exports.tensors()
  )
  original = litert_quantized._Graph.add_rounding

  def widen(self, *args, narrow):
    del narrow
    return original(self, *args, narrow=False)

  path = tmp_path / 'int8.tflite'
  with mock.patch.object(litert_quantized._Graph, 'add_rounding', widen):
    litert.write_litert(conversion, network, None, kinds.ONE, path)
  with pytest.raises(errors.ProofError, match='2 comparisons miss'):
    ranges.prove_ranges(conversion, path, quantized_exports.tensors())
