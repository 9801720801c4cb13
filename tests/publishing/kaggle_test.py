"""Variations, uploaded by Kaggle's own client."""

import dataclasses
import json

from kagglehub import handle as handle_lib
import pytest

from exporter import errors
from exporter.publishing import kaggle
from exporter.storage import places
from model_specs import aliases
from tests import exports_made
from tests import file_tree
from tests import some_exports
from tests import some_spec_file
from tests.publishing import endpoint
from tests.publishing import real_exports

_MODEL = 'google/mobilenet-v1'
_TF2 = f'{_MODEL}/tensorFlow2/025-128-classification'
# The client asks no address but that of Kaggle, and one port of this machine,
# which others may use.
_ANOTHER_PORT = """
from kagglesdk import kaggle_env
kaggle_env._env_to_endpoint[kaggle_env.KaggleEnv.TEST] = {url!r}
"""


def _variations(account: str = '') -> dict[str, kaggle.Variation]:
  return {
    upload.name: upload
    for upload in real_exports.uploads('kaggle', account)
    if isinstance(upload, kaggle.Variation)
  }


def test_each_format_is_a_variation_under_the_name_that_users_know():
  assert set(_variations()) == {
    f'{_MODEL}/{framework}/025-128-classification'
    for framework in ('tensorFlow1', 'tensorFlow2', 'tfLite', 'onnx')
  }


def test_the_client_knows_every_name():
  for name in _variations('acme'):
    parsed = handle_lib.parse_model_handle(name)
    assert parsed.owner == 'acme'
    assert not parsed.is_versioned()
    assert parsed.framework_enum().value


def test_the_printed_command_uploads_the_artifact_and_its_provenance(tmp_path):
  upload = _variations()[_TF2]
  folder = real_exports.write(upload, tmp_path / "It's" / _TF2)
  (command,) = upload.commands(folder)
  with endpoint.listening() as there:
    (tmp_path / 'sitecustomize.py').write_text(
      _ANOTHER_PORT.format(url=there.url)
    )
    output = endpoint.run(
      command,
      tmp_path,
      KAGGLE_API_ENVIRONMENT='TEST',
      KAGGLE_USERNAME='nobody',
      KAGGLE_KEY='none',
      PYTHONPATH=f'{tmp_path}',
    )
  assert 'Your model instance has been created' in output
  place = places.place(
    exports_made.folder(), some_exports.handle(real_exports.TF2)
  )
  assert there.files == {
    **file_tree.read(place.artifact),
    'model.intoto.jsonl': place.provenance.read_bytes(),
    'model.cdx.json': place.bom.read_bytes(),
  }
  request = there.asked['/api/v1/models.ModelApiService/CreateModelInstance']
  assert request['ownerSlug'] == 'google'
  assert request['modelSlug'] == 'mobilenet-v1'
  assert request['body']['instanceSlug'] == '025-128-classification'
  assert request['body']['framework'] == 'MODEL_FRAMEWORK_TENSOR_FLOW_2'
  assert request['body']['licenseName'] == 'Apache 2.0'


def test_what_the_command_line_of_kaggle_reads(tmp_path):
  folder = real_exports.write(_variations('acme')[f'acme/{_TF2[7:]}'], tmp_path)
  model = json.loads((folder / 'model-metadata.json').read_text('utf-8'))
  assert (model['ownerSlug'], model['slug']) == ('acme', 'mobilenet-v1')
  assert model['isPrivate'] is True
  assert 'MobileNets: Efficient' in model['description']
  metadata = json.loads((folder / 'model-instance-metadata.json').read_text())
  assert metadata['framework'] == 'tensorFlow2'
  assert metadata['licenseName'] == 'Apache 2.0'
  assert metadata['trainingData'] == []  # The weights are synthetic.
  assert 'UNTRAINED' in metadata['overview']
  usage = metadata['usage']
  assert f"kagglehub.model_download('acme/{_TF2[7:]}')" in usage
  assert 'exports/google' not in usage
  assert '<!--' not in usage


def test_the_file_of_a_conversion_is_downloaded_by_its_name(tmp_path):
  name = f'{_MODEL}/tfLite/025-128-classification'
  folder = real_exports.write(_variations()[name], tmp_path)
  metadata = json.loads((folder / 'model-instance-metadata.json').read_text())
  assert (
    f"kagglehub.model_download('{name}', 'float32.tflite')" in metadata['usage']
  )


def _variation(handle: str) -> kaggle.Variation:
  parsed = some_exports.handle(handle)
  item = next(
    upload.items[0]
    for upload in _variations().values()
    if upload.items[0].handle.kind == parsed.kind
  )
  return kaggle.Variation(
    aliases.kaggle(parsed), dataclasses.replace(item, handle=parsed), ''
  )


def test_which_exports_that_cannot_be_used_concern_it():
  folder = some_exports.NAME
  tf2 = _variation(some_exports.TF2)
  assert tf2.concerns(f'{folder}/4')
  assert not tf2.concerns(f'{folder}/3')
  assert not tf2.concerns(f'{folder}/5.litert/float32')
  assert not tf2.concerns('google/imagenet/other/classification/4')
  lite = _variation(some_exports.LITE)
  assert lite.concerns(f'{folder}/4.litert/float32')
  assert not lite.concerns(f'{folder}/4.litert/int8')
  assert not lite.concerns(f'{folder}/4')


def test_a_licence_that_kaggle_does_not_take_is_refused(tmp_path):
  upload = _variation(some_exports.TF2)
  (item,) = upload.items
  own = some_spec_file.model(license='LicenseRef-Acme')
  (handle, *_) = own.handles((2,))
  called = aliases.kaggle(handle)
  changed = kaggle.Variation(
    called, dataclasses.replace(item, handle=handle), ''
  )
  with pytest.raises(errors.PublishError, match='LicenseRef-Acme, expected'):
    changed.commands(tmp_path)
