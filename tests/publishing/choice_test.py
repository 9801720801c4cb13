"""Which exports are meant, by whatever name, and which are missed."""

import dataclasses

import pytest

from exporter import errors
from exporter import results
from exporter.publishing import choice
from exporter.storage import manifest as manifest_lib
from exporter.storage import places
import model_specs
from model_specs.spec_files import files
from tests import some_exports
from tests import some_manifest
from tests import some_spec_file
from tests.publishing import some_uploads

_TF1, _TF2 = some_exports.TF1, some_exports.TF2
_V2 = 'google/imagenet/mobilenet_v2_100_224/classification/5'


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return some_uploads.make(tmp_path / 'exports')


def _choose(exports, *patterns, formats=None):
  chosen = choice.choose(exports, patterns, formats, model_specs.PUBLISHED)
  return {str(item.handle) for item in chosen.usable}, chosen.left_out


def test_without_patterns_all_are_meant(exports):
  chosen, left_out = _choose(exports)
  assert chosen == {_TF1, _TF2, some_exports.LITE, some_exports.ONNX}
  assert not left_out
  chosen, _ = _choose(exports, formats=('tf2', 'onnx'))
  assert chosen == {_TF2, some_exports.ONNX}


@pytest.mark.parametrize(
  'alias',
  [
    _TF2,
    'google/mobilenet-v1/tensorFlow2/025-128-classification/2',
    'https://www.kaggle.com/models/google/mobilenet-v1/TensorFlow2/'
    '025-128-classification/2?tfhub-redirect=true',
    'https://tfhub.dev/google/imagenet/mobilenet_v1_025_128/classification/5',
  ],
)
def test_any_name_will_do(exports, alias):
  chosen, left_out = _choose(exports, alias)
  assert chosen == {_TF2, some_exports.LITE, some_exports.ONNX}
  assert not left_out


def test_an_old_name_without_an_export_says_what_makes_one(exports):
  alias = 'google/mobilenet-v2/tensorFlow2/100-224-classification/2'
  chosen, (missing,) = _choose(exports, alias, _TF1)
  assert chosen == {_TF1}
  assert (missing.name, missing.status) == (_V2, results.FAILED)
  assert f'{alias} is {_V2}, which is not in' in missing.reason
  assert (
    '`slimhub export mobilenet_v2_100_224/classification/5 '
    f'--output_dir={exports}` makes it'
  ) in missing.reason


def _deliver(folder, handle):
  """An export of an own model, known by its manifest alone."""
  place = places.place(folder, handle)
  place.artifact.mkdir(parents=True)
  manifest = dataclasses.replace(
    some_manifest.make(handle), model=manifest_lib.spec_table(handle)
  )
  place.manifest.write_text(manifest.to_json())


def test_an_own_model_is_made_by_its_spec_file_if_it_is_known(tmp_path):
  out = tmp_path / 'out'
  there, missing = some_spec_file.model().handles((1, 2))[:2]
  _deliver(out, there)
  file = some_spec_file.write(tmp_path)
  known = model_specs.PUBLISHED.joined(files.read_models(file))
  for registry, named in ((known, file), (model_specs.PUBLISHED, 'FILE')):
    (told,) = choice.choose(out, [str(missing)], None, registry).left_out
    assert (
      f'`slimhub export {missing} --spec_file={named} --output_dir={out}` makes'
    ) in told.reason


def test_a_format_that_is_not_there_is_missed(exports):
  _, missing = _choose(exports, _TF2, formats=('litert.int8',))
  (missing,) = missing
  assert missing.name == _TF2
  assert 'as litert.int8' in missing.reason
  assert '--formats=litert.int8 ' in missing.reason


def test_a_name_that_nobody_has_is_an_error(exports):
  with pytest.raises(model_specs.UnknownNameError, match='did you mean'):
    _choose(exports, 'mobilenet_v1_025_129')


def test_a_folder_without_exports_is_an_error(tmp_path):
  with pytest.raises(errors.ManifestError, match='found 0 exports'):
    _choose(tmp_path)
  with pytest.raises(errors.ManifestError, match='found 0 exports'):
    _choose(tmp_path, _TF2)


def test_what_cannot_be_used_is_named_if_it_is_meant(exports):
  (exports / f'{_TF2}.json').write_text('{}')
  chosen, (bad,) = _choose(exports)
  assert _TF2 not in chosen
  assert bad.name == _TF2
  assert 'is not a manifest' in bad.reason
  _, left_out = _choose(exports, _TF1)
  assert not left_out
