"""What lies beside an artifact is handed out with it, byte by byte."""

import pytest

from exporter.hub import pack
from exporter.storage import folder
from exporter.storage import places
from tests import hub_server
from tests import some_exports

_TYPES = {
  '.intoto.jsonl': 'application/vnd.in-toto+json',
  '.cdx.json': 'application/vnd.cyclonedx+json',
}


@pytest.fixture(scope='module', name='exports')
def _exports(tmp_path_factory):
  exports = some_exports.make(tmp_path_factory.mktemp('beside') / 'exports')
  old = places.place(exports, some_exports.handle(some_exports.TF1))
  for path in (old.provenance, old.bom):
    path.unlink()  # Somebody removed them.
  return exports


@pytest.fixture(scope='module', name='hub')
def _hub(exports):
  with hub_server.serve(exports) as hub:
    yield hub


@pytest.mark.parametrize('suffix', _TYPES)
@pytest.mark.parametrize('name', [some_exports.TF2, some_exports.LITE])
def test_a_hub_sends_it(exports, hub, name, suffix):
  stem = some_exports.handle(name).stem
  status, headers, body = hub.ask(f'/{stem}{suffix}')
  assert (status, headers['content-type']) == (200, _TYPES[suffix])
  assert body == (exports / f'{stem}{suffix}').read_bytes()


@pytest.mark.parametrize('suffix', _TYPES)
def test_a_hub_says_where_there_is_none(hub, suffix):
  status, _, body = hub.ask(f'/{some_exports.TF1}{suffix}')
  assert status == 404
  assert b'`slimhub export --force` writes it' in body


def test_it_is_packed_and_kept(exports, tmp_path):
  for _ in range(2):
    list(pack.pack_exports(folder.items(exports), tmp_path / 'packed'))
    for name in (some_exports.TF2, some_exports.LITE):
      stem = some_exports.handle(name).stem
      for suffix in _TYPES:
        packed = tmp_path / 'packed' / f'{stem}{suffix}'
        assert packed.read_bytes() == (exports / f'{stem}{suffix}').read_bytes()
  assert not (tmp_path / f'packed/{some_exports.TF1}.cdx.json').exists()
