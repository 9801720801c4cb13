"""An artifact that is being replaced is the old one or the new one, whole."""

import json
import pathlib
import signal
import subprocess
import sys

import pytest

from exporter.storage import delivery
from exporter.storage import places
import model_specs
from tests import source_tree

_HANDLE = model_specs.get(
  'google/imagenet/mobilenet_v1_025_128/classification/3'
)
_SIDES = ('artifact/model', 'm.json', 'c.md', 'c.intoto.jsonl', 'c.cdx.json')
# Replaces what is in sys.argv[1] by 'new', and is ended by sys.argv[3] at the
# step of the number sys.argv[2]: before or after a file gets another name.
_REPLACE = f"""
import os, pathlib, signal, sys
from exporter.storage import delivery, places
import model_specs

handle = model_specs.get({str(_HANDLE)!r})
output, step, how = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
rename, steps = pathlib.Path.rename, iter(range(100))

def end(here):
  if here == step:
    if how == 'killed':
      os.kill(os.getpid(), signal.SIGKILL)
    raise KeyboardInterrupt

def ended(self, target):
  end(next(steps))
  moved = rename(self, target)
  end(next(steps))
  return moved

with delivery.stage(output) as folder:
  staged = places.Place(folder / 'artifact', folder / 'm.json', folder / 'c.md')
  staged.artifact.mkdir()
  for name in {_SIDES!r}:
    (folder / name).write_text('new')
  pathlib.Path.rename = ended
  delivery.deliver(handle, staged, output, may_replace=True)
print(next(steps))
"""
_STEPS = 12  # Six files or folders get another name.


def _deliver(output: pathlib.Path, text: str) -> places.Place[pathlib.Path]:
  with delivery.stage(output) as folder:
    staged = places.Place(
      folder / 'artifact', folder / 'm.json', folder / 'c.md'
    )
    staged.artifact.mkdir()
    for name in _SIDES:
      (folder / name).write_text(text)
    delivery.deliver(_HANDLE, staged, output, may_replace=False)
  return places.place(output, _HANDLE)


def _replace(
  output: pathlib.Path, step: int, how: str
) -> subprocess.CompletedProcess:
  return subprocess.run(
    [sys.executable, '-c', _REPLACE, str(output), str(step), how],
    cwd=source_tree.ROOT,
    capture_output=True,
    text=True,
    check=False,
  )


def _texts(place: places.Place[pathlib.Path]) -> list[str]:
  files = (place.artifact / 'model', *place.said)
  return [path.read_text() for path in files]


def test_the_steps_are_all_there_are(tmp_path):
  _deliver(tmp_path, 'old')
  assert _replace(tmp_path, -1, 'killed').stdout == f'{_STEPS}\n'


@pytest.mark.parametrize('how', ['killed', 'interrupted'])
@pytest.mark.parametrize('step', range(_STEPS))
def test_what_was_ended_between_two_steps_is_finished(tmp_path, step, how):
  place = _deliver(tmp_path, 'old')
  place.measured.write_text('of the old one')
  done = _replace(tmp_path, step, how)
  assert (done.returncode == -signal.SIGKILL) == (how == 'killed'), done.stderr
  delivery.clear_staging(tmp_path)  # As the next run does.
  assert _texts(place) == ['new'] * len(_SIDES)
  assert not place.measured.exists()
  assert not (tmp_path / delivery.STAGING).exists()


def test_what_was_ended_before_the_first_step_stays(tmp_path):
  place = _deliver(tmp_path, 'old')
  staging = tmp_path / delivery.STAGING / 'killed'
  (staging / 'artifact').mkdir(parents=True)
  for name in _SIDES:
    (staging / name).write_text('perhaps half')
  delivery.clear_staging(tmp_path)
  assert _texts(place) == ['old'] * len(_SIDES)


def _record(staging: pathlib.Path, **steps: object) -> None:
  staging.mkdir(parents=True)
  for name in ('m.json', 'c.md'):
    (staging / name).write_text('foreign')
  (staging / 'replacing.json').write_text(json.dumps(steps))


_INSIDE = {'artifact': 'a', 'manifest': 'm.json', 'card': 'c.md'}


@pytest.mark.parametrize(
  'steps',
  [
    {'staged': _INSIDE, 'place': {**_INSIDE, 'card': '../victim/card.md'}},
    {'staged': {**_INSIDE, 'artifact': '../../../victim'}, 'place': _INSIDE},
    {'staged': {**_INSIDE, 'artifact': 'link/victim'}, 'place': _INSIDE},
    {'staged': _INSIDE, 'place': {**_INSIDE, 'card': '/victim/card.md'}},
    {'staged': _INSIDE},
    {'staged': [], 'place': []},
  ],
  ids=str,
)
def test_a_record_of_somebody_else_reaches_nothing_outside(tmp_path, steps):
  victim = tmp_path / 'victim'
  victim.mkdir()
  output = tmp_path / 'output'
  staging = output / delivery.STAGING / 'foreign'
  _record(staging, **steps)
  (staging / 'link').symlink_to(tmp_path)
  delivery.clear_staging(output)
  assert sorted(p.name for p in tmp_path.iterdir()) == ['output', 'victim']
  assert not list(victim.iterdir())
  assert not list(output.iterdir())


def test_a_staging_folder_that_is_a_link_is_not_followed(tmp_path):
  output, elsewhere = tmp_path / 'output', tmp_path / 'elsewhere'
  output.mkdir()
  _record(elsewhere / 'foreign', staged=_INSIDE, place=_INSIDE)
  (output / delivery.STAGING).symlink_to(elsewhere)
  delivery.clear_staging(output)
  assert (elsewhere / 'foreign/m.json').exists()
  assert not (output / 'm.json').exists()


def test_a_folder_in_it_that_is_a_link_is_not_followed(tmp_path):
  output, elsewhere = tmp_path / 'output', tmp_path / 'elsewhere'
  _record(elsewhere, staged=_INSIDE, place=_INSIDE)
  (output / delivery.STAGING).mkdir(parents=True)
  (output / delivery.STAGING / 'foreign').symlink_to(elsewhere)
  delivery.clear_staging(output)
  assert (elsewhere / 'm.json').exists()
  assert not (output / 'm.json').exists()
