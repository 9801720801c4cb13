"""Inspections of every network's checkpoints, as trainings leave them.

The variables of a network are those that other tests have built it for, and in
most rows a tensor has a single value, since an inspection goes by names and
shapes. For small networks, one row is written to a file of V1 format as well.
"""

from collections.abc import Iterator
from collections.abc import Mapping
import dataclasses
import math
import pathlib
from unittest import mock

import numpy as np
import pytest

from exporter import checkpoints
from exporter import networks
from exporter.checkpoints import inspection
from exporter.checkpoints import recognition
from exporter.checkpoints import recognized
from exporter.checkpoints import report
from exporter.checkpoints import specimen
import model_specs
from model_specs import family as family_lib
from model_specs import spec
from model_specs import spec_files
from tests import checkpoints_made
from tests import each
from tests.networks import facts

_Shapes = Mapping[str, tuple[int, ...]]
_SHADOW, _SCOPE = f'/{checkpoints_made.SHADOW}', 'my/student'
_EXPECTED = recognition._expected
_SMALL = 7 * 10**6  # So many values are written and read in no time.


@dataclasses.dataclass(frozen=True)
class _Row:
  """One checkpoint, and what is to be said of it."""

  name: str
  shapes: _Shapes
  averages: bool = False
  slots: int = 0  # How many of each name.
  scope: str = ''
  classes: bool = True  # Whether there is a classifier.


def _template(network: str) -> spec.ModelSpec:
  return model_specs.NETWORKS[network]


def _with(
  shapes: _Shapes, names: frozenset[str], *ends: str
) -> dict[str, tuple[int, ...]]:
  return {**shapes, **{f'{n}{end}': shapes[n] for end in ends for n in names}}


def _rows(
  shapes: _Shapes, trainable: frozenset[str], classifier: str
) -> Iterator[_Row]:
  every, slots = frozenset(shapes), ('/RMSProp', '/RMSProp_1')
  averaged = _with(_with(shapes, every, _SHADOW), trainable, *slots)
  features = {n: s for n, s in shapes.items() if not n.startswith(classifier)}
  yield _Row('raw', shapes)
  yield _Row(
    'raw, with slots',
    {**_with(shapes, trainable, '/Momentum'), 'global_step': ()},
    slots=len(trainable),
  )
  yield _Row(
    'averages, with slots', averaged, averages=True, slots=len(trainable)
  )
  yield _Row(
    'below a scope',
    {f'{_SCOPE}/{name}': shape for name, shape in averaged.items()},
    averages=True,
    slots=len(trainable),
    scope=_SCOPE,
  )
  yield _Row('features', features, classes=False)
  yield _Row(
    'features below a scope',
    {
      **{f'{_SCOPE}/{name}': shape for name, shape in features.items()},
      'head/dense/kernel': (3, 4),
    },
    scope=_SCOPE,
    classes=False,
  )


def _built(
  architecture: networks.Architecture,
) -> tuple[_Shapes, frozenset[str]]:
  """The variables of a network, as recognition builds it.

  To build all of them once more would take minutes; what recognition builds
  itself is in recognition_test.py.
  """
  template = _template(architecture.network)
  is_known = (
    architecture == networks.architecture(template)
    and not template.family.is_quantized
  )
  if not is_known:
    return _EXPECTED(architecture)
  built = facts.of(template.name).inference
  return built.shapes, built.trainable


def _specimen(row: _Row) -> specimen.Specimen:
  dtypes = {
    name: 'int64' if name == 'global_step' else 'float32' for name in row.shapes
  }
  return specimen.Specimen(
    name='mine',
    kind=specimen.NEW,
    shapes=row.shapes,
    dtypes=dtypes,
    read=lambda name: np.zeros([], dtypes[name]),
    path='mine',
  )


def _colours(
  preprocessing: recognized.Preprocessing,
) -> family_lib.Preprocessing:
  """What spec files make of the same."""
  low, high = preprocessing.input_range
  offsets = [value - low for value in preprocessing.input_mean]
  kind = (
    family_lib.Standardization
    if preprocessing.is_standardized
    else family_lib.Preprocessing
  )
  if len(set(offsets)) == 1:
    return kind(high - low, offsets[0])
  red, green, blue = offsets
  return kind(high - low, (red, green, blue))


def _check(
  findings: inspection.Inspection, row: _Row, network: str, folder: pathlib.Path
) -> None:
  """Checks all that is said of a row, and the spec file."""
  template, recognized_network = _template(network), findings.network
  classes = template.num_classes if row.classes else None
  assert recognized_network
  assert findings.problems == ()
  assert (recognized_network.name, recognized_network.num_classes) == (
    network,
    classes,
  )
  assert recognized_network.multiplier == template.multiplier
  assert (findings.scope, findings.weights) == (
    row.scope,
    'ema' if row.averages else 'raw',
  )
  assert set(findings.slots.values()) == ({row.slots} if row.slots else set())
  assert (
    _colours(recognized_network.preprocessing) == template.family.preprocessing
  )
  path = folder / 'my.toml'
  path.write_text(report.report_spec(findings), 'utf-8')
  (model,) = spec_files.read_models(path)
  assert (model.network, model.multiplier) == (network, template.multiplier)
  assert model.num_classes == classes
  assert model.has_background == (classes == 1001)
  assert model.family.preprocessing == template.family.preprocessing
  assert model.num_features == template.num_features
  assert model.size in recognized_network.sizes or model.size == template.size


def _check_file(row: _Row, network: str, folder: pathlib.Path) -> None:
  """Checks a file of V1 format, with the network below a scope."""
  prefix = checkpoints_made.write(
    folder / 'model.ckpt-1',
    {
      f'{_SCOPE}/{name}': np.zeros(shape, np.float32)
      for name, shape in row.shapes.items()
    },
    old_format=True,
  )
  (findings,) = checkpoints.inspect_checkpoint(prefix)
  assert findings.kind == specimen.OLD
  _check(findings, dataclasses.replace(row, scope=_SCOPE), network, folder)


# Another process may be building the same networks for figures_test.py, in that
# order: in the opposite one neither waits for the other.
@pytest.mark.parametrize('network', [*reversed(model_specs.NETWORKS)])
def test_each_way_to_leave_it(network, tmp_path):
  shapes, trainable = _built(networks.architecture(_template(network)))
  classifier = _template(network).family.classifier
  rows = tuple(_rows(shapes, trainable, classifier))
  assert len(rows) == 6

  @each.over('row', rows, lambda row: row.name)
  def check(row: _Row) -> None:
    _check(inspection.inspect(_specimen(row)), row, network, tmp_path)

  with mock.patch.object(recognition, '_expected', _built):
    check()
    if sum(map(math.prod, shapes.values())) < _SMALL:
      _check_file(rows[0], network, tmp_path)
