"""What cards say of networks that were trained for 8 bits."""

from exporter.cards import quantization
import model_specs
from model_specs import versions
from tests import some_spec_file


def _handle(network, number=2):
  model = some_spec_file.model(network=network)
  return model_specs.Handle(
    model, versions.CLASSIFICATION, number, model.publisher
  )


def _text(sections):
  return ' '.join(' '.join(map(str, s.blocks)) for s in sections)


def test_nothing_of_other_networks():
  assert not quantization.sections(_handle('mobilenet_v1'))


def test_what_computes_in_8_bits():
  saved_model = _text(quantization.sections(_handle('mobilenet_v2_quant')))
  assert '--formats=litert.int8' in ' '.join(saved_model.split())
  module = _text(quantization.sections(_handle('mobilenet_v2_quant', 1)))
  assert '--formats=tf2,litert.int8,onnx' in ' '.join(module.split())
  assert 'spec file' not in module


def test_a_published_module_is_converted_by_way_of_a_spec_file():
  (handle,) = model_specs.find('mobilenet_v1_025_128/quantops/classification/3')
  text = ' '.join(_text(quantization.sections(handle)).split())
  assert 'slimhub converts no TF1 module' in text
  assert 'a spec file as a model of the network `mobilenet_v1_quant`' in text


def test_a_cost_that_nobody_measured_is_not_told():
  text = _text(quantization.sections(_handle('mobilenet_v1_quant')))
  assert 'points' not in text
