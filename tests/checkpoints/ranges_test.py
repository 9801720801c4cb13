"""Checkpoints that were trained for 8 bits, and those that were not."""

import numpy as np
import pytest

from exporter import errors
from exporter.checkpoints import inspection
from exporter.checkpoints import reading
from exporter.checkpoints import report
from exporter.checkpoints import synthetic
from tests import checkpoints_made
from tests import quantized_exports

_SCOPE = 'MobilenetV1/MobilenetV1/Conv2d_3_pointwise'


def _read(folder, tensors, **changes):
  checkpoints_made.write(folder / quantized_exports.CHECKPOINT, tensors)
  model = quantized_exports.read_model(folder, multiplier=0.25, **changes)
  return reading.read_checkpoint(model, checkpoint_dir=folder)


def test_inspect_recognizes_it_and_names_its_network(tmp_path):
  prefix = quantized_exports.write_checkpoint(tmp_path)
  (findings,) = inspection.inspect_checkpoint(prefix)
  assert findings.network
  assert findings.network.name == 'mobilenet_v1_quant'
  assert findings.network.multiplier == pytest.approx(0.25)
  assert findings.network.variables == 249
  assert not findings.problems
  assert not findings.extra
  assert 'network = "mobilenet_v1_quant"' in report.report_spec(findings)
  assert '\nrounding:         to 8 bits' in report.report_text(findings)


def test_ranges_are_read_and_what_training_left_is_not(tmp_path):
  tensors = quantized_exports.tensors()
  checkpoint = _read(tmp_path, {**tensors, **quantized_exports.slots()})
  assert checkpoint.tensors.keys() == tensors.keys()
  name = f'{_SCOPE}/weights_quant/max'
  assert checkpoint.tensors[name] == tensors[name]


def test_ranges_of_symmetric_training_are_like_any_others(tmp_path):
  tensors = dict(quantized_exports.tensors())
  for name in [n for n in tensors if n.endswith('weights_quant/max')]:
    low = name.removesuffix('max') + 'min'
    largest = np.maximum(tensors[name], -tensors[low])
    tensors[name], tensors[low] = largest, -largest
  checkpoint = _read(tmp_path, tensors)
  name = f'{_SCOPE}/weights_quant'
  assert checkpoint.tensors[f'{name}/min'] == -checkpoint.tensors[f'{name}/max']


def test_a_float_spec_of_a_checkpoint_for_8_bits_is_refused(tmp_path):
  with pytest.raises(errors.CheckpointError) as caught:
    _read(tmp_path, quantized_exports.tensors(), network='mobilenet_v1')
  message = str(caught.value)
  assert 'was trained for 8 bits: it holds 112 ranges' in message
  assert '`slimhub inspect`' in message


def test_a_spec_for_8_bits_of_a_float_checkpoint_is_refused(tmp_path):
  tensors = {n: v for n, v in quantized_exports.tensors().items() if v.ndim}
  with pytest.raises(errors.CheckpointError) as caught:
    _read(tmp_path, tensors)
  message = str(caught.value)
  assert 'was not trained for 8 bits' in message
  assert 'the network needs 112' in message


@pytest.mark.parametrize(('low', 'high'), [(0.5, 6.0), (-6.0, -1.0)])
def test_a_range_without_zero_is_refused(tmp_path, low, high):
  tensors = dict(quantized_exports.tensors())
  tensors[f'{_SCOPE}/act_quant/min'] = np.array(low, np.float32)
  tensors[f'{_SCOPE}/act_quant/max'] = np.array(high, np.float32)
  with pytest.raises(errors.CheckpointError, match='expected 0 in it'):
    _read(tmp_path, tensors)


def test_synthetic_ranges_hold_the_kernels():
  tensors = synthetic.tensors(quantized_exports.source().shapes)
  expected = quantized_exports.tensors()
  assert tensors.keys() == expected.keys()
  name = 'MobilenetV1/Logits/Conv2d_1c_1x1'
  kernel = tensors[f'{name}/weights']
  assert tensors[f'{name}/weights_quant/min'] == kernel.min()
  assert tensors[f'{name}/weights_quant/max'] == kernel.max()
  for scope in (_SCOPE, 'MobilenetV1/MobilenetV1/Conv2d_3_depthwise'):
    assert tensors[f'{scope}/weights_quant/min'] < 0
    assert tensors[f'{scope}/act_quant/max'] == 6
