"""Packs exports as the files that make any static host a hub."""

from collections.abc import Iterator
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
from exporter.hub import webroot

_INDEX = 'index.json'
_PAGE = '.html'


def _refuse_others(output_dir: pathlib.Path) -> None:
  """Raises a HubError if a folder has files that packing would remove."""
  try:
    is_ours = 'slimhub' in json.loads((output_dir / _INDEX).read_bytes())
  except (OSError, ValueError, TypeError):
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


def _base(item: storage.Item) -> str:
  """What the names of an artifact's manifest, card and page begin with."""
  return storage.described_stem(item.manifest)


class _Packer:
  """Packs artifacts into one webroot."""

  def __init__(self, whole: Sequence[storage.Item], root: webroot.Webroot):
    self._whole = whole
    self._root = root

  def pack(self, item: storage.Item) -> results.Result:
    """Packs an artifact, its manifest last: what has one is whole."""
    manifest, place = item.manifest, item.place
    base = _base(item)
    name = storage.download_path(manifest)
    manifest_name = f'{base}{address.MANIFEST}'
    data = place.manifest.read_bytes()
    status: results.Status = results.KEPT
    if not (self._root.has(name) and self._root.is_just(manifest_name, data)):
      status = results.PACKED
      self._root.put(name, lambda path: self._write(item, path))
    self._root.keep(name)
    text = place.card.read_text('utf-8')
    self._root.put_data(f'{base}{address.CARD}', text.encode())
    if not storage.kind_of(manifest).is_converted:
      prefix = f'{manifest.handle}.'
      conversions = [
        each.manifest
        for each in self._whole
        if each.manifest.handle.startswith(prefix)
      ]
      page = page_lib.card(manifest, text, conversions)
      self._root.put_data(f'{base}{_PAGE}', page.encode())
    self._root.put_data(manifest_name, data)
    return results.Result(manifest.handle, status, bytes=manifest.bytes)

  def keep(self, item: storage.Item) -> None:
    """Keeps what an earlier run packed of an artifact."""
    base = _base(item)
    suffixes = (address.MANIFEST, address.CARD, _PAGE)
    for name in (
      storage.download_path(item.manifest),
      *(f'{base}{suffix}' for suffix in suffixes),
    ):
      self._root.keep(name)

  def _write(self, item: storage.Item, path: pathlib.Path) -> None:
    manifest = item.manifest
    with storage.local_copy(item.place.artifact) as artifact:
      if storage.is_bundled(manifest):
        storage.write_bundle(artifact, manifest, path)
      else:
        storage.copy_file(artifact, manifest, artifact.name, path)

  def finish(self) -> None:
    """Writes the index and the names without a version; removes old files."""
    names = [f'{_base(item)}{address.MANIFEST}' for item in self._whole]
    packed = [
      storage.parse_manifest(self._root.read(name), name)
      for name in names
      if self._root.has(name)
    ]
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
    self._root.put_data('index.html', page_lib.index_page(packed).encode())
    index = json.dumps(page_lib.index(packed), indent=2) + '\n'
    self._root.put_data(_INDEX, index.encode())
    self._root.clear()


def pack_exports(
  whole: Sequence[storage.Item], output_dir: pathlib.Path
) -> Iterator[results.Result]:
  """Packs artifacts; the files of those that have not changed are kept.

  Args:
    whole: The artifacts to pack.
    output_dir: A folder that is new, empty or was packed before.

  Yields:
    The result of each artifact, as soon as it is packed. One that fails stays
    as it was packed before.

  Raises:
    HubError: The folder holds files that slimhub did not pack.
    ExportError: Another slimhub works in the folder, or it is not writable.
  """
  _refuse_others(output_dir)
  with storage.hold(output_dir):
    storage.clear_staging(output_dir)
    with storage.stage(output_dir) as staging:
      root = webroot.Webroot(output_dir, staging)
      # The index says that slimhub packed the folder. It comes first, so that a
      # run after one that was killed does not refuse the folder.
      if not root.has(_INDEX):
        root.put_data(_INDEX, json.dumps(page_lib.index([])).encode())
      packer = _Packer(whole, root)
      for item in whole:
        work = functools.partial(packer.pack, item)
        result = results.attempt(item.manifest.handle, work)
        if result.status == results.FAILED:
          packer.keep(item)
        yield result
      packer.finish()
    storage.clear_staging(output_dir)
