"""An ONNX file is described by facts that it must be written with."""

import shutil

import onnx
import pytest

from exporter.artifacts import onnx_facts
from tests import conversions_made


@pytest.fixture(name='file')
def _file(tmp_path):
  made = conversions_made.file(conversions_made.TINY, 'onnx.model')
  return shutil.copy(made, tmp_path / 'model.onnx')


def test_what_is_written_describes_itself(file):
  conversion = conversions_made.conversion(conversions_made.TINY, 'onnx.model')
  assert onnx_facts.is_onnx_described(conversion, file)
  facts = onnx_facts.facts(conversion)
  assert facts['Image.NominalPixelRange'] == 'Normalized_0_1'


@pytest.mark.parametrize('more', [True, False])
def test_one_fact_more_or_less_is_seen(file, more):
  conversion = conversions_made.conversion(conversions_made.TINY, 'onnx.model')
  model = onnx.load(file)
  if more:
    model.metadata_props.add(key='range', value='[-1, 1]')
  else:
    model.metadata_props.pop()
  onnx.save(model, file)
  assert not onnx_facts.is_onnx_described(conversion, file)
