"""A manifest as an export writes it, for tests of what reads manifests."""

import pathlib

from exporter.storage import manifest
import model_specs


def read(path: pathlib.Path) -> manifest.Manifest:
  """The manifest in a file, whoever's it is."""
  return manifest.parse_manifest(path.read_bytes(), str(path))


def make(
  handle: model_specs.Handle,
  kind: manifest.WeightsKind = 'ema',
  hashed: str = 'cd' * 32,
  files: dict[str, manifest.File] | None = None,
) -> manifest.Manifest:
  """The manifest of an artifact that nobody made."""
  if not files and handle.kind.is_converted and not handle.kind.is_folder:
    files = {handle.kind.file: manifest.File(1744499, hashed)}
  return manifest.Manifest(
    handle=str(handle),
    format=handle.format,
    spec=handle.fingerprint,
    weights=manifest.Weights(handle.spec.checkpoint, 'ab' * 32, kind),
    files=files
    or {
      'saved_model.pb': manifest.File(1734015, hashed),
      'assets.extra/labels.txt': manifest.File(10484, 'ef' * 32),
    },
    proof=(
      manifest.Check('inference_outputs', 72, 1.9e-06, 1e-05),
      manifest.Check('variables', 262, 0.0, 0.0),
    ),
    libraries={'slimhub': '1.2', 'tensorflow': '2.21.0'},
  )
