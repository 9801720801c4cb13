"""Repositories, uploaded and used by Hugging Face's own client."""

import pathlib
import shutil
import sys
import tempfile

from huggingface_hub import errors as client_errors
from huggingface_hub.utils import _validators as client
import pytest

from exporter import errors
from exporter.publishing import content
from exporter.publishing import huggingface
from exporter.publishing import readme
from tests import code_blocks
from tests import file_tree
from tests import some_exports
from tests.publishing import endpoint
from tests.publishing import real_exports
from tests.publishing import some_uploads

_NAME = f'acme/{real_exports.NAME}'
_COMMIT = '0' * 40


def _repository() -> huggingface.Repository:
  (upload,) = real_exports.uploads('huggingface', 'acme')
  assert isinstance(upload, huggingface.Repository)
  return upload


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory):
  """A repository that nobody may change."""
  target = tmp_path_factory.mktemp('huggingface') / _NAME
  return real_exports.write(_repository(), target)


def test_what_a_repository_has_and_where(folder):
  assert _repository().name == _NAME
  paths = set(file_tree.read(folder))
  for path in (
    'saved_model.pb',
    'variables/variables.index',
    'manifest.json',
    'manifest.intoto.jsonl',
    'manifest.cdx.json',
    'tf1/saved_model.pb',
    'tf1/manifest.json',
    'tf1/README.md',
    'litert/float32.tflite',
    'litert/float32.json',
    'litert/float32.intoto.jsonl',
    'litert/float32.cdx.json',
    'litert/float32.md',
    'onnx/model.onnx',
  ):
    assert path in paths


def test_the_printed_command_uploads_all_of_it(folder, tmp_path):
  (command,) = _repository().commands(folder)
  with endpoint.listening() as there:
    output = endpoint.run(
      command, tmp_path, HF_ENDPOINT=there.url, HF_TOKEN='hf_none'
    )
  assert 'Uploaded' in output
  assert there.asked['/api/repos/create'] == {
    'organization': 'acme',
    'name': real_exports.NAME,
    'type': 'model',
  }
  checked = there.asked['/api/validate-yaml']
  assert checked['content'] == (folder / readme.README).read_text('utf-8')
  assert there.files == file_tree.read(folder)


def _cache(folder: pathlib.Path, cache: pathlib.Path) -> None:
  """Lays out what the client has after a download."""
  root = cache / f'models--{_NAME.replace("/", "--")}'
  shutil.copytree(folder, root / 'snapshots' / _COMMIT)
  (root / 'refs').mkdir()
  (root / 'refs' / 'main').write_text(_COMMIT)


def test_the_snippets_of_all_pages_run_as_they_are(folder, tmp_path):
  _cache(folder, tmp_path)
  pages = ('README.md', 'litert/float32.md', 'onnx/model.md')
  blocks = [
    block
    for page in pages
    for block in code_blocks.find((folder / page).read_text('utf-8'), 'python')
  ]
  assert all(block.count('huggingface_hub.') == 1 for block in blocks)
  # Keras 2 is chosen for a whole process, and tests of cards train with each.
  runnable = [b for b in blocks if 'KERAS' not in b and 'fit(' not in b]
  assert len(runnable) >= 6
  code_blocks.run(
    sys.executable,
    runnable,
    tmp_path,
    HF_HUB_CACHE=f'{tmp_path}',
    HF_HUB_OFFLINE='1',
  )


def test_large_files_are_kept_as_such(folder, tmp_path):
  attributes = (folder / '.gitattributes').read_text()
  endpoint.run('git init -q', tmp_path)
  (tmp_path / '.gitattributes').write_text(attributes)
  for path, is_large in {
    'saved_model.pb': True,
    'variables/variables.data-00000-of-00001': True,
    'tf1/variables/variables.index': True,
    'litert/float32.tflite': True,
    'onnx/model.onnx': True,
    'README.md': False,
    'assets.extra/labels.txt': False,
  }.items():
    output = endpoint.run(f'git check-attr filter {path}', tmp_path)
    assert output.strip().endswith('lfs') == is_large, output


@pytest.mark.parametrize('account', ['a' * 97, 'a--b', '-a', 'a-'])
def test_a_name_that_the_client_refuses_is_refused_here(account):
  (good,) = real_exports.uploads('huggingface', 'acme')
  upload = huggingface.Repository(
    good.name.replace('acme', account), good.items
  )
  with pytest.raises(client_errors.HFValidationError):
    client.validate_repo_id(upload.name)
  with pytest.raises(errors.PublishError, match='Hugging Face takes'):
    upload.files()
  client.validate_repo_id(good.name)


def test_each_kind_for_tensorflow_js_has_a_folder(tmp_path):
  origin = some_exports.TF2
  for name in ('float32', 'uint8'):
    some_uploads.add(tmp_path / 'exports', f'{origin}.tfjs/{name}')
  (upload,) = some_uploads.uploads(tmp_path / 'exports', 'huggingface').values()
  files = upload.files()
  for name in ('float32', 'uint8'):
    for file in ('model.json', 'group1-shard1of1.bin', f'{name}.json'):
      assert f'tfjs/{name}/{file}' in files
  page = 'https://huggingface.co/google/mobilenet_v1_025_128-classification'
  assert f"'{page}/resolve/main/tfjs/uint8/model.json'" in _text(
    files['tfjs/uint8/uint8.md']
  )


def _text(file: content.Content) -> str:
  with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder, 'file')
    file.write(path)
    return path.read_text('utf-8')
