"""What an artifact says of itself is read back before it is delivered."""

import pathlib
import types

from exporter import results
from exporter import storage
from exporter.formats import format as format_lib
from exporter.pipeline import export
from exporter.pipeline import orders
from exporter.pipeline import verify
from model_specs import formats
from tests import some_spec_file

_NAMES = ('daisy', 'rose, wild', 'Tulpe "ä"')
_MODEL = some_spec_file.model(labels=[*_NAMES])
_WORDS = (
  *('tf1', 'tf2', 'litert.float32', 'litert.dynamic', 'onnx.model'),
  'tfjs.float32',
)
_HANDLES = tuple(formats.select(_MODEL.handles(), _WORDS))


def _export(folder: pathlib.Path) -> list[results.Result]:
  order = orders.Order(orders.EXPORT, _HANDLES, folder, weights='synthetic')
  return [*export.run(order)]


def test_true_names_are_delivered_and_verified(tmp_path):
  exported = _export(tmp_path)
  assert len(exported) > len(_WORDS)  # Feature vectors, which have no names.
  assert {each.status for each in exported} == {'exported'}
  verified = verify.run(orders.Order(orders.VERIFY, _HANDLES, tmp_path))
  assert {each.status for each in verified} == {'verified'}


def test_names_in_another_order_are_not_delivered(tmp_path, monkeypatch):
  first, second, third = _NAMES

  def of(handle):
    return (second, first, third) if handle.task == 'classification' else ()

  # The writers write one order, and another one is expected.
  monkeypatch.setattr(format_lib, 'labels', types.SimpleNamespace(of=of))
  for result in _export(tmp_path):
    is_classifier = 'classification' in result.name
    assert (result.status == 'failed') == is_classifier, result.name
    if is_classifier:
      assert 'says of itself what is not so' in result.reason
      assert f'label 0: {first}, expected {second}' in result.reason
  delivered = storage.find_artifacts(tmp_path).usable
  assert {handle.task for handle in delivered} == {'feature_vector'}


def test_missing_names_are_counted():
  (handle, *_) = _HANDLES
  assert handle.task == 'classification'
  claims = format_lib.of_labels(handle, ())
  assert format_lib.untrue(claims) == ['labels: 0, expected 3']
