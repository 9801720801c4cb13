"""The part of a page that runs its model, and the scripts that it loads.

From a folder of files, browsers load scripts and nothing else. So models come
as scripts, too, and the same page works there and on any host.
"""

import base64
import dataclasses
import json
import pathlib
import re
import shutil

from exporter import artifacts
from exporter import cards
from exporter import elements
from exporter import errors
from exporter import markdown
from exporter import storage
from exporter.site import page as page_lib
import model_specs
from model_specs import kinds
from model_specs import labels
from model_specs import versions

_OWN = pathlib.Path(__file__).parent / 'in_page'
_SHARED = 'in_page'  # What all pages use, from the root of the site.
_RUNTIME, _SAMPLE = f'{_SHARED}/tensorflowjs', f'{_SHARED}/sample.js'
_SCRIPT = 'try_it.js'
# The script that shows the answers of a model for each task.
_SHOWN_BY = {
  versions.CLASSIFICATION: 'classes.js',
  versions.FEATURE_VECTOR: 'likeness.js',
}
_MODEL = 'model.json'
# People would not wait for a page that loads more.
_MOST_BYTES = 1 << 26
_SHARE = 0.875  # Of a picture's shorter side that is seen, as in TF-Slim.
_SHARD = re.compile(r'-shard([0-9]{1,4})of')
_UNTRAINED = ' Its weights are synthetic: what it says means nothing.'
_CHECKS = ('outputs', 'error')  # In the proof of exact and of lossy files.


@dataclasses.dataclass(frozen=True)
class InPage:
  """A model that runs in its page."""

  about: str  # The path of the script that tells of it, from the root.
  bytes: int
  is_trained: bool
  task: str


def _script(data: object) -> str:
  """A script that gives data to the page, which cannot be taken for code."""
  # JSON quotes all texts, and a browser runs nothing in a quoted text.
  return f'slimhubTryIt.take({json.dumps(data)});\n'


def _base64(data: bytes) -> str:
  return base64.b64encode(data).decode()


def fits(item: storage.Item) -> bool:
  """Whether an artifact is one that pages run."""
  return (
    item.handle.kind.group == kinds.TFJS and item.manifest.bytes <= _MOST_BYTES
  )


def _vector(origin: storage.Item | None) -> dict | None:
  """The first test vector of the SavedModel that an artifact is made of.

  Args:
    origin: The SavedModel, if it is exported.

  Raises:
    ManifestError: The vectors are not what the manifest describes.
  """
  if origin is None or artifacts.VECTORS not in origin.manifest.files:
    return None
  vectors = artifacts.read_vectors(origin)
  outputs = vectors.outputs[origin.handle.output][0]
  return {
    'picture': _base64(vectors.pictures[0].tobytes()),
    'outputs': _base64(outputs.astype('<f4').tobytes()),
  }


def _number(shard: str) -> int:
  """The number of a file with weights, by which they follow one another."""
  match = _SHARD.search(shard)
  return int(match[1]) if match else 0


def _allowed(handle: model_specs.Handle, manifest: storage.Manifest) -> float:
  """How far answers may be from those of the network, by its proof."""
  tolerances = (c.tolerance for c in manifest.proof if c.name in _CHECKS)
  return min(next(tolerances, handle.kind.error), handle.kind.most_error)


def write(
  item: storage.Item, origin: storage.Item | None, root: pathlib.Path
) -> InPage:
  """Writes the scripts of one model below the root of a site.

  Args:
    item: The artifact, one of `fits`.
    origin: The SavedModel that it was made of, if that is exported.
    root: The root of the site.

  Raises:
    ManifestError: A file is not what the manifest describes, or missing there.
  """
  handle, manifest = item.handle, item.manifest
  if _MODEL not in manifest.files:
    raise errors.ManifestError(
      f'{handle} has no {_MODEL} in its manifest, expected what TensorFlow.js '
      'loads first; export it again with --force'
    )
  folder = root / f'{handle.stem}.in_page'
  folder.mkdir(parents=True, exist_ok=True)
  weights = [name for name in manifest.files if name.endswith('.bin')]
  parts = []
  with storage.local_root(item.root, manifest.handle) as local:
    for number, name in enumerate([_MODEL, *sorted(weights, key=_number)]):
      with storage.reading(local, manifest, name) as reader:
        data = reader.read(manifest.files[name].bytes)
      parts.append(f'{number}.js')
      (folder / parts[-1]).write_text(_script(_base64(data)))
  about = {
    'parts': parts,
    'size': handle.spec.size,
    'channels': handle.spec.family.channels,
    'share': _SHARE,
    'labels': labels.of(handle),
    'allowed': _allowed(handle, manifest),
    'isExact': handle.kind.is_exact,
    'vector': _vector(origin),
  }
  (folder / 'about.js').write_text(_script(about))
  is_trained = not cards.is_untrained(manifest)
  about_js = f'{handle.stem}.in_page/about.js'
  return InPage(about_js, manifest.bytes, is_trained, handle.task)


def write_shared(root: pathlib.Path) -> None:
  """Writes what all pages that run a model load, below the root of a site."""
  runtime = root / _RUNTIME
  runtime.mkdir(parents=True)
  for shipped in artifacts.runtime_files():
    shutil.copy(shipped.file, runtime)
  for name in (_SCRIPT, *_SHOWN_BY.values()):
    shutil.copy(_OWN / name, root / _SHARED)
  # From a folder of files, a page may not look into a picture that it loads.
  picture = _base64((_OWN / 'sample.jpg').read_bytes())
  (root / _SAMPLE).write_text(_script(f'data:image/jpeg;base64,{picture}'))


def section(model: InPage, page: str) -> str:
  """The section of a page that runs its model."""
  cell = elements.element
  about = {
    'class': 'try-it',
    'hidden': '',
    'data-about': elements.link(page, model.about),
    'data-runtime': elements.link(page, _RUNTIME),
    'data-sample': elements.link(page, _SAMPLE),
    **page_lib.UNSEARCHED,
  }
  start = {
    'type': 'button',
    'class': 'md-button md-button--primary try-it-start',
  }
  box = cell(
    'div',
    about,
    cell(
      'p',
      None,
      'The model runs in your browser. No picture leaves your machine.'
      + ('' if model.is_trained else _UNTRAINED),
    ),
    cell('button', start, f'Load the model, {model.bytes / 1e6:.1f} MB'),
    cell('p', {'class': 'try-it-status', 'role': 'status'}),
  )
  scripts = [
    cell('script', {'src': elements.link(page, f'{_SHARED}/{name}')})
    for name in (_SCRIPT, _SHOWN_BY[model.task])
  ]
  without = cell('noscript', None, cell('p', None, 'This part needs scripts.'))
  return markdown.section(
    'Try it', *map(elements.render, (box, without, *scripts))
  )
