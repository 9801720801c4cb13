"""What lies together is of one model, or is told apart."""

import dataclasses

import pytest

from exporter import errors
from exporter.storage import origins
import model_specs
from model_specs import formats
from model_specs import kinds
from tests import some_manifest

_TF2 = 'google/imagenet/mobilenet_v1_025_128/classification/5'


def test_a_model_is_its_weights_and_its_spec():
  one = some_manifest.make(model_specs.get(_TF2))
  assert origins.is_same_model(one, dataclasses.replace(one, files={}))
  for changes in (
    {'weights': dataclasses.replace(one.weights, sha256='0' * 64)},
    {'model': {**one.model, 'labels': ['other']}},
  ):
    other = dataclasses.replace(one, **changes)
    assert not origins.is_same_model(one, other)


def test_a_converted_file_is_of_what_lies_beside_it():
  origin = model_specs.get(_TF2)
  file = some_manifest.make(formats.convert(origin, kinds.get('onnx.model')))
  beside = some_manifest.make(origin)
  origins.check_origin(file, {_TF2: beside}.get)
  origins.check_origin(file, lambda _: None)  # It may lie alone.
  weights = dataclasses.replace(beside.weights, sha256='0' * 64)
  retrained = dataclasses.replace(beside, weights=weights)
  with pytest.raises(errors.ManifestError, match='export both again'):
    origins.check_origin(file, {_TF2: retrained}.get)
