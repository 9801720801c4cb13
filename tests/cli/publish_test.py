"""`slimhub publish` as it is typed, and what it prints."""

import json
import shlex

import pytest

from exporter.cli import entry
from tests import exports_made
from tests import file_tree
from tests import some_exports
from tests.publishing import some_uploads

_ALIAS = 'google/mobilenet-v1/tensorFlow2/025-128-classification/2'
_NAME = 'google/mobilenet_v1_025_128-classification'


def _main(*argv: object) -> int:
  return entry.main(entry.parse(['slimhub', 'publish', *map(str, argv)]))


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return some_uploads.make(tmp_path / 'exports')


@pytest.fixture(name='to')
def _to(tmp_path):
  return tmp_path / 'my uploads'


@pytest.mark.parametrize(
  ('layout', 'expected'),
  [
    ('huggingface', [['hf', 'upload', _NAME]]),
    ('kaggle', [['python', '-c']] * 4),
    ('oci', [['skopeo', 'copy', '--all']] * 4),
  ],
)
def test_it_ends_with_commands_that_a_shell_takes(
  exports, to, capsys, layout, expected
):
  assert _main(exports, f'--to={to}', f'--layout={layout}') == 0
  printed = capsys.readouterr()
  assert not printed.err
  _, commands = printed.out.split('\nTo upload:\n\n')
  lines = commands.splitlines()
  assert all(str(to) in line for line in lines)
  for line, begins in zip(lines, expected, strict=True):
    assert shlex.split(line)[: len(begins)] == begins
  # All of it is said again where nothing had to be written.
  assert _main(exports, f'--to={to}', f'--layout={layout}') == 0
  second_output = capsys.readouterr().out
  assert second_output.endswith(commands)
  assert second_output.startswith('kept ')


def test_what_nobody_uploads_ends_without_commands(to, capsys):
  words = (exports_made.folder(), f'--to={to}', '--layout=onnx_zoo')
  assert _main(*words) == 0
  assert 'To upload' not in capsys.readouterr().out
  before = file_tree.read(to)
  assert _main(*words) == 0
  assert capsys.readouterr().out.split()[:2] == ['kept', f'{_NAME}/model']
  assert file_tree.read(to) == before


def test_where_nothing_is_of_the_format_it_says_how_to_get_it(
  exports, to, capsys
):
  words = (f'--to={to}', '--layout=onnx_zoo', '--formats=tf2')
  assert _main(exports, *words) == 2
  assert 'none of these exports is one' in capsys.readouterr().err
  assert not to.exists()


def test_programs_are_told_the_commands_with_the_results(exports, to, capsys):
  flags = (f'--to={to}', '--layout=huggingface', '--progress=json')
  assert _main(exports, _ALIAS, *flags) == 0
  events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
  assert [event['event'] for event in events] == [
    'started',
    'published',
    'summary',
  ]
  assert events[1]['handle'] == _NAME
  assert shlex.split(events[1]['reason']) == [
    'hf',
    'upload',
    _NAME,
    f'{to / _NAME}',
  ]


def test_a_name_without_an_export_says_what_is_missing(exports, to, capsys):
  alias = 'https://tfhub.dev/google/tf2-preview/inception_v3/classification/4'
  assert _main(exports, _ALIAS, alias, f'--to={to}', '--layout=kaggle') == 1
  printed = capsys.readouterr()
  handle = 'google/imagenet/inception_v3/classification/5'
  assert f'failed: {handle}\n  {alias} is {handle}, which is not' in printed.err
  assert 'slimhub export inception_v3/classification/5 ' in printed.err
  assert 'published google/mobilenet-v1/tensorFlow2' in printed.out
  assert 'To upload:' in printed.out


def test_one_bad_export_stops_nobody_and_is_the_exit_code(exports, to, capsys):
  (exports / some_exports.TF1 / 'saved_model.pb').unlink()
  assert _main(exports, f'--to={to}', '--layout=kaggle') == 1
  printed = capsys.readouterr()
  assert 'saved_model.pb is missing' in printed.err
  assert printed.out.count('published google') == 3
  assert printed.out.count('kagglehub.model_upload') == 3


@pytest.mark.parametrize(
  ('flags', 'says'),
  [
    (('--layout=oci', '--account=BAD'), '--account=BAD is none of'),
    (('--layout=dockerhub',), "unknown word 'dockerhub'"),
    ((), '--layout'),
    (('--layout=oci', 'mobilenet_v9'), 'no model matches'),
  ],
)
def test_a_mistake_is_one_line(exports, to, capsys, flags, says):
  with pytest.raises(SystemExit) as ended:
    raise SystemExit(_main(exports, *reversed(flags), f'--to={to}'))
  assert ended.value.code == 2
  error = capsys.readouterr().err
  assert says in error
  assert error.count('\n') == 1
  assert not to.exists()


def test_a_folder_of_others_is_left(exports, to, capsys):
  to.mkdir()
  (to / 'thesis.tex').touch()
  assert _main(exports, f'--to={to}', '--layout=oci') == 1
  error = capsys.readouterr().err
  assert error.startswith(f'slimhub: {to} holds thesis.tex, which slimhub did')
  assert error.count('\n') == 1
  assert file_tree.read(to) == {'thesis.tex': b''}


def test_the_exports_themselves_are_no_place_for_it(exports, capsys):
  before = file_tree.read(exports)
  assert _main(exports, f'--to={exports}', '--layout=oci') == 1
  assert f'lies in {exports}, where the exports' in capsys.readouterr().err
  assert file_tree.read(exports) == before


@pytest.mark.parametrize('place', [0, 1, 2])
def test_patterns_stand_behind_the_exports_or_behind_flags(exports, to, place):
  words = [f'--to={to}', '--layout=kaggle']
  words.insert(place, some_exports.TF1)
  assert _main(exports, *words) == 0
  (model,) = (to / 'google').iterdir()
  assert [path.name for path in model.iterdir()] == ['tensorFlow1']


def test_formats_choose_what_is_published(exports, to):
  flags = (f'--to={to}', '--layout=kaggle', '--formats=onnx')
  assert _main(exports, *flags) == 0
  (model,) = (to / 'google').iterdir()
  assert [path.name for path in model.iterdir()] == ['onnx']
