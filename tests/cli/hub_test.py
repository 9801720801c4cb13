"""`slimhub serve`, `pack` and `seed_cache` as they are typed."""

import json
import re
import subprocess
import sys

import pytest

from exporter.cli import entry
from exporter.hub import tfhub_cache
from tests import file_tree
from tests import hidden
from tests import some_exports
from tests import source_tree

_OTHER = some_exports.TF2.replace('classification', 'feature_vector')
# Commands that write exports to another folder, and the flag that names it.
_WRITERS = (
  ('pack', '--output_dir'),
  ('seed_cache', '--cache_dir'),
  ('seed_cache', '--kagglehub_cache'),
  ('publish', '--to', '--layout=oci'),
)
_URL = 'https://hub.example.org/a'


def _main(*argv: str) -> int:
  return entry.main(entry.parse(['slimhub', *map(str, argv)]))


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return some_exports.make(tmp_path / 'exports')


def test_pack_tells_programs_what_it_does(exports, tmp_path, capsys):
  command = ('pack', exports, f'--output_dir={tmp_path / "packed"}')
  assert _main(*command, '--progress=json') == 0
  events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
  assert [event['event'] for event in events] == [
    'started',
    *['packed'] * 4,
    'summary',
  ]
  assert _main(*command) == 0
  assert 'kept' in capsys.readouterr().out


def test_what_cannot_be_packed_is_the_exit_code(exports, tmp_path, capsys):
  (exports / some_exports.TF1 / 'saved_model.pb').unlink()
  assert _main('pack', exports, f'--output_dir={tmp_path / "packed"}') == 1
  printed = capsys.readouterr()
  assert f'failed: {some_exports.TF1}' in printed.err
  assert 'saved_model.pb is missing' in printed.err
  assert f'packed    {some_exports.TF2}' in printed.out


@pytest.mark.parametrize('command', _WRITERS)
def test_a_folder_that_cannot_be_listed_is_the_exit_code(
  command, exports, tmp_path, capsys, monkeypatch
):
  folder = exports / some_exports.NAME
  some_exports.add(exports, _OTHER)
  hidden.hide(monkeypatch, folder)
  name, flag, *more = command
  assert _main(name, exports, f'{flag}={tmp_path / "to"}', *more) == 1
  printed = capsys.readouterr()
  assert f'{folder} cannot be listed (Permission denied)' in printed.err
  assert some_exports.NAME.partition('/classification')[0] in printed.out
  hidden.hide(monkeypatch, exports / 'google')
  assert _main(name, exports, f'{flag}={tmp_path / "new"}', *more) == 1
  assert 'google cannot be listed' in capsys.readouterr().err


@pytest.mark.parametrize(
  'command',
  [
    *_WRITERS,
    # It would fail later at this address, and not serve for ever.
    ('serve', '--stock_dir', '--host=256.0.0.1'),
  ],
)
@pytest.mark.parametrize('where', ['.', 'new', '..'])
def test_nothing_is_written_among_exports(
  command, where, exports, capsys, monkeypatch
):
  before = file_tree.read(exports)
  monkeypatch.chdir(exports)
  name, flag, *more = command
  for folder in (where, exports / where):
    assert _main(name, exports, f'{flag}={folder}', *more) == 1
    error = capsys.readouterr().err
    assert re.search(rf'{exports}, where .* an empty or a new folder', error)
  assert file_tree.read(exports) == before
  assert [path.name for path in exports.parent.iterdir()] == [exports.name]


def test_seed_cache_takes_another_hub(exports, tmp_path, capsys):
  command = ('seed_cache', exports, f'--cache_dir={tmp_path / "cache"}')
  assert _main(*command, f'--handle_prefix={_URL}/') == 0
  url = f'{_URL}/{some_exports.TF1}'
  assert f'seeded    {url}' in capsys.readouterr().out
  assert (tmp_path / 'cache' / tfhub_cache.key(url)).is_dir()
  assert _main(*command, f'--handle_prefix={_URL}', '--progress=json') == 0
  summary = json.loads(capsys.readouterr().out.splitlines()[-1])
  assert summary['kept'] == 2


def test_seed_cache_tells_under_how_many_urls(exports, tmp_path, capsys):
  command = ('seed_cache', exports, f'--cache_dir={tmp_path / "cache"}')
  assert _main(*command, '--progress=json') == 0
  _, event, *_ = map(json.loads, capsys.readouterr().out.splitlines())
  assert event['event'] == 'seeded'
  assert event['handle'] == f'https://tfhub.dev/{some_exports.TF1}'
  assert event['reason'] == 'under 26 URLs'
  assert event['bytes'] > 0


def test_seed_cache_seeds_two_caches_at_once(exports, tmp_path, capsys):
  (exports / some_exports.TF1 / 'saved_model.pb').unlink()
  broken = exports / f'{some_exports.TF2}.onnx' / 'model.json'
  broken.write_text('{')
  command = ('seed_cache', exports, f'--cache_dir={tmp_path / "a"}')
  more = (f'--kagglehub_cache={tmp_path / "b"}', '--copy')
  assert _main(*command, *more, '--progress=json') == 1
  started, *events, summary = map(
    json.loads, capsys.readouterr().out.splitlines()
  )
  assert started['artifacts'] == len(events) == 6
  moved = 'google/mobilenet-v1'
  assert [(each['event'], each['handle']) for each in events] == [
    ('failed', f'{some_exports.TF2}.onnx/model'),
    ('failed', f'https://tfhub.dev/{some_exports.TF1}'),
    ('seeded', f'https://tfhub.dev/{some_exports.TF2}'),
    ('failed', f'{moved}/tensorFlow1/025-128-classification/2'),
    ('seeded', f'{moved}/tensorFlow2/025-128-classification/2'),
    ('seeded', f'{moved}/tfLite/025-128-classification/2'),
  ]
  assert (summary['seeded'], summary['failed']) == (3, 3)
  assert not [p for p in tmp_path.rglob('*') if p.is_symlink()]


def test_seed_cache_needs_a_cache(exports, capsys):
  assert _main('seed_cache', exports) == 2
  error = capsys.readouterr().err
  assert '--cache_dir=DIR' in error
  assert '--kagglehub_cache=DIR' in error
  assert error.count('\n') == 1


def test_seed_cache_has_no_place_for_converted_files(tmp_path, capsys):
  exports = tmp_path / 'converted'
  some_exports.add(exports, some_exports.LITE)
  flag = f'--cache_dir={tmp_path}/cache'
  assert _main('seed_cache', str(exports), flag) == 1
  assert 'holds converted files alone' in capsys.readouterr().err
  assert not (tmp_path / 'cache').exists()
  cache = f'--kagglehub_cache={tmp_path}/kaggle'
  assert _main('seed_cache', str(exports), flag, cache) == 0


def test_seed_cache_leaves_what_others_put_there(exports, tmp_path, capsys):
  moved = 'google/mobilenet-v1/TensorFlow2/025-128-classification/2'
  folder = tmp_path / 'cache' / 'models' / moved
  folder.mkdir(parents=True)
  (folder / 'saved_model.pb').touch()
  command = ('seed_cache', exports, f'--kagglehub_cache={tmp_path / "cache"}')
  assert _main(*command) == 1
  assert f'{folder}, for {moved}, holds what' in capsys.readouterr().err
  assert _main(*command, '--force') == 0


@pytest.mark.parametrize(
  'command',
  [
    ('pack', '--output_dir=x'),
    ('seed_cache', '--cache_dir=x'),
    ('seed_cache', '--kagglehub_cache=x'),
  ],
)
def test_a_folder_without_exports_is_one_line(command, tmp_path, capsys):
  name, *flags = command
  assert _main(name, tmp_path, *flags) == 1
  error = capsys.readouterr().err
  assert error.startswith('slimhub: ')
  assert ' holds no export; ' in error
  assert error.count('\n') == 1


def test_a_site_that_is_none_is_refused(exports, tmp_path, capsys):
  assert _main('serve', exports, f'--site_dir={tmp_path}') == 2
  assert 'holds no index.html' in capsys.readouterr().err


@pytest.mark.parametrize('command', [('serve',), ('pack', '--output_dir=x')])
def test_a_missing_extra_is_named(command, exports, tmp_path):
  code = (
    'import sys; from importlib import util; find = util.find_spec\n'
    'util.find_spec = lambda n: None if n == "starlette" else find(n)\n'
    'from exporter.cli import entry\n'
    'sys.exit(entry.main(entry.parse(sys.argv)))'
  )
  name, *flags = command
  done = subprocess.run(
    [sys.executable, '-c', code, name, exports, *flags],
    env={'PYTHONPATH': str(source_tree.ROOT)},
    cwd=tmp_path,
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 1
  assert 'starlette, which this environment lacks' in done.stderr
  assert "pip install 'slimhub[serve]'" in done.stderr
