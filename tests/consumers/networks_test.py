"""Every kind of network, exported, proven here and in a TensorFlow of long ago.

Each is met there in one of the two formats, and each format in networks of
several kinds. The MobileNets are what the other tests export. What all share,
the start of TensorFlow here and there, is done once for many networks.
"""

from collections.abc import Iterator
import pathlib
import subprocess
import sys

from tests.consumers import environments

# By formats, in which they are exported.
_PUBLISHED = {
  'tf1': ('resnet_v2_50/classification/3',),
  'tf2,litert.float32': (
    'mobilenet_v3_small_075_224/classification/5',
    'nasnet_mobile/feature_vector/5',
  ),
  'tf2,onnx': (
    'inception_v1/classification/5',
    'resnet_v1_50/feature_vector/5',
  ),
  'onnx': ('mobilenet_v3_small_075_224/classification/5',),
}
# Of these networks, there are own models alone.
_OWN = {
  'tf1': ('nasnet_cifar/classification',),
  'tf1,tf2,litert.float32': ('mobilenet_v3_small_minimalistic/classification',),
  'tf2': ('pnasnet_mobile/feature_vector',),
  'tf2,onnx': (
    'mobilenet_edgetpu/classification',
    'mobilenet_v3_large_minimalistic/feature_vector',
  ),
}


def _slimhub(*argv: object) -> str:
  done = subprocess.run(
    [sys.executable, '-m', 'exporter', *map(str, argv)],
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr
  return done.stdout


def _lines(output: str, status: str) -> dict[str, str]:
  """The line of every handle that has this status."""
  lines = (line for line in output.splitlines() if '/' in line)
  return {
    line.split()[1]: line for line in lines if line.startswith(f'{status} ')
  }


def _export(
  exports: pathlib.Path, by_formats: dict[str, tuple[str, ...]], *flags: str
) -> Iterator[str]:
  """Exports patterns; gives the handle of every artifact."""
  for formats, patterns in by_formats.items():
    output = _slimhub(
      *('export', *patterns, f'--formats={formats}', f'--output_dir={exports}'),
      *('--synthetic_weights', '--jobs=1', '--progress=none', *flags),
    )
    exported = _lines(output, 'exported')
    assert len(exported) == len(patterns) * len(formats.split(',')), output
    yield from exported


def _check(exports: pathlib.Path, handles: list[str]) -> None:
  """Lets two TensorFlows verify all exports, converted ones here alone."""
  client = environments.interpreter(environments.TF1)
  output = _slimhub(
    *('verify', exports, f'--client={client}', '--jobs=1', '--progress=none')
  )
  verified = _lines(output, 'verified')
  assert sorted(verified) == sorted(handles)
  for handle, line in verified.items():
    is_converted = '.litert/' in handle or '.onnx/' in handle
    is_met_there = 'in TensorFlow 1.15.5, too' in line
    assert is_met_there != is_converted, line


def test_published_models_are_exported_and_proven_twice(tmp_path):
  handles = list(_export(tmp_path, _PUBLISHED))
  assert len(handles) == 10
  _check(tmp_path, handles)


def test_so_are_own_models(tmp_path):
  flags = []
  for pattern in sum(_OWN.values(), ()):
    network, _ = pattern.split('/')
    spec = tmp_path / f'{network}.toml'
    named = f'acme/shapes/{network}'
    _slimhub('new', named, f'--network={network}', f'--output={spec}')
    flags.append(f'--spec_file={spec}')
  exports = tmp_path / 'exports'
  handles = list(_export(exports, _OWN, *flags))
  assert len(handles) == 9
  _check(exports, handles)
