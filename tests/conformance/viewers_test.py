"""Programs that draw a model: TensorBoard and Netron."""

from collections.abc import Iterator
import contextlib
import pathlib
import re
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from tests import browser
from tests import conversions_made as conversions
from tests import object_storage
from tests.conformance import program
from tests.conformance import programs
from tests.consumers import environments

_MOST_SECONDS = 600
# Netron takes `eval` from its page, and what drives the browser needs it.
_KEEPS_EVAL = """
const own = window.eval;
Object.defineProperty(window, 'eval', {get: () => own, set: () => {}});
"""


def _get(address: str) -> str:
  """What an address answers, as soon as there is something."""
  begin = time.monotonic()
  while time.monotonic() < begin + _MOST_SECONDS:
    try:
      with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read().decode()
    except urllib.error.HTTPError:
      time.sleep(0.5)  # Runs are read after the server has begun to answer.
  pytest.fail(f'{address} is not found')


@contextlib.contextmanager
def _serving(
  environment: environments.Environment, name: str, *flags: object
) -> Iterator[str]:
  """The URL of a program that serves, as soon as it answers."""
  folder = environments.interpreter(environment).parent
  port = object_storage.free_port()
  command = [folder / name, *flags, '--port', port]
  with subprocess.Popen(
    [str(each) for each in command],
    env=environments.variables(),
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
  ) as process:
    url = f'http://127.0.0.1:{port}'
    try:
      begin = time.monotonic()
      while True:
        try:
          urllib.request.urlopen(url, timeout=10).close()
          break
        except OSError:
          assert process.poll() is None, f'{name} ended'
          assert time.monotonic() < begin + _MOST_SECONDS, f'{name} is silent'
          time.sleep(0.2)
      yield url
    finally:
      process.kill()


def test_tensorboard_draws_the_graph(tmp_path):
  ran = program.run(
    programs.TENSORBOARD,
    '-m tensorflow.python.tools.import_pb_to_tensorboard',
    *('--model_dir', program.export(program.CLASSES)),
    *('--log_dir', tmp_path / 'logs', '--tag_set', 'serve'),
    folder=tmp_path,
  )
  assert ran.code == 0, ran.said
  flags = ('--logdir', tmp_path / 'logs', '--bind_all')
  with _serving(programs.TENSORBOARD, 'tensorboard', *flags) as url:
    graph = _get(f'{url}/data/plugin/graphs/graph?run=.')
  assert 'StatefulPartitionedCall' in graph
  assert re.search(r'MobilenetV1/Conv2d_0/weights"', graph)


@pytest.fixture(name='page')
def _page():
  with browser.launch() as launched:
    page = browser.new_page(launched)
    page.add_init_script(_KEEPS_EVAL)
    yield page


def _model(format_: str) -> pathlib.Path:
  if format_ == 'saved_model':
    return program.export(program.CLASSES) / 'saved_model.pb'
  return conversions.file(program.CLASSES, format_)


@pytest.mark.parametrize(
  ('format_', 'words'),
  [
    ('saved_model', ('StatefulPartitionedCall', 'VarHandleOp')),
    ('litert.float32', ('DepthwiseConv2D', 'inputs')),
    ('litert.int8', ('DepthwiseConv2D', 'inputs')),
    ('onnx.model', ('Conv', 'inputs', 'logits')),
  ],
)
def test_netron_draws_the_network(page, format_, words):
  with _serving(programs.NETRON, 'netron', _model(format_), '-b') as url:
    page.goto(url)
    page.get_by_role('button', name='Accept').click()  # Of cookies.
    page.wait_for_selector('.node', state='attached')
    drawn = page.inner_html('#target')
  assert all(word in drawn for word in words)
