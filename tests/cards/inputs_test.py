"""A card says what images a model takes, and what it makes of colours."""

import dataclasses

import pytest

from exporter.cards import inputs
from exporter.cards import usage
import model_specs
from tests import some_spec_file


def _handle(network: str, size: int, **changes: object) -> model_specs.Handle:
  model = some_spec_file.model(
    network=network, size=size, multiplier=None, **changes
  )
  return model_specs.Handle(model, 'classification', 2, model.publisher)


@pytest.mark.parametrize(
  ('handle', 'says'),
  [
    (_handle('lenet', 28), 'maps them to the [-1, 0.992188] that the network'),
    (_handle('lenet', 28, input_range=[0, 1]), 'maps them to the [0, 1] that'),
    (_handle('cifarnet', 32), 'subtracts the mean of each image from it and'),
    (_handle('cifarnet', 32, input_range=[-1, 1]), 'maps them to the [-1, 1]'),
    (_handle('vgg_a', 224), 'by 255 and subtracts (123.68, 116.78, 103.94)'),
    (_handle('alexnet_v2', 224), 'maps them to the [-1, 1] that the network'),
  ],
)
def test_what_is_made_of_colours(handle, says):
  assert says in inputs.preprocessing(handle)


@pytest.mark.parametrize(
  ('handle', 'images', 'shape'),
  [
    (_handle('lenet', 28), 'grey images', '[batch, height, width, 1]'),
    (_handle('cifarnet', 32), 'RGB images', '[batch, height, width, 3]'),
  ],
)
def test_how_many_channels_images_have(handle, images, shape):
  assert inputs.images(handle) == images
  text = ' '.join(usage.usage(handle).to_markdown().split())
  assert f'a float32 batch of {images} of shape {shape}' in text
  size, channels = handle.spec.size, handle.spec.family.channels
  assert f'tf.random.uniform([8, {size}, {size}, {channels}])' in text


def test_networks_without_batch_norm_say_so():
  for network, has_norm in (('lenet', False), ('inception_v4', True)):
    size = model_specs.NETWORKS[network].size
    handle = _handle(network, size)
    for number in (1, 2):
      of_number = dataclasses.replace(handle, number=number)
      text = ' '.join(usage.fine_tuning(of_number, '').to_markdown().split())
      assert ('The network has no batch norm' in text) != has_norm
      assert ('averages of batch norm stay' in text) <= has_norm
      assert ("updates batch norm's moving" in text) <= has_norm
