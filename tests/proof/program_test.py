"""Which artifacts count as one program."""

import pytest

from exporter.proof import program
from tests import artifacts_made as artifacts
from tests import corruptions as broken
from tests import corruptions_tf1 as broken_tf1
from tests import corruptions_tf2 as broken_tf2

V1, V2, TINY = artifacts.V1, artifacts.V2, artifacts.TINY


@pytest.mark.parametrize(
  ('name', 'other'),
  [
    (f'{V2}/feature_vector/3', 'mobilenet_v2_035_128/feature_vector/3'),
    (f'{V2}/feature_vector/5', 'mobilenet_v2_100_224/feature_vector/5'),
    (f'{V1}/classification/5', 'mobilenet_v1_025_160/classification/5'),
    (f'{V1}/classification/1', 'mobilenet_v1_025_160/classification/1'),
  ],
)
def test_size_and_multiplier_do_not_matter(name, other):
  digests = {program.digest(artifacts.folder(n)) for n in (name, other)}
  assert len(digests) == 1


def test_handles_differ_in_all_else():
  names = [
    f'{TINY}/{task}/{number}'
    for task in ('classification', 'feature_vector')
    for number in (1, 3, 4, 5)
  ]
  other = f'{V1}/feature_vector/3'
  digests = {program.digest(artifacts.folder(n)) for n in (*names, other)}
  assert len(digests) == len(names) + 1


def test_weights_do_not_matter(tmp_path):
  name = f'{TINY}/feature_vector/3'
  folder = artifacts.copy(name, tmp_path)
  broken.weights(broken.perturb)(folder)
  assert program.digest(folder) == program.digest(artifacts.folder(name))


@pytest.mark.parametrize(
  ('number', 'corrupt'),
  [
    (3, broken.program(broken.stop_gradient)),
    (3, broken.halve_scale(True)),
    (3, broken.program(broken_tf1.momentum)),
    (3, broken_tf1.rewire(True)),
    (3, broken_tf1.LOSE_UPDATE),
    (3, broken_tf1.uncollect(True, 'trainable_variables', broken.GAMMA)),
    (5, broken.program(broken.stop_gradient)),
    (5, broken_tf2.rewire(True)),
    (5, broken_tf2.lose_updates('call_2')),
    (5, broken.program(broken_tf2.lose_update)),
    (5, broken.program(broken_tf2.freeze)),
    (5, broken.program(broken_tf2.call_other_body)),
    (5, broken.program(broken_tf2.return_other_output)),
    (5, broken_tf2.lose_listed('trainable_variables')),
    (5, broken_tf2.lose_trace(2)),
  ],
)
def test_wiring_matters(number, corrupt, tmp_path):
  name = f'{TINY}/classification/{number}'
  folder = artifacts.copy(name, tmp_path)
  corrupt(folder)
  assert program.digest(folder) != program.digest(artifacts.folder(name))
