"""Orders, places and what is found in a folder."""

import pathlib

import pytest

from exporter import errors
from exporter import plan
import model_specs

_TEMPLATE = plan.Order(plan.EXPORT, (), pathlib.Path('out'))


def test_one_order_holds_all_handles_of_one_model():
  handles = model_specs.find('mobilenet_v2_035_96', 'mobilenet_v1_025_128')
  orders = plan.orders(handles, _TEMPLATE)
  assert [order.model.name for order in orders] == [
    'mobilenet_v1_025_128',
    'mobilenet_v2_035_96',
  ]
  assert [len(order.handles) for order in orders] == [4, 4]


def test_sizes_share_an_architecture_and_multipliers_do_not():
  orders = plan.orders(
    model_specs.find('mobilenet_v1_025_*/*/5', 'mobilenet_v1_050_128/*/5'),
    _TEMPLATE,
  )
  assert {order.architecture for order in orders[:4]} == {
    ('mobilenet_v1', 0.25)
  }
  assert orders[4].architecture == ('mobilenet_v1', 0.5)


def test_manifest_and_card_lie_beside_the_artifact():
  (handle,) = model_specs.find('mobilenet_v1_025_128/feature_vector/3')
  place = plan.place(pathlib.Path('out'), handle)
  folder = pathlib.Path(
    'out/google/imagenet/mobilenet_v1_025_128/feature_vector'
  )
  assert place.artifact == folder / '3'
  assert place.manifest == folder / '3.json'
  assert place.card == folder / '3.md'


def _touch(folder: pathlib.Path, handle: str) -> None:
  path = folder / f'{handle}.json'
  path.parent.mkdir(parents=True, exist_ok=True)
  path.touch()


def test_artifacts_are_found_by_their_manifests(tmp_path):
  handles = [
    'acme/imagenet/mobilenet_v2_035_96/classification/5',
    'google/imagenet/mobilenet_v1_025_128/feature_vector/3',
  ]
  for handle in handles:
    _touch(tmp_path, handle)
  assert list(map(str, plan.find_artifacts(tmp_path))) == handles
  found = plan.find_artifacts(tmp_path, ['mobilenet_v2_*'])
  assert list(map(str, found)) == handles[:1]


def test_a_folder_without_exports_is_an_error(tmp_path):
  with pytest.raises(errors.ManifestError, match=str(tmp_path)):
    plan.find_artifacts(tmp_path)
