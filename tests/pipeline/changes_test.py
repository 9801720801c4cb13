"""What makes an export another one than the one that is in place."""

import dataclasses
import pathlib

import pytest

import exporter
from exporter.pipeline import changes
from exporter.pipeline import orders
import model_specs
from model_specs import formats
from model_specs import kinds
from tests import some_manifest

_ORDER = orders.Order(
  orders.EXPORT, (), pathlib.Path('out'), weights='synthetic'
)
_TF2 = model_specs.get('google/imagenet/mobilenet_v1_025_128/classification/5')
(_LITERT,) = formats.select([_TF2], ['litert.float32'])


def _of_facts(
  handle: model_specs.Handle, before: str, asked: kinds.Batch = kinds.ONE
) -> list[str]:
  """What changes for an export whose manifest says something of its batch."""
  manifest = dataclasses.replace(
    some_manifest.make(handle),
    batch=before,
    libraries={'slimhub': exporter.__version__},
  )
  order = dataclasses.replace(_ORDER, litert_batch=asked)
  return changes.of_facts(handle, order, manifest, manifest.weights, '')


@pytest.mark.parametrize('before', ['', 'dynamic'])
def test_a_manifest_that_names_no_batch_means_any(before):
  assert not _of_facts(_LITERT, before, kinds.DYNAMIC)
  assert _of_facts(_LITERT, before) == ['its batch was dynamic, not 1']


def test_a_batch_of_one_is_another():
  assert not _of_facts(_LITERT, '1')
  told = _of_facts(_LITERT, '1', kinds.DYNAMIC)
  assert told == ['its batch was 1, not dynamic']


def test_other_formats_fix_no_batch():
  for batch in kinds.BATCHES:
    assert not _of_facts(_TF2, '', batch)
