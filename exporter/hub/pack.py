"""Exports -> the files that any static host needs to be a hub."""

from collections.abc import Iterator
from collections.abc import Sequence
import html
import json
import pathlib

from exporter import errors
from exporter.hub import address
from exporter.hub import page as hub_page
from exporter.hub import webroot
from exporter.pipeline import orders as plan
from exporter.storage import bundle
from exporter.storage import contents
from exporter.storage import delivery
from exporter.storage import folder as shelf
from exporter.storage import lock
from exporter.storage import manifest

_INDEX = 'index.json'
_PAGE = '.html'


def _refuse_others(output_dir: pathlib.Path) -> None:
  """Raises a HubError where packing would remove what is not ours."""
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


def _base(item: shelf.Item) -> str:
  """What the names of an artifact's files begin with."""
  return str(pathlib.PurePosixPath(item.manifest.handle).with_suffix(''))


class _Packer:
  """Packs artifacts into one webroot."""

  def __init__(self, whole: Sequence[shelf.Item], root: webroot.Webroot):
    self._whole = whole
    self._root = root

  def pack(self, item: shelf.Item) -> plan.Result:
    """Packs an artifact, its manifest last: what has one is whole."""
    made, place = item.manifest, item.place
    base = _base(item)
    name, described = hub_page.download(made), f'{base}{address.MANIFEST}'
    data = place.manifest.read_bytes()
    status = plan.KEPT
    if not (self._root.has(name) and self._root.is_just(described, data)):
      status = plan.PACKED
      self._root.put(name, lambda path: self._write(item, path))
    self._root.keep(name)
    text = place.card.read_text('utf-8')
    self._root.put_data(f'{base}{address.CARD}', text.encode())
    if bundle.is_possible(made):
      prefix = f'{made.handle}.'
      conversions = [
        each.manifest
        for each in self._whole
        if each.manifest.handle.startswith(prefix)
      ]
      page = hub_page.card(made, text, conversions)
      self._root.put_data(f'{base}{_PAGE}', page.encode())
    self._root.put_data(described, data)
    return plan.Result(made.handle, status, bytes=made.bytes)

  def keep(self, item: shelf.Item) -> None:
    """Leaves what was packed of an artifact before."""
    base = _base(item)
    suffixes = (address.MANIFEST, address.CARD, _PAGE)
    for name in (
      hub_page.download(item.manifest),
      *(f'{base}{suffix}' for suffix in suffixes),
    ):
      self._root.keep(name)

  def _write(self, item: shelf.Item, path: pathlib.Path) -> None:
    made, artifact = item.manifest, item.place.artifact
    if bundle.is_possible(made):
      bundle.write(artifact, made, path)
    else:
      contents.copy(artifact, made, artifact.name, path)

  def finish(self) -> None:
    """Writes what is said of all, and removes what is no longer there."""
    names = [f'{_base(item)}{address.MANIFEST}' for item in self._whole]
    packed = [
      manifest.from_json(self._root.read(name), name)
      for name in names
      if self._root.has(name)
    ]
    newest: dict[str, str] = {}
    for made in packed:
      named, _, number = made.handle.rpartition('/')
      if bundle.is_possible(made):
        newest[named] = str(max(int(newest.get(named, 0)), int(number)))
    for named, number in newest.items():
      origin = f'{named}/{number}{bundle.SUFFIX}'
      self._root.link(f'{named}{bundle.SUFFIX}', origin)
      page = _redirect(f'{named.rpartition("/")[2]}/{number}')
      self._root.put_data(f'{named}{_PAGE}', page.encode())
    self._root.put_data('index.html', hub_page.index_page(packed).encode())
    index = json.dumps(hub_page.index(packed), indent=2) + '\n'
    self._root.put_data(_INDEX, index.encode())
    self._root.clear()


def run(
  whole: Sequence[shelf.Item], output_dir: pathlib.Path
) -> Iterator[plan.Result]:
  """Packs artifacts, each result as it comes; what is unchanged is kept.

  Args:
    whole: What is packed.
    output_dir: A folder of nothing else.

  Yields:
    What came of each. One that fails is left as it was packed before.

  Raises:
    HubError: The folder holds something else.
    ExportError: Another slimhub packs into it.
  """
  _refuse_others(output_dir)
  with lock.hold(output_dir):
    delivery.clear(output_dir)
    with delivery.stage(output_dir) as staging:
      root = webroot.Webroot(output_dir, staging)
      if not root.has(_INDEX):  # It says whose the folder is: first of all.
        root.put_data(_INDEX, json.dumps(hub_page.index([])).encode())
      packer = _Packer(whole, root)
      for item in whole:
        result = plan.attempt(item.manifest.handle, packer.pack, item)
        if result.status == plan.FAILED:
          packer.keep(item)
        yield result
      packer.finish()
    delivery.clear(output_dir)
