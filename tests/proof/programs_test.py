"""That an answer is taken for the program and the question it is of alone."""

import dataclasses
import json
import multiprocessing
import pathlib
import pickle
import shutil
import stat
import subprocess
import sys

import pytest
import tensorflow as tf

from exporter import errors
from exporter.proof import program
from exporter.proof import programs
from exporter.proof import proving
from exporter.storage import home
from exporter.storage import places
import model_specs
from model_specs import versions
from tests import artifacts_made as artifacts
from tests import programs_file
from tests import some_manifest
from tests import source_tree

_NAME = f'{artifacts.TINY}/feature_vector/5'
_DIGEST = '5' * 64
_ANSWER = programs.Answer(through=7, gradients=3)
_PUBLISHED = programs.published.__wrapped__  # As if it was not asked before.


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch, tmp_path):
  """As for a new user, in a new process, of a slimhub without a table."""
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path / 'home'))
  monkeypatch.setattr(programs, '_here', {})
  monkeypatch.setattr(programs, 'published', dict)


@pytest.fixture
def met(monkeypatch) -> list[str]:
  """The handles that TensorFlow's loaders are asked for."""
  handles: list[str] = []
  meet = proving._meet

  def noting(handle, *args):
    handles.append(str(handle))
    return meet(handle, *args)

  monkeypatch.setattr(proving, '_meet', noting)
  return handles


def _prove(name: str = _NAME, *, afresh: bool = False) -> dict[str, str]:
  handle, folder = artifacts.handle(name), artifacts.folder(name)
  checks = proving.prove(
    handle,
    folder,
    artifacts.reference(handle.spec.name),
    lambda: proving.read_tf2(handle, folder),
    afresh=afresh,
  )
  return {check.name: check.proven for check in checks}


def _memos() -> list[pathlib.Path]:
  return list(home.default_memo_dir().glob('*.json'))


def _in_a_new_process(monkeypatch) -> None:
  monkeypatch.setattr(programs, '_here', {})


def test_a_program_is_asked_for_once_and_remembered(met, monkeypatch):
  _prove()
  _prove()
  assert len(met) == 1
  _in_a_new_process(monkeypatch)
  checks = _prove()
  assert len(met) == 1
  assert checks[programs.THROUGH] == checks[programs.GRADIENTS] == ''


def test_a_proof_afresh_believes_nothing(met):
  _prove()
  _prove(afresh=True)
  assert len(met) == 2


def test_another_program_is_another_question(met):
  _prove()
  _prove(f'{artifacts.TINY}/feature_vector/4')
  assert len(met) == 2


def _become(field: str, monkeypatch) -> None:
  """Becomes another TensorFlow, or another proof."""
  if field == 'asked':
    monkeypatch.setattr(programs, 'asked', lambda: 'f' * 64)
  else:
    monkeypatch.setattr(tf, '__version__', '2.99.0')


@pytest.mark.parametrize('field', ['__version__', 'asked'])
def test_an_answer_of_another_tensorflow_or_proof_is_none(
  met, monkeypatch, field
):
  assert _PUBLISHED()
  _prove()
  _in_a_new_process(monkeypatch)
  _become(field, monkeypatch)
  _prove()
  assert len(met) == 2
  assert not _PUBLISHED()


@pytest.mark.parametrize(
  'spoil',
  [
    lambda text: text[: len(text) // 2],
    lambda text: '',
    lambda text: text.replace('gradients', 'gradient'),
    lambda text: json.dumps({**json.loads(text), 'through': '7'}),
  ],
)
def test_a_spoiled_memo_is_none(met, monkeypatch, spoil):
  _prove()
  (memo,) = _memos()
  memo.write_text(spoil(memo.read_text()))
  _in_a_new_process(monkeypatch)
  _prove()
  assert len(met) == 2
  assert programs.find(program.digest(artifacts.folder(_NAME)))


def test_a_home_that_cannot_be_written_stops_nothing(met, monkeypatch):
  folder = home.default_memo_dir()
  folder.parent.mkdir(parents=True)
  folder.write_text('A file where the folder would be.')
  folder.chmod(stat.S_IRUSR)
  _prove()
  _in_a_new_process(monkeypatch)
  _prove()
  assert len(met) == 2


def _remember_often(number: int) -> None:
  answer = programs.Answer(through=number, gradients=number)
  for _ in range(50):
    programs.remember(_DIGEST, answer)


def test_of_two_writers_one_is_read_whole(monkeypatch):
  context = multiprocessing.get_context('fork')
  writers = [context.Process(target=_remember_often, args=(n,)) for n in (1, 2)]
  for writer in writers:
    writer.start()
  while any(writer.is_alive() for writer in writers):
    answer = programs.find(_DIGEST)
    assert answer is None or answer.through == answer.gradients
  for writer in writers:
    writer.join()
    assert writer.exitcode == 0
  assert programs.find(_DIGEST)
  assert len(_memos()) == 1


def test_what_another_process_found_out_is_learned():
  programs.remember(_DIGEST, _ANSWER)
  answers = programs.known_here()
  programs._here.clear()
  _memos()[0].unlink()
  assert programs.find(_DIGEST) is None
  programs.learn(answers)
  assert programs.find(_DIGEST) == _ANSWER


def test_a_wrong_artifact_is_refused_though_its_program_is_known(met, tmp_path):
  _prove()
  handle = artifacts.handle(_NAME)
  others = artifacts.folder(f'{artifacts.TINY}/classification/5')
  with pytest.raises(errors.ProofError, match='comparisons miss'):
    proving.prove(
      handle,
      others,
      artifacts.reference(handle.spec.name),
      lambda: proving.read_tf2(handle, others),
    )


_PROGRAM = programs.Program(
  '2.21.0',
  'a' * 64,
  _DIGEST,
  dataclasses.replace(_ANSWER, proven='2026-11-26'),
  f'google/imagenet/{artifacts.V1}/classification/5',
)


def test_what_is_rendered_is_parsed():
  assert programs.parse(programs.render([_PROGRAM]), 'it') == (_PROGRAM,)


@pytest.mark.parametrize(
  ('old', 'new'),
  [
    (_DIGEST, _DIGEST[:-1]),
    ('2026-11-26', 'yesterday'),
    ('\t7\t', '\tseven\t'),
    ('\t7\t', '\t0\t'),
    ('2.21.0\t', ''),
  ],
)
def test_of_a_damaged_table_nothing_is_believed(old, new):
  text = programs.render([_PROGRAM]).replace(old, new, 1)
  with pytest.raises(errors.ProofError, match=r'it, line 3 is .*--prove=fresh'):
    programs.parse(text, 'it')


def test_the_table_is_of_the_programs_and_questions_of_today():
  text = programs_file.PATH.read_text('utf-8')
  table = programs.parse(text, programs_file.PATH.name)
  assert {entry.asked for entry in table} == {programs.asked()}, (
    'what is asked has changed: run `make programs`'
  )
  handles = [model_specs.get(entry.handle) for entry in table]
  covered = {(h.spec.network, h.task, h.number) for h in handles}
  # The newest version of each format is what `make export` makes.
  lacking = {
    (str(handle), (handle.spec.network, handle.task, handle.number))
    for handle in model_specs.find('*')
    if (handle.spec.network, handle.task, handle.number) not in covered
  }
  assert not lacking, 'run `make programs`'
  assert programs.render(table) == text


@pytest.mark.parametrize('number', [3, 5])
@pytest.mark.parametrize('task', versions.TASKS)
@pytest.mark.parametrize('model', [artifacts.V1, artifacts.V2])
def test_an_answer_in_the_table_is_what_tensorflow_says(model, task, number):
  name = f'{model}/{task}/{number}'
  text = programs_file.PATH.read_text('utf-8')
  table = {entry.digest: entry for entry in programs.parse(text, 'it')}
  digest = program.digest(artifacts.folder(name))
  assert digest in table, f'the program of {name} is another: `make programs`'
  handle = artifacts.handle(name)
  answer = proving._meet(
    handle, artifacts.folder(name), artifacts.reference(handle.spec.name)
  )
  proven = table[digest].answer
  assert (answer.through, answer.gradients) == (
    proven.through,
    proven.gradients,
  )


def test_the_table_is_made_of_exports_and_keeps_what_others_know(tmp_path):
  name = f'google/imagenet/{artifacts.V1}/classification/5'
  folder = artifacts.folder(f'{artifacts.V1}/classification/5')
  place = places.place(tmp_path, model_specs.get(name))
  shutil.copytree(folder, place.artifact)
  manifest = dataclasses.replace(
    some_manifest.make(model_specs.get(name)), proof=_ANSWER.checks()
  )
  place.manifest.write_text(manifest.to_json())
  of_today = dataclasses.replace(_PROGRAM, asked=programs.asked())
  elsewhere = dataclasses.replace(of_today, tensorflow='2.20.0')
  known = (_PROGRAM, of_today, elsewhere)
  of_export = programs.Program(
    tf.__version__,
    programs.asked(),
    program.digest(folder),
    dataclasses.replace(_ANSWER, proven='2026-12-24'),
    name,
  )
  assert programs_file.renew(known, tmp_path, '2026-12-24') == (
    elsewhere,
    of_export,
  )


def test_a_process_that_only_hands_answers_on_needs_no_tensorflow():
  code = (
    'import pickle, sys\n'
    'assert pickle.load(sys.stdin.buffer)\n'
    "sys.exit('tensorflow' in sys.modules)\n"
  )
  subprocess.run(
    [sys.executable, '-c', code],
    cwd=source_tree.ROOT,
    input=pickle.dumps({_DIGEST: _ANSWER}),
    check=True,
  )
