"""The code for TensorFlow Serving, which no package registry has.

The tests look at the files that TensorFlow Serving would load. Requests go over
HTTP, in the form of its REST API, to a session that runs the signature as
TensorFlow Serving would.
"""

from collections.abc import Iterator
from http import server
import json
import pathlib
import shlex
import threading

import numpy as np
import pytest

from exporter.cards import serving
import model_specs
from tests import artifacts_made as artifacts
from tests import code_blocks

_NAME = f'{artifacts.V1}/classification/5'
_FEATURES = f'{artifacts.V1}/feature_vector/5'


class _Rest(server.BaseHTTPRequestHandler):
  """`POST /v1/models/NAME:predict` with a row for each image."""

  module: artifacts.Module
  asked: np.ndarray

  def do_POST(self) -> None:
    assert self.path == f'/v1/models/{artifacts.V1}:predict'
    length = int(self.headers['Content-Length'])
    rows = json.loads(self.rfile.read(length))['instances']
    # Rows are stacked into the one input, by its type and name.
    ((name, about),) = self.module.meta.signature_def[
      'serving_default'
    ].inputs.items()
    assert about.dtype == 1  # float32
    type(self).asked = np.array(rows, np.float32)
    # An answer of one output has no name.
    (output,) = self.module.call(
      'serving_default', **{name: self.asked}
    ).values()
    body = json.dumps({'predictions': output.tolist()}).encode()
    self.send_response(200)
    self.send_header('Content-Type', 'application/json')
    self.send_header('Content-Length', str(len(body)))
    self.end_headers()
    self.wfile.write(body)

  def log_message(self, *_: object) -> None:
    """Says nothing."""


@pytest.fixture(name='port', params=[_NAME, _FEATURES], scope='module')
def _port(request) -> Iterator[tuple[str, int]]:
  module = artifacts.Module(artifacts.folder(request.param), 'serve')
  rest = type('Rest', (_Rest,), {'module': module})
  with server.ThreadingHTTPServer(('127.0.0.1', 0), rest) as listening:
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield request.param, listening.server_port
    listening.shutdown()
    thread.join()


def test_the_call_is_answered_as_by_the_model(port):
  name, number = port
  (code,) = code_blocks.find(
    serving.serving_code(artifacts.handle(name)), 'python'
  )
  names: dict = {}
  exec(code.replace(':8501/', f':{number}/'), names)
  handle = artifacts.handle(name)
  answers = names[handle.output]
  assert answers.shape == (2, handle.num_outputs)
  inference, _ = artifacts.sources(handle.spec)
  inference.load(artifacts.tensors(name))
  is_classifier = name == _NAME
  output = inference.logits if is_classifier else inference.features
  expected = inference.run(output, names['images'].astype(np.float32))
  assert np.abs(answers - expected).max() < 1e-3 * expected.std()


def test_the_command_shows_a_folder_of_a_version_as_serving_wants_it():
  (command,) = code_blocks.find(
    serving.serving_code(artifacts.handle(_NAME)), 'sh'
  )
  words = shlex.split(command.replace('\\\n', ''))
  assert f'MODEL_NAME={artifacts.V1}' in words
  mounted = words[words.index('-v') + 1].removeprefix('$PWD/')
  ours, theirs = mounted.split(':')
  assert ours == f'exports/google/imagenet/{_NAME}'
  assert (artifacts.folder(_NAME) / 'saved_model.pb').is_file()
  where = pathlib.PurePosixPath(theirs)
  assert where.parent == pathlib.PurePosixPath(f'/models/{artifacts.V1}')
  assert where.name.isdecimal()


def test_what_has_no_signature_is_not_served():
  for handle in model_specs.find(artifacts.V1):
    has_code = bool(serving.serving_code(handle))
    assert has_code == handle.version.serving_default
