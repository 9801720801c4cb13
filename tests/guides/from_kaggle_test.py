"""The guide for programs that name Kaggle or tfhub.dev, done as it says."""

import os
import pathlib
import re
import shlex
import subprocess
import sys

import pytest

from tests import code_blocks
from tests import hub_server
from tests import source_tree

_GUIDE = (source_tree.ROOT / 'docs/from_kaggle.md').read_text('utf-8')
_EXPORT, _SEED, _SERVE, _DOWNLOAD, _PUBLISH = code_blocks.find(_GUIDE, 'sh')
_BY_URL, _BY_HANDLE, _FROM_SERVER, _FROM_HOST = code_blocks.find(
  _GUIDE, 'python'
)
_GONE = 'http://127.0.0.1:9'  # A proxy that nobody runs: there is no network.


def _programs(folder: pathlib.Path) -> str:
  """A folder with `slimhub` and `python`, as the reader has them."""
  folder.mkdir(exist_ok=True)
  for name, words in (
    ('python', [sys.executable]),
    ('slimhub', [sys.executable, '-m', 'exporter']),
  ):
    path = folder / name
    path.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    path.chmod(0o755)
  return str(folder)


def _run(command: str, folder: pathlib.Path, **variables: str) -> str:
  """Lets a shell run what stands in the guide; returns what it printed."""
  done = subprocess.run(
    ['bash', '-e', '-c', command],
    cwd=folder,
    env={
      **os.environ,
      'PATH': f'{_programs(folder / "bin")}:{os.environ["PATH"]}',
      'PYTHONPATH': str(source_tree.ROOT),
      'HOME': str(folder),
      **variables,
    },
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr[-3000:]
  return done.stdout


@pytest.fixture(name='folder', scope='module')
def _folder(tmp_path_factory) -> pathlib.Path:
  """Where the reader has exported the model; there are no weights here."""
  folder = tmp_path_factory.mktemp('from_kaggle')
  assert '--fetch' in _EXPORT
  _run(_EXPORT.replace('--fetch', '--synthetic_weights'), folder)
  return folder


def test_the_name_that_is_pasted_is_found(folder):
  (shown,) = code_blocks.find(_GUIDE, 'console')
  command, *expected = shown.splitlines()
  assert _run(command.removeprefix('$ '), folder).splitlines() == expected


def test_each_name_of_the_list_is_one_model(folder):
  names = re.findall(r'^- `([^`]+)`', _GUIDE, re.MULTILINE)
  names += re.findall(r'^`(google/tf2-preview/[^`]+)`', _GUIDE, re.MULTILINE)
  assert len(names) == 9
  of_files = ('tfLite', 'onnx', 'tfJs')
  originals = [n for n in names if not any(word in n for word in of_files)]
  assert len(originals) == 6
  for name in originals:
    assert _run(f'slimhub list {name}', folder).count('\ngoogle/') == 1


def test_old_code_runs_without_a_network(folder):
  (folder / 'old_code.py').write_text(f'{_BY_URL}\n{_BY_HANDLE}')
  _run(_SEED, folder, https_proxy=_GONE, http_proxy=_GONE)


# One process for both blocks, as TensorFlow is slow to import.
_FAILURES = """
import sys
for block in sys.argv[1:]:
  try:
    exec(block, {})
  except Exception as error:
    print(f'It fails with {type(error).__name__}')
"""


def test_old_code_is_not_answered_by_an_empty_cache(folder):
  printed = _run(
    shlex.join(['python', '-c', _FAILURES, _BY_URL, _BY_HANDLE]),
    folder,
    TFHUB_CACHE_DIR=str(folder / 'nothing'),
    KAGGLEHUB_CACHE=str(folder / 'nothing'),
    https_proxy=_GONE,
    http_proxy=_GONE,
  )
  assert len(re.findall(r'^It fails with \w+Error$', printed, re.M)) == 2
  assert 'AssertionError' not in printed


def test_the_server_answers_both_clients(folder):
  assert _SERVE.startswith('slimhub serve exports ')
  with hub_server.serve(folder / 'exports') as hub:
    (folder / 'downloads.py').write_text(_FROM_SERVER)
    printed = _run(
      _DOWNLOAD.replace('http://localhost:8000', hub.url),
      folder,
      KAGGLEHUB_CACHE=str(folder / 'from_server'),
    )
    path, file = printed.split()[-2:]
    assert file == f'{path}/variables/variables.index'
    assert (pathlib.Path(path) / 'saved_model.pb').is_file()
    (folder / 'by_host.py').write_text(
      _FROM_HOST.replace('http://localhost:8000', hub.url)
    )
    _run('python by_host.py', folder, TFHUB_CACHE_DIR=str(folder / 'by_host'))
    (error,) = code_blocks.find(_GUIDE, 'text')
    (folder / 'wrong.py').write_text(
      _FROM_SERVER.replace("-classification'\n", "-classification/7'\n", 1)
    )
    with pytest.raises(AssertionError, match=re.escape(error.strip())):
      _run(
        _DOWNLOAD.replace('http://localhost:8000', hub.url).replace(
          'downloads', 'wrong'
        ),
        folder,
        KAGGLEHUB_CACHE=str(folder / 'from_server'),
      )


def test_what_is_published_is_uploaded_by_one_command(folder):
  for command in _PUBLISH.splitlines():
    *_, last_line = _run(command, folder).strip().splitlines()
    shown = re.findall(r'\| `((?:hf|python|skopeo) [^`]+)` \|', _GUIDE)
    (expected,) = (s for s in shown if s.split()[0] == last_line.split()[0])
    begin, *_, end = re.split(r'\.\.\.', f'{expected}...')
    assert last_line.startswith(begin.removesuffix('oci:')), last_line
    assert end.strip(")' ") in last_line
