"""Specs check themselves, and derive what their handles share."""

import dataclasses

import pytest

import model_specs
from model_specs import checks
from model_specs import figures as figures_lib
from model_specs import spec
from model_specs import versions
from model_specs.families import mobilenet_v1
from model_specs.families import mobilenet_v2

_V1 = mobilenet_v1.MODELS[0]
_V2 = mobilenet_v2.MODELS[0]


@pytest.mark.parametrize(
  ('field', 'value', 'message'),
  [
    ('name', 'MobileNet', 'a name is lower-case letters, digits and _'),
    ('name', '', 'a name is lower-case'),
    ('name', '2fast', 'a name is lower-case'),
    ('name', 'with-dash', 'a name is lower-case'),
    ('name', 'with/slash', 'a name is lower-case'),
    ('multiplier', 0, 'multiplier is 0, expected above 0'),
    ('size', -96, 'size is -96, expected above 0'),
    ('num_features', 0, 'num_features is 0, expected above 0'),
    ('num_classes', 0, 'num_classes is 0, expected above 0'),
    ('checkpoint', '/root/model.ckpt', 'expected the path of a prefix below'),
    ('checkpoint', 'model.pb', "below a folder 'mobilenet_v2_0.35_96'"),
    ('archive_url', 'http://host/model.tgz', 'expected https://'),
    ('archive_url', '', 'expected https://'),
  ],
)
def test_a_bad_model_is_refused_by_name(field, value, message):
  with pytest.raises(checks.SpecError, match=message) as raised:
    dataclasses.replace(_V2, **{field: value})
  named = value if field == 'name' else _V2.name
  assert str(raised.value).startswith(f'spec {named!r}: ')


@pytest.mark.parametrize(
  ('figures', 'message'),
  [
    ({'macs_millions': 0}, 'macs_millions is 0, expected above 0'),
    ({'params_millions': -1.5}, 'params_millions is -1.5'),
    ({'pixel1_ms': 0.0}, 'pixel1_ms is 0.0, expected above 0'),
    ({'top1_percent': 101}, 'top1_percent is 101, expected at most 100'),
    ({'top5_percent': 100.1}, 'top5_percent is 100.1, expected at most 100'),
    ({'top1_percent': 90, 'top5_percent': 80}, 'top1_percent 90 is above'),
  ],
)
def test_bad_figures_are_refused(figures, message):
  with pytest.raises(checks.SpecError, match=message):
    figures_lib.Figures(**figures)


def test_figures_may_be_unknown():
  assert figures_lib.Figures() == figures_lib.Figures(
    None, None, None, None, None, is_counted=False
  )


def test_a_family_has_known_versions():
  with pytest.raises(checks.SpecError, match=r'versions \[6\] are not among'):
    dataclasses.replace(mobilenet_v2.FAMILY, versions=(5, 6))


@pytest.mark.parametrize(
  ('model', 'changes', 'message'),
  [
    (_V2, {'task': 'detection'}, "task is 'detection', expected one of"),
    (_V2, {'number': 6}, 'version 6 was never published'),
    (_V1, {'number': 2}, r'expected one of \(1, 3, 4, 5\)'),
    (_V2, {'publisher': 'Some One'}, "publisher is 'Some One', expected"),
    (_V2, {'publisher': ''}, 'expected lower-case letters, digits and -'),
    (_V2, {'publisher': 'a/b'}, 'expected lower-case letters, digits and -'),
  ],
)
def test_a_bad_handle_is_refused(model, changes, message):
  arguments = {'task': versions.CLASSIFICATION, 'number': 5, **changes}
  with pytest.raises(checks.SpecError, match=message):
    spec.Handle(model, **arguments)


def test_specs_are_frozen():
  with pytest.raises(dataclasses.FrozenInstanceError):
    setattr(_V2, 'size', 1)  # noqa: B010  # mypy refuses the plain form.


def test_handle_spells_itself():
  handle = spec.Handle(_V2, 'feature_vector', 3)
  assert str(handle) == 'google/imagenet/mobilenet_v2_035_96/feature_vector/3'
  assert handle.folder == 'google/imagenet/mobilenet_v2_035_96/feature_vector'
  assert handle.version is versions.BY_NUMBER[3]
  assert str(handle.sibling()) == (
    'google/imagenet/mobilenet_v2_035_96/classification/3'
  )
  sibling = handle.sibling()
  assert sibling
  assert sibling.sibling() == handle


def test_width_of_the_output():
  assert spec.Handle(_V1, 'classification', 5).num_outputs == 1001
  assert spec.Handle(_V1, 'feature_vector', 5).num_outputs == 256


@pytest.mark.parametrize(
  ('model', 'number', 'variable'),
  [(_V1, 1, False), (_V1, 3, True), (_V1, 5, True), (_V2, 5, False)],
)
def test_which_handles_take_other_sizes(model, number, variable):
  handle = spec.Handle(model, 'classification', number)
  assert handle.variable_size == variable


def test_endpoints_of_v2():
  names = spec.Handle(_V2, 'feature_vector', 2).endpoints
  assert len(set(names)) == len(names) == 70  # With `default`, 71 outputs.
  scope = 'MobilenetV2'
  assert f'{scope}/global_pool' in names
  assert {f'{scope}/layer_{n}' for n in range(1, 20)} <= set(names)
  for step, first in (
    ('output', 2),
    ('depthwise_output', 2),
    ('expansion_output', 3),
  ):
    assert [n for n in range(20) if f'{scope}/layer_{n}/{step}' in names] == (
      list(range(first, 19))
    )


def test_endpoints_of_v1():
  names = spec.Handle(_V1, 'feature_vector', 3).endpoints
  assert len(set(names)) == len(names) == 28
  assert names[0] == 'MobilenetV1/Conv2d_0'
  assert names[-2:] == (
    'MobilenetV1/Conv2d_13_pointwise',
    'MobilenetV1/global_pool',
  )


@pytest.mark.parametrize('model', [_V1, _V2], ids=lambda model: model.network)
def test_a_classifier_adds_its_logits(model):
  features = spec.Handle(model, 'feature_vector', 5).endpoints
  classes = spec.Handle(model, 'classification', 5).endpoints
  assert classes == (*features, f'{model.family.scope}/Logits')


@pytest.mark.parametrize(
  ('model', 'number', 'numbers'),
  [(_V2, 3, [1, 2, 3]), (_V1, 4, [1, 3, 4]), (_V1, 1, [1])],
)
def test_changelog_ends_at_the_version(model, number, numbers):
  handle = spec.Handle(model, 'classification', number)
  assert list(handle.changes()) == numbers


def test_only_families_of_any_size_say_that_they_take_others():
  entry = 'Takes images of other sizes.'
  assert entry in spec.Handle(_V1, 'classification', 3).changes()[3]
  assert entry not in spec.Handle(_V2, 'classification', 3).changes()[3]


def test_a_fingerprint_changes_with_all_that_is_known():
  (handle, other) = model_specs.find('mobilenet_v1_025_128/classification')
  changed = dataclasses.replace(handle.spec, license='MIT')
  fingerprints = {
    handle.fingerprint,
    other.fingerprint,
    dataclasses.replace(handle, publisher='me').fingerprint,
    dataclasses.replace(handle, spec=changed).fingerprint,
  }
  assert len(fingerprints) == 4
  assert model_specs.get(str(handle)).fingerprint in fingerprints
