"""Export folders as `slimhub export` leaves them, of what nobody computed."""

import dataclasses
import pathlib

from exporter import provenance
from exporter.storage import contents
from exporter.storage import manifest
from exporter.storage import places
import model_specs
from model_specs import formats
from model_specs import kinds
from tests import some_manifest

NAME = 'google/imagenet/mobilenet_v1_025_128/classification'
TF1, TF2 = f'{NAME}/3', f'{NAME}/5'
TFJS = f'{TF2}.tfjs/float32'
LITE, ONNX = f'{TF2}.litert/float32.tflite', f'{TF2}.onnx/model.onnx'


def handle(name: str | model_specs.Handle) -> model_specs.Handle:
  """The handle or the conversion of a name; a handle is returned as it is."""
  if isinstance(name, model_specs.Handle):
    return name
  for kind in kinds.converted():
    origin, dot, file = name.partition(f'.{kind.group}/')
    if dot and file == f'{kind.name}{kind.suffix}':
      return formats.convert(model_specs.get(origin), kind)
  return model_specs.get(name)


def _say(
  exports: pathlib.Path, wanted: model_specs.Handle, of: manifest.Manifest
) -> None:
  """Writes a manifest, and the provenance that goes with it."""
  place = places.place(exports, wanted)
  build = provenance.Build()
  bom = provenance.bom(wanted, of, build)
  place.provenance.write_text(provenance.statement(wanted, of, build, bom))
  place.bom.write_text(bom)
  place.manifest.write_text(of.to_json())


def rehash(exports: pathlib.Path, wanted: model_specs.Handle) -> None:
  """Makes all that is said of an artifact say the hashes of its files now."""
  place = places.place(exports, wanted)
  old = some_manifest.read(place.manifest)
  files = contents.hash_files(place.artifact)
  _say(exports, wanted, dataclasses.replace(old, files=files))


def describe(
  exports: pathlib.Path, name: str | model_specs.Handle
) -> manifest.Manifest:
  """Writes what lies beside an artifact that is there."""
  wanted = handle(name)
  place = places.place(exports, wanted)
  manifest_ = dataclasses.replace(
    some_manifest.make(wanted),
    format=wanted.format,
    files=contents.hash_files(place.artifact),
    model=manifest.spec_table(wanted),
  )
  place.card.write_text(f'# Module {name}\n\n<!-- task: none -->\n\nIts card.')
  _say(exports, wanted, manifest_)
  place.measured.write_text('{}')  # Nobody who hands out exports reads it.
  return manifest_


def add(
  exports: pathlib.Path, name: str | model_specs.Handle, text: str = ''
) -> manifest.Manifest:
  """Adds an artifact whose files hold some text."""
  artifact = places.place(exports, handle(name)).artifact
  kind = handle(name).kind
  if kind.is_converted and kind.is_folder:
    artifact.mkdir(parents=True, exist_ok=True)
    (artifact / 'model.json').write_text(f'{{"name": "{name} {text}"}}')
    (artifact / 'group1-shard1of1.bin').write_text(text * 1000)
  elif kind.is_converted:
    artifact.parent.mkdir(parents=True, exist_ok=True)
    artifact.write_text(f'{name} {text}')
  else:
    (artifact / 'variables').mkdir(parents=True, exist_ok=True)
    (artifact / 'saved_model.pb').write_text(f'{name} {text}')
    (artifact / 'variables' / 'variables.index').write_text(text * 1000)
  return describe(exports, name)


def make(exports: pathlib.Path) -> pathlib.Path:
  """Fills a folder with a TF1, a TF2, a LiteRT and an ONNX export."""
  for name in (TF1, TF2, LITE, ONNX):
    add(exports, name)
  return exports
