"""Whatever somebody wrote into a folder of exports, nobody is harmed by it.

No command follows a link out of it, waits for a pipe, reads without end, or
writes elsewhere than it was told. What is as it should be is handed out, and
what is not is named.
"""

import json
import pathlib

import pytest

from exporter.cli import entry
from exporter.site import tree
from exporter.storage import folder as folder_lib
import model_specs
from tests import file_tree
from tests import hostile_exports as hostile
from tests import hub_server


def _main(*argv: object) -> int:
  return entry.main(entry.parse(['slimhub', *map(str, argv)]))


@pytest.fixture(name='exports')
def _exports(tmp_path) -> pathlib.Path:
  return hostile.make(tmp_path / 'theirs')


def _outside(exports: pathlib.Path) -> dict[str, bytes]:
  return file_tree.read(exports.parent / 'outside')


def _failed(printed: str) -> set[str]:
  return {
    line.removeprefix('failed: ').removeprefix('https://tfhub.dev/')
    for line in printed.splitlines()
    if line.startswith('failed: ')
  }


def _handle(name: str) -> str:
  """The handle that a name of Kaggle stands for; any other name is a handle."""
  is_moved = '/tensorFlow2/' in name
  return str(*model_specs.find(name)) if is_moved else name


def _of(*kinds: dict) -> set[str]:
  return {hostile.NAMES[what] for kind in kinds for what in kind}


def _check(
  exports: pathlib.Path, output_dir: pathlib.Path, before: dict
) -> None:
  """Nothing came from outside, and nothing went there."""
  assert _outside(exports) == before
  for name, data in file_tree.read(output_dir).items():
    assert hostile.SECRET.encode() not in data, name
  assert sorted(p.name for p in exports.parent.parent.iterdir()) == sorted(
    {'theirs', output_dir.name}
  )


def test_pack_hands_out_what_is_whole_and_names_the_rest(
  exports, tmp_path, capsys
):
  before, packed = _outside(exports), tmp_path / 'packed'
  assert _main('pack', exports, f'--output_dir={packed}') == 1
  _check(exports, packed, before)
  expected = _of(hostile.MANIFESTS, hostile.FILES, hostile.CARDS)
  assert _failed(capsys.readouterr().err) == expected
  index = json.loads((packed / 'index.json').read_text())
  assert [each['handle'] for each in index['exports']] == [hostile.GOOD]
  assert set(index['left_out']) == _of(hostile.MANIFESTS)
  names = {name for name in file_tree.read(packed) if hostile.GOOD not in name}
  assert names == {
    'index.html',
    '.slimhub-packed',
    'index.json',
    f'{hostile.GOOD.removesuffix("/5")}.html',
    f'{hostile.GOOD.removesuffix("/5")}.tar.gz',
  }


@pytest.mark.parametrize(
  ('flag', 'marks'),
  [
    ('--cache_dir', '*.descriptor.txt'),
    ('--kagglehub_cache', 'models/google/*/tensorFlow2/*/[0-9].complete'),
  ],
)
def test_seed_cache_seeds_what_is_whole_and_names_the_rest(
  exports, tmp_path, capsys, flag, marks
):
  before, cache = _outside(exports), tmp_path / 'cache'
  assert _main('seed_cache', exports, f'{flag}={cache}') == 1
  _check(exports, cache, before)
  assert set(map(_handle, _failed(capsys.readouterr().err))) == _of(
    hostile.MANIFESTS, hostile.FILES
  )
  seeded = list(cache.glob(marks))
  assert len(seeded) == 1 + len(hostile.CARDS)  # It has no use for a card.


@pytest.mark.parametrize('layout', ['huggingface', 'kaggle', 'oci'])
def test_publish_hands_out_what_is_whole_and_names_the_rest(
  exports, tmp_path, capsys, layout
):
  before, to = _outside(exports), tmp_path / 'uploads'
  assert _main('publish', exports, f'--to={to}', f'--layout={layout}') == 1
  _check(exports, to, before)
  printed = capsys.readouterr()
  names = _failed(printed.err)
  assert names >= _of(hostile.MANIFESTS)
  assert len(names) == len(hostile.MANIFESTS) + len(hostile.FILES)
  # It has no use for a card: it makes them anew.
  assert printed.out.count('published g') == 1 + len(hostile.CARDS)
  files = [path for path in to.glob('google/**/*') if path.is_file()]
  assert not any(path.is_symlink() for path in files)


def test_the_site_offers_what_is_whole_and_names_the_rest(
  exports, tmp_path, capsys, monkeypatch
):
  # Only its files matter here, and the pages of all models take a while.
  monkeypatch.setattr(tree, 'pages', lambda _: {'index.md': '# One\n'})
  monkeypatch.setattr(tree, 'menu', lambda _: [{'Home': 'index.md'}])
  before, site = _outside(exports), tmp_path / 'site'
  assert _main('site', f'--hub_dir={exports}', f'--output_dir={site}') == 1
  _check(exports, site, before)
  assert _failed(capsys.readouterr().err) == _of(
    hostile.MANIFESTS, hostile.FILES
  )
  assert (site / f'{hostile.GOOD}.tar.gz').exists()


def test_verify_believes_none_of_them(exports, capsys):
  before = _outside(exports)
  spoiled = _of(hostile.MANIFESTS, hostile.FILES, hostile.CARDS)
  assert _main('verify', exports, *sorted(spoiled), '--jobs=1') == 1
  assert _outside(exports) == before
  printed = capsys.readouterr()
  assert _failed(printed.err) == spoiled
  assert 'verified' not in printed.out
  assert 'Traceback' not in printed.err


@pytest.fixture(name='hub')
def _hub(exports):
  with hub_server.serve(exports) as server:
    yield server


def test_the_hub_sends_what_is_whole_and_nothing_from_elsewhere(hub, exports):
  before = _outside(exports)
  good = f'/{hostile.GOOD}'
  for path in ('', '.json', '.md', '.tar.gz', '/saved_model.pb'):
    assert hub.ask(f'{good}{path}')[0] == 200, path
  for what, name in hostile.NAMES.items():
    parts = ['.json', '.md', '/saved_model.pb', '?tf-hub-format=compressed']
    for part in ('', *parts):
      status, _, body = hub.ask(f'/{name}{part}')
      assert hostile.SECRET.encode() not in body, (what, part)
      assert b'root:' not in body, (what, part)
      assert status in (200, 404, 503), (what, part)
      if what in hostile.MANIFESTS:
        assert status == 404, (what, part)
    if what in hostile.CARDS:
      assert hub.ask(f'/{name}.md')[0] == 503, what
      assert hub.ask(f'/{name}?tf-hub-format=compressed')[0] == 200, what
    if what in hostile.FILES:
      assert hub.ask(f'/{name}?tf-hub-format=compressed')[0] == 503, what
  index = json.loads(hub.ask('/index.json')[2])
  listed = {each['handle'] for each in index['exports']}
  assert listed == {hostile.GOOD} | _of(hostile.FILES, hostile.CARDS)
  assert set(index['left_out']) == _of(hostile.MANIFESTS)
  assert hub.ask('/')[0] == 200
  assert _outside(exports) == before


def test_a_listing_takes_no_longer_than_its_exports(exports):
  items = folder_lib.items(exports)
  assert {each.name for each in items.left_out} == _of(hostile.MANIFESTS)
  for each in items.left_out:
    assert 'Traceback' not in each.reason
    assert len(each.reason) < 600
