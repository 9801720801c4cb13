"""A folder of exports that somebody made to harm whoever reads it.

Each is spoiled in a way of its own, except for one good export among them.
"""

from collections.abc import Callable
import json
import os
import pathlib
from typing import Any

from exporter.storage import places
import model_specs
from tests import some_exports

SECRET = 'the content of a file that nobody offered'
GOOD = 'google/imagenet/mobilenet_v2_140_224/classification/5'
_Spoil = Callable[[places.Place[pathlib.Path], pathlib.Path], object]
_FILE = 'saved_model.pb'


def _claim(value: object, *path: str) -> _Spoil:
  """Changes one value of the manifest; `SECRET` becomes the path of a file."""

  def spoil(place: places.Place[pathlib.Path], secret: pathlib.Path) -> None:
    manifest = json.loads(place.manifest.read_text())
    inner: Any = manifest
    for key in path[:-1]:
      inner = inner[key]
    inner[path[-1]] = str(secret) if value == SECRET else value
    place.manifest.write_text(json.dumps(manifest))

  return spoil


def _add_file(name: str) -> _Spoil:
  return _claim({'bytes': 1, 'sha256': 'ab' * 32}, 'files', name)


def _manifest(text: str | bytes) -> _Spoil:
  data = text if isinstance(text, bytes) else text.encode()
  return lambda place, _: place.manifest.write_bytes(data)


def _link(which: str, target: str = SECRET) -> _Spoil:
  """Replaces the manifest, the card, the artifact or a file of it by a link."""

  def spoil(place: places.Place[pathlib.Path], secret: pathlib.Path) -> None:
    path = _path(place, which)
    path.rename(secret.parent / f'{path.parent.parent.name}_{path.name}')
    path.symlink_to(secret if target == SECRET else target)

  return spoil


def _path(place: places.Place[pathlib.Path], which: str) -> pathlib.Path:
  paths = {
    'manifest': place.manifest,
    'card': place.card,
    'artifact': place.artifact,
  }
  return paths.get(which) or place.artifact / which


def _pipe(which: str) -> _Spoil:
  def spoil(place: places.Place[pathlib.Path], _: pathlib.Path) -> None:
    _path(place, which).unlink(missing_ok=True)
    os.mkfifo(_path(place, which))

  return spoil


def _huge(which: str) -> _Spoil:
  def spoil(place: places.Place[pathlib.Path], _: pathlib.Path) -> None:
    with _path(place, which).open('wb') as file:
      file.truncate(2**40)

  return spoil


# Nobody may take these for exports.
MANIFESTS: dict[str, _Spoil] = {
  'half': lambda place, _: place.manifest.write_bytes(
    place.manifest.read_bytes()[:200]
  ),
  'a list': _manifest('[]'),
  'nested': _manifest('[' * 100_000),
  'no text': _manifest(b'\xff\xfe{}'),
  'a path upwards': _claim('../../../../../outside/written', 'handle'),
  'another path': _claim('/tmp/authorized_keys', 'handle'),
  'the name of another': _claim(GOOD, 'handle'),
  'another format': _claim('pickle', 'format'),
  'a path for a hash': _claim(SECRET, 'files', _FILE, 'sha256'),
  'a hash for a part': _claim('../movie', 'files', _FILE, 'sha256'),
  'a file above': _add_file('../../../../../outside/secret'),
  'a file elsewhere': _add_file('/etc/passwd'),
  'a file behind dots': _add_file('variables/../../../x'),
  'no files': _claim({}, 'files'),
  'words for bytes': _claim('x', 'files', _FILE, 'bytes'),
  'escapes': _claim('a\x1b[2Jb', 'weights', 'checkpoint'),
  'an infinite proof': _claim(float('inf'), 'proof'),
  'a linked manifest': _link('manifest'),
  'an endless manifest': _link('manifest', '/dev/zero'),
  'a piped manifest': _pipe('manifest'),
  'a huge manifest': _huge('manifest'),
  'a linked artifact': _link('artifact', '/etc'),
}
# Nobody may hand these out.
FILES: dict[str, _Spoil] = {
  'a linked file': _link(_FILE),
  'an endless file': _link(_FILE, '/dev/zero'),
  'a piped file': _pipe(_FILE),
  'a huge file': _huge(_FILE),
  'a linked folder': _link('variables', '/etc'),
  'other bytes': lambda place, _: (place.artifact / _FILE).write_text('other'),
}
# Nobody may show these.
CARDS: dict[str, _Spoil] = {
  'a linked card': _link('card'),
  'an endless card': _link('card', '/dev/zero'),
  'a piped card': _pipe('card'),
  'a huge card': _huge('card'),
  'a card of bytes': lambda place, _: place.card.write_bytes(b'\xff\xfe'),
}
_SPOILS = {**MANIFESTS, **FILES, **CARDS}
_HANDLES = [
  str(handle)
  for handle in model_specs.find('*/classification/5')
  if str(handle) != GOOD
][: len(_SPOILS)]
NAMES = dict(zip(_SPOILS, _HANDLES, strict=True))


def _add(exports: pathlib.Path, name: str) -> places.Place[pathlib.Path]:
  some_exports.add(exports, name)
  place = places.place(exports, some_exports.handle(name))
  place.measured.unlink()  # It holds no valid figures.
  return place


def make(folder: pathlib.Path) -> pathlib.Path:
  """Writes the exports into `folder`/exports, beside `folder`/outside."""
  exports, outside = folder / 'exports', folder / 'outside'
  outside.mkdir(parents=True)
  secret = outside / 'secret'
  secret.write_text(SECRET)
  _add(exports, GOOD)
  for what, spoil in _SPOILS.items():
    spoil(_add(exports, NAMES[what]), secret)
  return exports
