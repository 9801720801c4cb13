"""The ways to use what TensorFlow loads, each as its shortest code."""

from collections.abc import Mapping
import string

from exporter.cards import snippets
import model_specs
from model_specs import kinds

_WAYS: Mapping[str, Mapping[str, string.Template]] = {
  kinds.TF1: {'hub.Module': snippets.HUB_LOAD},
  kinds.TF2: {
    'Keras 3': snippets.KERAS_3,
    'hub.KerasLayer': snippets.KERAS_LAYER,
    'TensorFlow': snippets.LOAD,
  },
}


def shortest_code(handle: model_specs.Handle) -> dict[str, str]:
  """The code for a handle, as blocks of Markdown, by what it is written for."""
  blocks = {
    title: snippets.fill(template, handle)
    for title, template in _WAYS.get(handle.kind.group, {}).items()
  }
  if handle.version.serving_default:
    blocks['Serving signature'] = snippets.fill(snippets.SERVING, handle)
  return blocks
