"""Every client on every artifact: as committed, or a skip that says why.

The networks in the artifacts are tiny ones; `make consumers` takes those that
the table names.
"""

import dataclasses
import json
import os
import pathlib
import shutil

import pytest

from exporter.artifacts import tf2_model
from exporter.cards import client_results
from tests import artifacts_made as artifacts
from tests.consumers import __main__ as main
from tests.consumers import cases
from tests.consumers import environments
from tests.consumers import runs
from tests.consumers import table

_SESSION = runs.Run(
  environments.TODAY,
  'session, tag serve',
  'session',
  (f'{artifacts.V1}/feature_vector/5',),
)


@pytest.fixture(scope='session', name='folder_of')
def _folder_of(tmp_path_factory):
  """Gives the case of an artifact; the processes of a session share it."""
  root: pathlib.Path = tmp_path_factory.getbasetemp()
  if 'PYTEST_XDIST_WORKER' in os.environ:
    root = root.parent
  return lambda name: cases.once(name, root / 'cases', is_tiny=True)


@pytest.mark.parametrize('run', runs.RUNS, ids=str)
def test_a_client_does_what_is_committed(run, folder_of):
  environments.interpreter(run.environment)  # Skips where it cannot be.
  package_versions, outcomes = runs.perform(run, folder_of)
  print(  # noqa: T201 - for pytest.
    '\n'.join(table.lines(run, package_versions, outcomes))
  )
  failed = [o for o in outcomes if o.result.startswith(runs.FAILED)]
  assert not failed
  assert package_versions['python'] == run.environment.python
  for package, number in run.environment.pinned.items():
    assert f'{package_versions.get(package, number)}.'.startswith(f'{number}.')
  fresh = table.facts(table.rows(run, package_versions, outcomes))
  assert fresh == table.facts(table.committed(run)), 'run `make consumers`'


def test_what_is_committed_has_a_client():
  clients = {(run.environment.name, run.client) for run in runs.RUNS}
  assert {
    (r.environment, r.client) for r in client_results.load_clients()
  } == clients


def _case_of_other_weights(name, original, folder):
  """A case whose artifact was written with weights that are slightly off."""
  shutil.copytree(original, folder)
  shutil.rmtree(folder / 'artifact')
  (folder / 'artifact').mkdir()
  handle, tensors = artifacts.handle(name), artifacts.tensors(name)
  tensors = {key: value * 1.01 for key, value in tensors.items()}
  tf2_model.write_tf2(
    handle, artifacts.graphs(name), tensors, folder / 'artifact'
  )
  facts = json.loads((folder / 'case.json').read_text())
  facts['path'] = str(folder / 'artifact')
  (folder / 'case.json').write_text(json.dumps(facts))


def test_what_an_untouched_model_can_is_a_failure_of_ours(folder_of, tmp_path):
  (name,) = _SESSION.names
  folder = tmp_path / 'case'
  _case_of_other_weights(cases.stand_in(name), folder_of(name), folder)
  _, outcomes = runs.perform(_SESSION, lambda _: folder)
  assert {o.use for o in outcomes} == {
    'infer',
    'restore',
    'batch sizes',
    'any size',
  }
  for outcome in outcomes:
    assert outcome.result.startswith('failed: AssertionError: default differs')
  assert table.facts(table.committed(_SESSION))


_KERAS_3 = next(
  run
  for run in runs.RUNS
  if run.environment == environments.TODAY and run.script == 'tfsm_layer'
)
_BY_HAND = next(
  run
  for run in runs.RUNS
  if run.environment == environments.TODAY and run.script == 'load'
)


@pytest.mark.parametrize('run', [_KERAS_3, _BY_HAND], ids=str)
def test_an_untouched_model_can_all_but_what_is_broken(
  run, folder_of, tmp_path
):
  """Else a failure of ours could be taken for one of the client."""
  folders = runs.untouched(run, run.names, folder_of, tmp_path)
  _, outcomes = runs.perform(run, lambda name: folders[name])
  fresh = table.facts(
    table.rows(run, {'python': '', 'tensorflow': ''}, outcomes)
  )
  assert fresh == table.facts(table.committed(run))


def test_a_version_is_as_good_as_its_worst_artifact():
  run = dataclasses.replace(_SESSION, names=cases.NAMES[-2:])
  outcomes = [
    runs.Outcome(run.names[0], 'infer', 0.0, client_results.OK),
    runs.Outcome(run.names[1], 'infer', None, 'broken: it'),
  ]
  versions = {'python': '3.11', 'tensorflow': '2.21.0'}
  (row,) = table.rows(run, versions, outcomes)
  assert (row.versions, row.result) == ((5,), 'broken: it')


def test_rows_that_were_not_made_stay(tmp_path):
  path = tmp_path / client_results.TABLE.file
  table.write({}, path)
  assert (
    client_results.TABLE.parse(path.read_text())
    == client_results.load_clients()
  )


def test_what_was_not_run_is_named(monkeypatch, capsys, tmp_path):
  def perform(run, _):
    if run.environment == environments.TF1:
      raise environments.MissingPythonError('Python 3.7 is nowhere')
    return {'python': '3.11', 'tensorflow': '2'}, []

  monkeypatch.setattr(runs, 'perform', perform)
  monkeypatch.setattr(cases, 'once', lambda *_: tmp_path)
  monkeypatch.setattr(table, 'write', lambda _: None)
  assert main.main(2, '') == 0
  output = capsys.readouterr().out
  assert 'tf1 hub.Module  not run: Python 3.7 is nowhere' in output
  assert f'{len(runs.RUNS) - 6} of {len(runs.RUNS)} clients ran' in output
