"""Sigstore's own code for JavaScript checks what `slimhub sign` writes."""

import base64
import json
import pathlib
import shutil
import subprocess

import pytest

from exporter import signing
from exporter import storage
from exporter.artifacts import tfjs_node
from tests import some_exports
from tests import source_tree
from tests.consumers import npm
from tests.signing import keys as keys_lib

_PACKAGES = {
  'verify': '3.1.1',
  'bundle': '4.0.0',
  'core': '3.2.1',
  'protobuf-specs': '0.5.2',
}
_SCRIPT = 'sigstore.js'
_PAGE = (source_tree.ROOT / 'docs/programs.md').read_text('utf-8')


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory) -> pathlib.Path:
  """Where the script lies beside the packages that it needs."""
  folder = tmp_path_factory.mktemp('sigstore')
  for name, version in _PACKAGES.items():
    package = npm.package(f'@sigstore/{name}', version)
    shutil.copytree(package, folder / f'node_modules/@sigstore/{name}')
  shutil.copy(pathlib.Path(__file__).with_name(_SCRIPT), folder)
  return folder


@pytest.fixture(name='keys')
def _keys(tmp_path) -> keys_lib.Keys:
  return keys_lib.make(tmp_path)


@pytest.fixture(name='item')
def _item(tmp_path) -> storage.Item:
  exports = tmp_path / 'exports'
  some_exports.add(exports, some_exports.TF2)
  (item,) = storage.items(exports).usable
  return item


def _check(
  folder: pathlib.Path, bundle: bytes, key: pathlib.Path
) -> subprocess.CompletedProcess:
  path = key.with_name('bundle.json')
  path.write_bytes(bundle)
  return subprocess.run(
    [tfjs_node.find_node(), folder / _SCRIPT, path, key],
    capture_output=True,
    text=True,
    check=False,
  )


def _of_files(item: storage.Item, keys: keys_lib.Keys) -> bytes:
  """The signature of the files of an export, which is such a bundle."""
  with storage.open_artifact(item.root, item.handle) as (artifact, _):
    return signing.sign(artifact, keys.private)


def _of_provenance(item: storage.Item, keys: keys_lib.Keys) -> bytes:
  """The signed provenance, which is the part of a bundle that is signed."""
  bundle = json.loads(_of_files(item, keys))
  statement = item.place.provenance.read_bytes()
  signed = signing.sign_statement(statement, keys.private)
  bundle['dsseEnvelope'] = json.loads(signed)
  return json.dumps(bundle).encode()


@pytest.mark.parametrize('make', [_of_files, _of_provenance])
def test_what_is_signed_is_accepted_with_its_key_alone(
  folder, tmp_path, item, keys, make
):
  bundle = make(item, keys)
  accepted = _check(folder, bundle, keys.public)
  assert accepted.returncode == 0, accepted.stderr
  payload = json.loads(bundle)['dsseEnvelope']['payload']
  assert accepted.stdout.encode() == base64.b64decode(payload)
  other_keys = keys_lib.make(tmp_path, 'other')
  refused = _check(folder, bundle, other_keys.public)
  assert refused.returncode != 0
  assert 'signature verification failed' in refused.stderr


@pytest.mark.parametrize('make', [_of_files, _of_provenance])
def test_what_was_changed_is_refused(folder, item, keys, make):
  bundle = json.loads(make(item, keys))
  payload = bundle['dsseEnvelope']['payload']
  bundle['dsseEnvelope']['payload'] = f'ICAg{payload}'  # Three spaces more.
  refused = _check(folder, json.dumps(bundle).encode(), keys.public)
  assert refused.returncode != 0
  assert 'signature verification failed' in refused.stderr


def test_the_page_names_the_packages():
  assert f'`@sigstore/verify` {_PACKAGES["verify"]}' in _PAGE
