"""Layouts of images, read and copied by skopeo, and unpacked."""

import hashlib
import json
import pathlib
import tarfile

import pytest
import tensorflow as tf

from exporter import errors
from exporter.publishing import oci
from exporter.storage import places
from tests import exports_made
from tests import file_tree
from tests import some_exports
from tests.publishing import real_exports
from tests.publishing import skopeo
from tests.publishing import some_uploads

_NAME = f'google/{real_exports.NAME}'


def _upload(account: str = '') -> oci.ImageLayout:
  (upload,) = real_exports.uploads('oci', account)
  assert isinstance(upload, oci.ImageLayout)
  return upload


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory) -> pathlib.Path:
  """A layout that nobody may change."""
  return real_exports.write(_upload(), tmp_path_factory.mktemp('oci') / _NAME)


def test_skopeo_knows_every_image_and_what_it_is(folder):
  for tag, title in {
    '5': real_exports.TF2,
    '3': real_exports.TF1,
    '5-litert-float32': f'{real_exports.TF2}.litert/float32.tflite',
    '5-onnx-model': f'{real_exports.TF2}.onnx/model.onnx',
  }.items():
    image = json.loads(skopeo.run('inspect', f'oci:{folder}:{tag}'))
    labels = {
      key.rpartition('.')[2]: value for key, value in image['Labels'].items()
    }
    assert labels['title'] == title
    assert labels['version'] == tag.partition('-')[0]
    assert labels['licenses'] == 'Apache-2.0'
    assert labels['vendor'] == 'google'
    assert labels['source'].startswith('https://github.com/tensorflow/models/')
    assert labels['description'].startswith('UNTRAINED') == ('-' not in tag)
    assert image['Os'] == 'linux'
    assert len(image['Layers']) == 2
    config = json.loads(
      skopeo.run('inspect', '--config', f'oci:{folder}:{tag}')
    )
    assert config['rootfs']['diff_ids'] == image['Layers']  # Not compressed.


@pytest.mark.parametrize('processor', ['amd64', 'arm64'])
def test_a_model_that_was_copied_and_unpacked_can_be_used(
  folder, tmp_path, processor
):
  skopeo.run(
    f'--override-arch={processor}',
    'copy',
    f'oci:{folder}:5',
    f'dir:{tmp_path / "copy"}',
  )
  manifest = json.loads((tmp_path / 'copy' / 'manifest.json').read_text())
  for layer in manifest['layers']:
    name = layer['digest'].removeprefix('sha256:')
    with tarfile.open(tmp_path / 'copy' / name) as tar:
      tar.extractall(tmp_path / 'root', filter='data')
  place = places.place(
    exports_made.folder(), some_exports.handle(real_exports.TF2)
  )
  assert file_tree.read(tmp_path / 'root' / 'provenance') == {
    '5.intoto.jsonl': place.provenance.read_bytes(),
    '5.cdx.json': place.bom.read_bytes(),
  }
  model = tmp_path / 'root' / 'models' / '5'
  assert file_tree.read(model) == file_tree.read(
    exports_made.folder() / real_exports.TF2
  )
  if processor == 'amd64':
    answers = tf.saved_model.load(str(model))(tf.zeros([1, 128, 128, 3]))
    assert answers.shape == (1, 1001)


def test_the_printed_command_copies_for_all_processors(folder, tmp_path):
  commands = _upload('localhost:5000/acme').commands(folder)
  assert len(commands) == 4
  place = f'docker://localhost:5000/acme/{real_exports.NAME}:5'
  (command,) = (each for each in commands if each.endswith(f' {place}'))
  assert command.startswith(f'skopeo copy --all oci:{folder}:5 ')
  # No registry is there; all else of the command is as printed.
  program, *arguments = command.replace(
    place, f'dir:{tmp_path / "copy"}'
  ).split()
  assert program == 'skopeo'
  skopeo.run(*arguments)
  index = json.loads((tmp_path / 'copy' / 'manifest.json').read_text())
  assert {each['platform']['architecture'] for each in index['manifests']} == {
    'amd64',
    'arm64',
  }


def test_every_blob_is_named_after_its_content(folder):
  blobs = [*(folder / 'blobs' / 'sha256').iterdir()]
  assert blobs
  for blob in blobs:
    assert hashlib.sha256(blob.read_bytes()).hexdigest() == blob.name


def test_the_same_exports_are_the_same_bytes(folder, tmp_path):
  again = real_exports.write(_upload(), tmp_path)
  assert file_tree.read(again) == file_tree.read(folder)
  assert b'created' not in b''.join(
    data for data in file_tree.read(folder).values() if len(data) < 10_000
  )


def test_a_time_is_told_if_somebody_says_it(folder, tmp_path, monkeypatch):
  monkeypatch.setenv('SOURCE_DATE_EPOCH', '86400')
  later = real_exports.write(_upload(), tmp_path)
  image = json.loads(skopeo.run('inspect', f'oci:{later}:5'))
  assert image['Created'] == '1970-01-02T00:00:00Z'
  key = 'org.opencontainers.image.created'
  assert image['Labels'][key] == '1970-01-02T00:00:00Z'
  before = json.loads(skopeo.run('inspect', f'oci:{folder}:5'))
  assert image['Layers'] == before['Layers']
  monkeypatch.setenv('SOURCE_DATE_EPOCH', 'yesterday')
  with pytest.raises(errors.ExportError, match="'yesterday', expected"):
    _upload().files()


def test_a_path_that_skopeo_would_misread_is_refused(tmp_path):
  with pytest.raises(errors.PublishError, match='has a colon'):
    _upload().commands(tmp_path / 'a:b')


def test_without_an_account_it_is_the_publisher_on_docker_hub(tmp_path):
  (upload,) = some_uploads.uploads(
    some_uploads.make(tmp_path / 'exports'), 'oci'
  ).values()
  assert f'docker://docker.io/{_NAME}:5' in upload.commands(tmp_path)[1]


def test_a_name_that_registries_refuse_is_refused():
  upload = oci.ImageLayout('acme/a_-classification', _upload().items, '')
  with pytest.raises(errors.PublishError, match='registries take'):
    upload.files()
