"""The runtimes, each as the package that its users install."""

from collections.abc import Callable
from collections.abc import Sequence
import dataclasses
import functools
import re

from exporter.cards import runtimes as results
from tests import conversions_made
from tests.conformance import programs
from tests.consumers import environments
from tests.runtimes import drivers
from tests.runtimes import given as given_lib

OPENCV = environments.Environment(
  'opencv', '3.11', ('opencv-python-headless==5.0.0.93', 'numpy')
)
_LITERT, _ONNX, _TFJS = (
  tuple(word for word in conversions_made.WORDS if word.startswith(group))
  for group in ('litert', 'onnx', 'tfjs')
)
_Run = Callable[[Sequence[given_lib.Given]], list[given_lib.Answers]]


@dataclasses.dataclass(frozen=True)
class Runtime:
  """A runtime, and the files that it claims to read."""

  name: str  # As readers know it.
  package: str
  version: str
  place: str
  words: tuple[str, ...]
  run: _Run
  is_raw: bool = False  # Gives the bytes of an int8 file as they are.

  def __str__(self) -> str:
    return f'{self.name} in {self.place}'


def _of_npm(
  name: str,
  place: str,
  words: tuple[str, ...],
  page: str,
  packages: drivers.Packages,
  **more: bool,
) -> Runtime:
  """A runtime of the first of some packages of npm."""
  package, version = next(iter(packages.items()))
  drive = drivers.in_chromium if place == 'Chromium' else drivers.in_node
  run = functools.partial(drive, page, packages)
  return Runtime(name, package, version, place, words, run, **more)


def _of_pypi(
  name: str,
  words: tuple[str, ...],
  module: str,
  environment: environments.Environment,
  **more: bool,
) -> Runtime:
  """A runtime of the first requirement of an environment."""
  package, _, version = environment.requirements[0].partition('==')
  run = functools.partial(drivers.in_python, module, environment)
  version = re.sub(r'\.\*$', '', version)
  return Runtime(name, package, version, 'Python', words, run, **more)


RUNTIMES = (
  _of_npm(
    *('LiteRT.js', 'Chromium', _LITERT, 'litert.html'),
    {'@litertjs/core': '2.5.3', '@litertjs/wasm-utils': '2.5.3'},
    is_raw=True,
  ),
  _of_npm(
    *('MediaPipe', 'Chromium', _LITERT, 'mediapipe.html'),
    {'@mediapipe/tasks-vision': '1.1.0'},
  ),
  _of_npm(
    *('ONNX Runtime Web', 'Chromium', _ONNX, 'onnxruntime.html'),
    {'onnxruntime-web': '1.30.0'},
  ),
  _of_npm(
    *('TensorFlow.js', 'Chromium', _TFJS, 'tfjs.html'),
    {'@tensorflow/tfjs': '4.22.0', '@tensorflow/tfjs-backend-wasm': '4.22.0'},
  ),
  _of_npm(
    *('TensorFlow.js', 'Node', _TFJS, 'dist/tf.min.js'),
    {'@tensorflow/tfjs': '4.22.0'},
  ),
  _of_pypi(
    *('OpenVINO', (*_LITERT, *_ONNX)),
    *('tests.runtimes.scripts.with_openvino', programs.OPENVINO),
    is_raw=True,
  ),
  _of_pypi(
    *('OpenCV', (*_LITERT, *_ONNX)),
    *('tests.runtimes.scripts.with_opencv', OPENCV),
  ),
)


def trials(runtime: Runtime) -> list[results.Trial]:
  """Runs a runtime; the result of a kind of file is that of its worst file.

  Raises:
    WrongNumbersError: It runs a file and answers something else.
  """
  files = [
    given_lib.Given(name, word)
    for word in runtime.words
    for name in given_lib.NAMES
  ]
  order = (results.OK, results.NEAR, results.REFUSED)
  by_word: dict[str, list[str]] = {}
  for each, answers in zip(files, runtime.run(files), strict=True):
    result = each.judge(answers, runtime.is_raw)
    by_word.setdefault(each.word, []).append(result)
  return [
    results.Trial(
      *(runtime.name, runtime.package, runtime.version, runtime.place, word),
      max(each, key=lambda result: order.index(result.partition(':')[0])),
    )
    for word, each in by_word.items()
  ]
