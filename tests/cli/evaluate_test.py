"""`slimhub evaluate`, from labelled pictures to a table and a card."""

import json
import os
import pathlib
import pty
import re
import shlex
import subprocess
import sys

from PIL import Image
import pytest

from exporter import storage
from exporter.checkpoints import synthetic
from exporter.cli import entry
from exporter.measure import confusion_chart
from tests import exports_made
from tests import source_tree

_NAME = 'google/imagenet/mobilenet_v1_025_128/classification/5'
_LABELS = ('tench', 'goldfish', 'great white shark')


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory) -> pathlib.Path:
  """Exports of one model, and pictures of three of its classes."""
  folder = tmp_path_factory.mktemp('evaluate')
  for number, picture in enumerate(synthetic.synthetic_pictures(6, 40)):
    path = folder / 'photos' / _LABELS[number % 3] / f'{number}.png'
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)
  exports_made.copy(folder / 'exports', 'tf2', 'litert')
  return folder


def _run(folder: pathlib.Path, *argv: str) -> subprocess.CompletedProcess:
  return subprocess.run(
    [sys.executable, '-m', 'exporter', 'evaluate', *argv],
    cwd=folder,
    env={**os.environ, 'PYTHONPATH': str(source_tree.ROOT)},
    capture_output=True,
    text=True,
    check=False,
  )


def _main(*argv: str) -> int:
  return entry.main(entry.parse(['slimhub', 'evaluate', *argv]))


def test_a_folder_of_an_export_is_measured_and_its_card_written(folder):
  done = _run(folder, f'exports/{_NAME}', '--images=photos', '--card')
  assert (done.returncode, done.stderr) == (0, '')
  head, row, *_ = done.stdout.splitlines()
  assert head.split()[:2] == ['handle', 'pictures']
  assert row.split()[:2] == [_NAME, '6']
  for label in _LABELS:
    assert label in done.stdout
  facts = json.loads((folder / 'exports/evaluation.json').read_text())
  assert facts['accuracies'][0]['setting']['labels'] == 'names of classes'
  card = (folder / f'exports/{_NAME}.md').read_text('utf-8')
  assert card.count('\n## Measured accuracy\n') == 1
  remark = 'the pictures are of 3 of 1000 classes'
  assert f'\nnote: {remark}' in done.stdout
  assert facts['accuracies'][0]['remarks'][0].startswith(remark)
  assert f'Note: {remark}' in ' '.join(card.split())


def test_the_page_names_what_is_written(folder):
  page = (source_tree.ROOT / 'docs/accuracy.md').read_text('utf-8')
  _main(str(folder / 'exports'), f'--images={folder}/photos')
  written_names = {path.name for path in (folder / 'exports').iterdir()}
  for name in written_names - {'google'}:
    assert f'`{name}' in page
  assert f'the {confusion_chart.MOST} worst' in page
  for words in re.findall(r'slimhub (evaluate .*?[^\\])$', page, re.M | re.S):
    entry.parse(['slimhub', *shlex.split(words.replace('\\\n', ' '))])


def test_patterns_and_a_list_take_every_format(folder, capsys):
  lines = [f'{_LABELS[n % 3]}/{n}.png\t{n % 3 + 1}\n' for n in range(6)]
  (folder / 'list.txt').write_text(''.join(lines))
  flags = [f'--images={folder}/photos', f'--labels={folder}/list.txt']
  assert _main(_NAME, f'--output_dir={folder}/exports', *flags) == 0
  out = capsys.readouterr().out
  assert f'\n{_NAME}.litert/float32.tflite' in out
  saved_model_row, litert_row = (
    line.split()[2:] for line in out.splitlines()[1:3]
  )  # The same network answers.
  assert saved_model_row == litert_row


def test_without_a_mistake_no_class_is_the_worst(folder, capsys):
  """A picture is said to be of the class that the export takes it for."""
  exports, labels = folder / 'exports', folder / 'one.txt'
  flags = (f'{exports}/{_NAME}', f'--images={folder}', f'--labels={labels}')
  labels.write_text(f'photos/{_LABELS[0]}/0.png\t1\n')
  assert _main(*flags) == 0
  assert 'the worst classes' in capsys.readouterr().out
  evaluation = json.loads((exports / 'evaluation.json').read_text())
  facts = {each['handle']: each for each in evaluation['accuracies']}[_NAME]
  (guess,) = facts['classes'][0]['taken_for']
  labels.write_text(f'photos/{_LABELS[0]}/0.png\t{guess}\n')
  assert _main(*flags) == 0
  out = capsys.readouterr().out
  assert f'{_NAME}: every picture is right' in out
  assert 'the worst classes' not in out


def test_no_card_is_rewritten_while_an_export_may_be_replaced(folder, capsys):
  exports = folder / 'exports'
  card = exports / f'{_NAME}.md'
  before = card.read_text('utf-8')
  with storage.hold(exports):
    images = f'--images={folder}/photos'
    assert _main(f'{exports}/{_NAME}', images, '--card') == 1
  out, err = capsys.readouterr()
  assert _NAME in out  # The figures are there all the same.
  assert f'another slimhub works in {exports}' in err
  assert card.read_text('utf-8') == before


def test_a_terminal_shows_how_many_pictures(folder):
  leader, follower = pty.openpty()
  done = subprocess.run(
    [
      *(sys.executable, '-m', 'exporter', 'evaluate', f'exports/{_NAME}'),
      '--images=photos',
    ],
    cwd=folder,
    env={**os.environ, 'PYTHONPATH': str(source_tree.ROOT)},
    stdout=subprocess.PIPE,
    stderr=follower,
    check=False,
  )
  os.close(follower)
  terminal_output = os.read(leader, 100_000).decode()
  os.close(leader)
  assert done.returncode == 0
  assert '6/6' in terminal_output
  assert 'tensorflow' not in terminal_output.lower()


@pytest.mark.parametrize(
  ('argv', 'code', 'says'),
  [
    (['a', 'b', '--images=x'], 2, 'name one DIR, or handles with'),
    (['none', '--images={0}/photos'], 1, 'none is no export of slimhub'),
    (['{0}/exports', '--images={0}/none'], 1, 'none is no folder'),
    (['{0}/exports', '--images={0}/exports/google'], 1, 'hold no picture'),
    (['{0}/exports', '--images={0}'], 1, 'hold no picture'),
    (
      ['{0}/exports', '--images={0}/photos', '--output_dir={0}/exports'],
      2,
      'exports is a path; with --output_dir, which says where exports are',
    ),
  ],
)
def test_mistakes_are_one_line(folder, capsys, argv, code, says):
  assert _main(*(word.format(folder) for word in argv)) == code
  out, err = capsys.readouterr()
  assert not out
  assert err.startswith('slimhub: ')
  assert says in err
  assert 'Traceback' not in err
