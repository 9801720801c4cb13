"""The exporter itself, on the oldest Python and TensorFlow it promises."""

import subprocess

from exporter.storage import contents
from exporter.storage import manifest
from exporter.storage import places
import model_specs
from tests import source_tree
from tests.consumers import environments


def test_both_formats_are_exported_and_proven(tmp_path):
  pattern = 'mobilenet_v1_025_128/feature_vector'
  done = subprocess.run(
    [
      *(environments.interpreter(environments.OLDEST), '-m', 'exporter'),
      *('export', pattern, f'--output_dir={tmp_path}', '--synthetic_weights'),
    ],
    env=environments.variables(PYTHONPATH=str(source_tree.ROOT)),
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr
  for handle in model_specs.find(pattern):
    place = places.place(tmp_path, handle)
    made = manifest.parse_manifest(place.manifest.read_bytes(), 'it')
    assert made.libraries['tensorflow'].startswith('2.16.')
    assert not contents.differences(made, place.artifact)
