"""Writes what an artifact says of itself: labels and machine-readable facts."""

import json
import pathlib

from exporter import storage
from exporter.artifacts import graph as graph_lib
import model_specs
from model_specs import labels
from model_specs import versions

# The only folder of a SavedModel whose content tfhub.dev left to publishers.
_FOLDER = 'assets.extra'
_LABELS = 'labels.txt'
FACTS = f'{_FOLDER}/model.json'


def _facts(
  handle: model_specs.Handle, graph: graph_lib.Graph, weights: storage.Weights
) -> dict:
  model = handle.spec
  shapes = graph.shapes
  is_classifier = handle.task == versions.CLASSIFICATION
  return {
    'handle': str(handle),
    'format': handle.version.format,
    'network': model.network,
    'multiplier': model.multiplier,
    'input': {
      'color': 'grayscale' if model.family.channels == 1 else 'RGB',
      'range': [0, 1],
      'height': model.size,
      'width': model.size,
      'variable_size': handle.variable_size,
    },
    'output': {
      'kind': 'logits' if is_classifier else 'feature vector',
      'size': handle.num_outputs,
    },
    'classes': (
      {
        'count': model.num_classes,
        'labels': _LABELS if labels.of(handle) else None,
        'background': 0 if model.has_background else None,
      }
      if is_classifier
      else None
    ),
    'endpoints': {
      name: shapes[tensor] for name, tensor in graph.endpoints.items()
    },
    'batch_norm_momentum': handle.version.momentum,
    'weights': {
      'checkpoint': weights.checkpoint,
      'sha256': weights.sha256,
      'kind': weights.kind,
      'dataset': model.dataset,
    },
    'license': model.license or None,
  }


def write_facts(
  handle: model_specs.Handle,
  graph: graph_lib.Graph,
  weights: storage.Weights,
  folder: pathlib.Path,
) -> None:
  """Writes assets.extra/ into the folder of an artifact."""
  extra = folder / _FOLDER
  extra.mkdir()
  facts = _facts(handle, graph, weights)
  (folder / FACTS).write_text(json.dumps(facts, indent=2) + '\n')
  if labels.of(handle):
    text = labels.file_text(handle)
    (extra / _LABELS).write_text(text, encoding='utf-8', newline='\n')


def read_model_labels(folder: pathlib.Path) -> tuple[str, ...]:
  """The names of the classes in an artifact; none if it has no labels.

  Raises:
    OSError: They cannot be read.
    ValueError: They are no text.
  """
  return labels.read_file(folder / _FOLDER / _LABELS)
