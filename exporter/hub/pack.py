"""Packs exports as the files that make any static host a hub."""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import functools
import html
import json
import pathlib

from exporter import errors
from exporter import results
from exporter import storage
from exporter.hub import address
from exporter.hub import page as page_lib
from exporter.hub import tfjs
from exporter.hub import webroot
from model_specs import kinds

_INDEX = 'index.json'
_PAGE = '.html'


def _refuse_others(output_dir: pathlib.Path) -> None:
  """Raises a HubError if a folder has files that packing would remove."""
  try:
    index = json.loads((output_dir / _INDEX).read_bytes())
    is_ours = isinstance(index, dict) and {'slimhub', 'exports'} <= index.keys()
  except (OSError, ValueError):
    is_ours = not output_dir.exists() or all(
      path.name.startswith('.slimhub') for path in output_dir.iterdir()
    )
  if not is_ours:
    raise errors.HubError(
      f'{output_dir} holds files that slimhub did not pack; name an empty or '
      'a new --output_dir'
    )


def _redirect(path: str) -> str:
  target = html.escape(path)
  return (
    '<!doctype html>\n<html lang="en">\n<title>The newest version</title>\n'
    f'<meta http-equiv="refresh" content="0; url={target}">\n'
    f'<a href="{target}">The newest version</a>\n</html>\n'
  )


def _loose(manifest: storage.Manifest) -> dict[str, str]:
  """The files that are asked for one by one, by their paths in the webroot."""
  kind = storage.kind_of(manifest)
  if not (kind.is_folder and kind.is_converted):
    return {}
  return {f'{manifest.handle}/{name}': name for name in manifest.files}


def _second_names(
  packed: Sequence[storage.Manifest], newest: Mapping[str, str]
) -> dict[str, str]:
  """The paths of packed files by more names, for which queries ask.

  Args:
    packed: The manifests of all artifacts.
    newest: The newest version of each model and task.
  """
  names: dict[str, str] = {}

  def add(handle: str, suffix: str, manifest: storage.Manifest) -> None:
    """Adds names of a file: that of a handle, and that without a version."""
    folder, _, number = handle.rpartition('/')
    for each in (handle, folder) if newest.get(folder) == number else (handle,):
      names[f'{each}{suffix}'] = storage.download_path(manifest)

  for manifest in packed:
    if storage.kind_of(manifest) == address.LITE:
      add(
        storage.origin_stem(manifest),
        f'.{address.LITE.group}/{address.LITE.file}',
        manifest,
      )
  for handle, manifest in tfjs.by_handle(packed).items():
    for path, file in _loose(manifest).items():
      names[f'{handle}/{file}'] = path
    add(handle, f'.{kinds.TFJS}{storage.BUNDLE_SUFFIX}', manifest)
  return names


def _is_at(stem: str, name: str) -> bool:
  return f'{stem}/'.startswith(f'{name}/')


def _copy(item: storage.Export, name: str, target: pathlib.Path) -> None:
  with storage.local_root(item.root, item.manifest.handle) as root:
    storage.copy_file(root, item.manifest, name, target)


class _Packer:
  """Packs artifacts into one webroot."""

  def __init__(
    self, exports: storage.Found[storage.Export], root: webroot.Webroot
  ):
    self._whole = exports.usable
    self._left_out = exports.left_out
    self._root = root
    self._kept: set[str] = set()  # Stems of what an earlier run packed.

  @functools.cached_property
  def _earlier(self) -> list[str]:
    """The stems in the webroot; it is listed once, however much is kept."""
    return self._root.stems()

  def pack(self, item: storage.Export) -> results.Result:
    """Packs an artifact, its manifest last: what has one is whole."""
    manifest, base = item.manifest, item.stem
    name = storage.download_path(manifest)
    manifest_name = f'{base}{kinds.MANIFEST}'
    data = manifest.to_json().encode()
    text = item.read_card()
    status: results.Status = results.KEPT
    is_kept = self._root.is_just(manifest_name, data) and all(
      self._root.is_whole(path) for path in (name, *_loose(manifest))
    )
    if not is_kept:
      status = results.PACKED
      self._root.put(name, lambda path: storage.write_download(item, path))
      for path, file in _loose(manifest).items():
        self._root.put(path, functools.partial(_copy, item, file))
    for path in (name, *_loose(manifest)):
      self._root.keep(path)
    self._root.put_data(f'{base}{kinds.CARD}', text.encode())
    for suffix in kinds.VOUCHING:
      if content := item.read_beside(suffix):
        self._root.put_data(f'{base}{suffix}', content)
    if not storage.kind_of(manifest).is_converted:
      page = page_lib.card(manifest, text, self._conversions(manifest))
      self._root.put_data(f'{base}{_PAGE}', page.encode())
    self._root.put_data(manifest_name, data)
    return results.Result(manifest.handle, status, bytes=manifest.bytes)

  def _conversions(self, origin: storage.Manifest) -> list[storage.Manifest]:
    """What an artifact was converted to, and is or stays packed; sorted."""
    prefix = f'{origin.handle}.'
    manifests = [
      *(each.manifest for each in self._whole if each.stem.startswith(prefix)),
      *self._packed(stem for stem in self._kept if stem.startswith(prefix)),
    ]
    return sorted(manifests, key=lambda manifest: manifest.handle)

  def keep(self, name: str) -> None:
    """Keeps what an earlier run packed of an export, or of those in a folder.

    Args:
      name: The stem of the export, or the path of a folder that nobody can list
        and whose exports may all be there still.
    """
    stems = {stem for stem in self._earlier if _is_at(stem, name)}
    for stem in stems:
      for suffix in (kinds.MANIFEST, kinds.CARD, _PAGE, *kinds.VOUCHING):
        self._root.keep(f'{stem}{suffix}')
    for manifest in self._packed(stems):
      for path in (storage.download_path(manifest), *_loose(manifest)):
        self._root.keep(path)
    self._kept |= stems

  def _packed(self, stems: Iterable[str]) -> list[storage.Manifest]:
    """The manifests, in the webroot, of those of some artifacts that it has."""
    names = [f'{stem}{kinds.MANIFEST}' for stem in sorted(stems)]
    return [
      storage.parse_manifest(self._root.read(name), name)
      for name in names
      if self._root.has(name)
    ]

  def finish(self) -> None:
    """Writes the index and the names without a version; removes old files."""
    packed = self._packed({item.stem for item in self._whole} | self._kept)
    newest: dict[str, str] = {}
    for manifest in packed:
      folder, _, number = manifest.handle.rpartition('/')
      if not storage.kind_of(manifest).is_converted:
        newest[folder] = str(max(int(newest.get(folder, 0)), int(number)))
    for folder, number in newest.items():
      origin = f'{folder}/{number}{storage.BUNDLE_SUFFIX}'
      self._root.link(f'{folder}{storage.BUNDLE_SUFFIX}', origin)
      page = _redirect(f'{folder.rpartition("/")[2]}/{number}')
      self._root.put_data(f'{folder}{_PAGE}', page.encode())
    for name, path in _second_names(packed, newest).items():
      self._root.link(name, path)
    self._root.put_data('index.html', page_lib.index_page(packed).encode())
    listed = page_lib.index(packed, self._left_out)
    self._root.put_data(_INDEX, f'{json.dumps(listed, indent=2)}\n'.encode())
    self._root.clear()


def pack_exports(
  exports: storage.Found[storage.Export], output_dir: pathlib.Path
) -> Iterator[results.Result]:
  """Packs artifacts; the files of those that have not changed are kept.

  Args:
    exports: The artifacts to pack, and those that cannot be used.
    output_dir: A folder that is new, empty or was packed before.

  Yields:
    The result of each artifact, as soon as it is packed. One that fails stays
    as it was packed before.

  Raises:
    HubError: The folder holds files that slimhub did not pack.
    ExportError: The folder is not apart from that of the exports, or is not
      writable, or another slimhub works in it.
  """
  storage.check_apart(output_dir, {item.root for item in exports.usable})
  _refuse_others(output_dir)
  with storage.workplace(output_dir) as staging:
    root = webroot.Webroot(output_dir, staging)
    # The index says that slimhub packed the folder. It comes first, so that a
    # run after one that was killed does not refuse the folder.
    if not root.has(_INDEX):
      root.put_data(_INDEX, json.dumps(page_lib.index([])).encode())
    packer = _Packer(exports, root)
    for left_out in exports.left_out:
      packer.keep(left_out.name)
      yield left_out
    for item in exports.usable:
      work = functools.partial(packer.pack, item)
      result = results.attempt(item.manifest.handle, work)
      if result.status == results.FAILED:
        packer.keep(item.stem)
      yield result
    packer.finish()
