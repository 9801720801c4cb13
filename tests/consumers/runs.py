"""Who uses what: every client in every environment that really had it."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import json
import pathlib
import re
import subprocess
import tempfile
from typing import Any

from exporter.cards import client_results
from model_specs import versions
from tests import source_tree
from tests.consumers import cases
from tests.consumers import environments

_Cases = Callable[[str], pathlib.Path]  # The folder of NAME/TASK/VERSION.

_MODULES = cases.named(version_format=versions.TF1)
_EACH_VERSION = _MODULES[:3]
_SAVED_MODELS = cases.named(version_format=versions.TF2)
_BOTH_NETWORKS = _SAVED_MODELS[:2]  # Both versions, both tasks, too.
_SMALL = _SAVED_MODELS[1:2]
_SERVED = tuple(name for name in _SAVED_MODELS if name.endswith('/5'))
FAILED = 'failed'
_MAX_REASON = 160
_TRAINS_SIGNATURE = 'a signature takes inputs, and no `training`'


@dataclasses.dataclass(frozen=True)
class Run:
  """One process: a client in an environment, with some artifacts."""

  environment: environments.Environment
  client: str  # As a reader of the cards knows it.
  script: str  # In the folder `clients`.
  names: tuple[str, ...]
  variables: tuple[tuple[str, str], ...] = ()  # Of the process.

  def __str__(self) -> str:
    return f'{self.environment.name} {self.client}'


@dataclasses.dataclass(frozen=True)
class Outcome:
  """What came of one use of one artifact."""

  name: str
  use: str
  difference: float | None  # In standard deviations; None where it failed.
  result: str  # As in `clients.Result`, or FAILED and the reason.


def _mode(name: str) -> tuple[tuple[str, str], ...]:
  return (('MODE', name),)


_MODULE, _LAYER, _LOAD = 'hub.Module', 'hub.KerasLayer', 'tf.saved_model.load'
_GRAPH_LAYER = 'hub.KerasLayer, graph mode'
_EAGER_LAYER = 'hub.KerasLayer, eager mode'
_LEGACY = (('TF_USE_LEGACY_KERAS', '1'),)
_CONVERTED = 'hub.KerasLayer, frozen or converted'
_SESSION, _COMMAND = 'session, tag serve', 'saved_model_cli run'
_TFSM, _SLIM = 'keras.layers.TFSMLayer', 'slimhub_keras.SlimLayer'
_KERAS_3_LAYER = 'hub.KerasLayer, in Keras 3'
_OFFLINE = (('HTTPS_PROXY', 'http://127.0.0.1:9'),)  # Nobody's.

# A client of one's own: a script in `clients/` and its lines here, for
# FIRST_KERAS_3 and TODAY where it is a layer of Keras 3.
_TF1, _OLD_HUB = environments.TF1, environments.TF1_OLD_HUB
_TF_2_4, _TF_2_8 = environments.TF_2_4, environments.TF_2_8
_LAST, _FIRST = environments.LAST_MODULE, environments.FIRST_KERAS_3
_TODAY, _NEXT = environments.TODAY, environments.NEXT
RUNS = (
  Run(_TF1, _MODULE, 'hub_module', _MODULES),
  Run(_TF1, _LAYER, 'keras_layer', _BOTH_NETWORKS, _mode('v2')),
  Run(_TF1, _GRAPH_LAYER, 'keras_layer', _SMALL, _mode('graph')),
  Run(_TF1, _LOAD, 'load', _BOTH_NETWORKS),
  Run(_TF1, _SESSION, 'session', _SERVED),
  Run(_TF1, _COMMAND, 'command_line', _SERVED),
  Run(_OLD_HUB, _MODULE, 'hub_module', _EACH_VERSION),
  Run(_OLD_HUB, _LAYER, 'keras_layer', _SMALL, _mode('v2')),
  Run(_OLD_HUB, _GRAPH_LAYER, 'keras_layer', _SMALL, _mode('graph')),
  Run(_OLD_HUB, _EAGER_LAYER, 'keras_layer', _SMALL, _mode('eager')),
  Run(_TF_2_4, _MODULE, 'hub_module', _EACH_VERSION),
  Run(_TF_2_4, _LAYER, 'keras_layer', _BOTH_NETWORKS),
  Run(_TF_2_4, _CONVERTED, 'conversion', _BOTH_NETWORKS),
  Run(_TF_2_4, _LOAD, 'load', _BOTH_NETWORKS),
  Run(_TF_2_8, _LAYER, 'keras_layer', _BOTH_NETWORKS),
  Run(_TF_2_8, _CONVERTED, 'conversion', _BOTH_NETWORKS),
  Run(_LAST, _MODULE, 'hub_module', _EACH_VERSION),
  Run(_LAST, _LAYER, 'keras_layer', _BOTH_NETWORKS),
  Run(_LAST, _LOAD, 'load', _SMALL),
  Run(_FIRST, _TFSM, 'tfsm_layer', _BOTH_NETWORKS),
  Run(_FIRST, _SLIM, 'slim_layer', _BOTH_NETWORKS),
  Run(_FIRST, _LOAD, 'load', _SMALL),
  Run(_TODAY, _MODULE, 'hub_module', _EACH_VERSION),
  Run(_TODAY, _LAYER, 'keras_layer', _BOTH_NETWORKS, _LEGACY),
  Run(_TODAY, _CONVERTED, 'conversion', _BOTH_NETWORKS, _LEGACY),
  Run(_TODAY, _KERAS_3_LAYER, 'keras_3_hub_layer', _SMALL),
  Run(_TODAY, _TFSM, 'tfsm_layer', _BOTH_NETWORKS),
  Run(_TODAY, _SLIM, 'slim_layer', (*_BOTH_NETWORKS, cases.OF_FIXED_SIZE)),
  Run(_TODAY, _LOAD, 'load', _SAVED_MODELS),
  Run(_TODAY, 'hub.load', 'hub_load', _SMALL),
  Run(
    *(_TODAY, 'kagglehub.model_download', 'kagglehub_download'),
    *(_BOTH_NETWORKS, _OFFLINE),
  ),
  Run(_TODAY, _COMMAND, 'command_line', _SERVED),
  Run(_TODAY, _SESSION, 'session', _SERVED),
  Run(_NEXT, _TFSM, 'tfsm_layer', _BOTH_NETWORKS),
  Run(_NEXT, _SLIM, 'slim_layer', _BOTH_NETWORKS),
  Run(_NEXT, _LOAD, 'load', _BOTH_NETWORKS),
  Run(_NEXT, _COMMAND, 'command_line', _SERVED),
  Run(_NEXT, _SESSION, 'session', _SERVED),
)


def _python(run: Run, module: str, *arguments: object) -> str | None:
  """Runs a module in the run's environment; returns what was wrong."""
  settings = {'PYTHONPATH': str(source_tree.ROOT), **dict(run.variables)}
  python = environments.make(run.environment)
  with tempfile.TemporaryDirectory() as empty:  # Its modules would be imported.
    done = subprocess.run(
      [python, '-m', f'tests.consumers.{module}', *map(str, arguments)],
      env=environments.variables(**settings),
      cwd=empty,
      capture_output=True,
      text=True,
      check=False,
    )
  return done.stderr[-2000:] if done.returncode else None


def _use(
  run: Run, folders: Sequence[pathlib.Path], output: pathlib.Path, *more: str
) -> tuple[dict[str, str], list[dict[str, Any]]]:
  """The client's versions, and a record of each use."""
  wrong = _python(
    run, f'clients.{run.script}', f'--output={output}', *more, *folders
  )
  if wrong is not None:
    raise RuntimeError(f'{run} died: {wrong}')
  with output.open() as lines:
    first, *records = map(json.loads, lines)
  return first['versions'], records


def _reason(error: str) -> str:
  """The line that says what is wrong, without what varies."""
  lines = [line.strip() for line in error.splitlines() if line.strip()]
  named = [line for line in lines if re.match(r'\w+(Error|Exception): .', line)]
  line = named[-1]
  line = re.sub(r'\b(MobilenetV\d|Tiny|Untouched)[\w/:]*', 'NAME', line)
  # Releases word it differently, and by which way they come to it.
  line = re.sub(r'\w+\((\*, )?inputs\) .*', _TRAINS_SIGNATURE, line)
  line = re.sub(r'Received: <.*', '', line).strip()
  return line[:_MAX_REASON]


def _without_numbers(reason: str) -> str:
  """A reason; its numbers may differ from run to run."""
  return re.sub(r'\d+', '', reason)


def untouched(
  run: Run,
  names: Sequence[str],
  folder_of: _Cases,
  scratch: pathlib.Path,
) -> dict[str, pathlib.Path]:
  """Writes cases of models that slimhub has not touched.

  Args:
    run: Whose TensorFlow writes them.
    names: Of artifacts that they shall be like.
    folder_of: Gives the cases of those.
    scratch: Where to.

  Returns:
    The folder of each.
  """
  folders = {name: scratch / name for name in names}
  pairs: list[pathlib.Path] = []  # One process writes them all.
  for name, folder in folders.items():
    folder.mkdir(parents=True)
    pairs += [folder, folder_of(name)]
  wrong = _python(run, 'untouched', *pairs)
  if wrong is not None:
    raise RuntimeError(f'{run}: no untouched model could be made: {wrong}')
  return folders


def _own_failures(
  run: Run,
  failures: dict[tuple[str, str], str],
  folder_of: _Cases,
  scratch: pathlib.Path,
) -> dict[tuple[str, str], str]:
  """How the same uses fail with models that slimhub has not touched."""
  names = sorted({name for name, _ in failures})
  folders = list(untouched(run, names, folder_of, scratch).values())
  uses = ','.join(sorted({use for _, use in failures}))
  _, records = _use(run, folders, scratch / 'records', f'--uses={uses}')
  return {
    (record['case'], record['use']): _reason(record['error'])
    for record in records
    if 'error' in record
  }


def _outcomes(
  run: Run,
  records: list[dict[str, Any]],
  folder_of: _Cases,
  scratch: pathlib.Path,
) -> Iterator[Outcome]:
  failures = {
    (record['case'], record['use']): _reason(record['error'])
    for record in records
    if 'error' in record
  }
  own = _own_failures(run, failures, folder_of, scratch) if failures else {}
  for record in records:
    key = name, use = record['case'], record['use']
    if key not in failures:
      yield Outcome(name, use, record['difference'], client_results.OK)
      continue
    reason = failures[key]
    own_reason = _without_numbers(own.get(key, ''))
    is_clients = own_reason == _without_numbers(reason)
    kind = client_results.BROKEN if is_clients else FAILED
    yield Outcome(name, use, None, f'{kind}: {reason}')


def perform(
  run: Run, folder_of: _Cases
) -> tuple[dict[str, str], list[Outcome]]:
  """Runs a client.

  Args:
    run: Which, where, on what.
    folder_of: Gives the case of an artifact.

  Returns:
    The versions that the client consists of, and what came of each use.

  Raises:
    RuntimeError: The client died.
    MissingPythonError: The machine lacks the environment's Python.
  """
  environments.make(run.environment)
  with tempfile.TemporaryDirectory(prefix='slimhub_') as folder:
    scratch = pathlib.Path(folder)
    folders = [folder_of(name) for name in run.names]
    package_versions, records = _use(run, folders, scratch / 'records')
    return package_versions, list(
      _outcomes(run, records, folder_of, scratch / 'untouched')
    )
