"""A site with a few exports, built once a run of the tests."""

import dataclasses
import fcntl
import os
import pathlib

from exporter import elements
from exporter import provenance
from exporter.measure import measurements
from exporter.measure import speed
from exporter.site import build
from exporter.storage import contents
from exporter.storage import places
import model_specs
from model_specs import formats
from model_specs import kinds
from model_specs import spec
from tests import some_manifest
from tests import some_speed

MODEL = model_specs.get_model('mobilenet_v1_025_128')
_TF2 = model_specs.get('google/imagenet/mobilenet_v1_025_128/classification/5')
LITERT = formats.convert(_TF2, kinds.get('litert.float32'))
EXPORTED: tuple[spec.Handle, ...] = (*MODEL.handles(), LITERT)


def _write(folder: pathlib.Path, handle: spec.Handle) -> None:
  """Writes an artifact that nobody can load, its manifest and its card."""
  place = places.place(folder, handle)
  file = place.artifact
  if not handle.kind.is_converted:
    file = place.artifact / 'assets' / 'labels.txt'
  file.parent.mkdir(parents=True)
  file.write_bytes(str(handle).encode() * 1000)
  manifest = some_manifest.make(
    handle, files=contents.hash_files(place.artifact)
  )
  place.manifest.write_text(manifest.to_json())
  build_facts = provenance.Build()
  bom = provenance.bom(handle, manifest, build_facts)
  place.provenance.write_text(
    provenance.statement(handle, manifest, build_facts, bom)
  )
  place.bom.write_text(bom)
  place.card.write_text('A card.\n')
  speeds = [
    dataclasses.replace(each, network=handle.folder, artifact=manifest.digest)
    for each in some_speed.make()
  ]
  figures = measurements.Measurements(
    speed.of_export(handle, some_speed.MACHINE, speeds)
  )
  if handle == _TF2:
    measurements.write_measurements(folder, handle, manifest, figures)


def exports(folder: pathlib.Path) -> pathlib.Path:
  """A folder that looks like an export."""
  for handle in EXPORTED:
    _write(folder, handle)
  digests = {
    str(handle): some_manifest.read(
      places.place(folder, handle).manifest
    ).digest
    for handle in EXPORTED
  }
  speeds = [
    dataclasses.replace(
      each, memory_mb=688.0, artifact=digests.get(each.name, '')
    )
    for each in some_speed.make()
  ]
  text = speed.to_json(some_speed.MACHINE, speeds)
  (folder / speed.BENCHMARK_JSON).write_text(text)
  return folder


def built(tmp_path_factory) -> pathlib.Path:
  """The site; whichever process of the tests comes first builds it."""
  root = tmp_path_factory.getbasetemp()
  if 'PYTEST_XDIST_WORKER' in os.environ:
    root = root.parent
  site = root / 'sub' / 'path'
  with (root / 'site.lock').open('w') as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not site.exists():
      site.parent.mkdir()
      build.write_site(site, exports(root / 'site-exports'))
  return site


def middle(link: elements.Element) -> tuple[float, float]:
  """The middle of a mark in a chart; of one with corners, the mean of them."""
  for shape in link.iter():
    if shape.get('cx'):
      return float(shape.get('cx', '')), float(shape.get('cy', ''))
    if shape.get('points'):
      corners = [
        [float(number) for number in corner.split(',')]
        for corner in shape.get('points', '').split()
      ]
      x, y = (sum(axis) / len(corners) for axis in zip(*corners, strict=True))
      return x, y
  raise AssertionError('a link without a mark')
