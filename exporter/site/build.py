"""Builds the site: a folder of HTML, which is delivered whole or not at all."""

from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import dataclasses
from importlib import util
import logging
import pathlib
import shutil

import exporter
from exporter import environment
from exporter import errors
from exporter import measure
from exporter import results
from exporter import storage
from exporter.site import downloads
from exporter.site import entries
from exporter.site import old_names
from exporter.site import tree
from exporter.site import try_it

EXTRA = 'site'
MARK = '.slimhub-site'  # Marks a folder as a site that may be replaced.
HERE = pathlib.Path(__file__).parent
_CONFIG, _ASSETS = HERE / 'mkdocs.yml', HERE / 'assets'
# What hosts show for an address that is not there. It replaces MkDocs's page,
# whose links begin at the root of the host: the site may lie below that.
_NOT_FOUND, _NOT_FOUND_NAME = HERE / 'not_found.html', '404.html'
# Search engines want whole URLs in them, so without a host there are none.
_SITEMAPS = ('sitemap.xml', 'sitemap.xml.gz')


@dataclasses.dataclass(frozen=True)
class Site:
  """What a site that was built has."""

  pages: int
  # A failed result for each export that is not in it.
  left_out: tuple[results.Result, ...]


def _check(output_dir: pathlib.Path) -> None:
  """Raises a SiteError if something that is not a site is in the way."""
  if not output_dir.exists() or (output_dir / MARK).exists():
    return
  if not output_dir.is_dir() or any(output_dir.iterdir()):
    raise errors.SiteError(
      f'{output_dir} exists, and `slimhub site` did not write it; '
      'move it away, or name another folder with --output_dir'
    )


class _Problems(logging.Handler):
  """Collects the warnings of MkDocs."""

  def __init__(self) -> None:
    super().__init__(logging.WARNING)
    self.messages: list[str] = []

  def emit(self, record: logging.LogRecord) -> None:
    self.messages.append(record.getMessage())


@contextlib.contextmanager
def _listening() -> Iterator[list[str]]:
  """Yields a list of the warnings of MkDocs, and keeps them off the screen."""
  logger, problems = logging.getLogger('mkdocs'), _Problems()
  propagated, logger.propagate = logger.propagate, False
  logger.addHandler(problems)
  try:
    yield problems.messages
  finally:
    logger.removeHandler(problems)
    logger.propagate = propagated


def _convert(
  docs: pathlib.Path,
  target: pathlib.Path,
  collection: entries.Collection,
  url: str,
) -> None:
  """Lets MkDocs make HTML of the pages in a folder; any warning is an error."""
  from mkdocs import config
  from mkdocs import exceptions
  from mkdocs.commands import build

  with _listening() as problems:
    try:
      loaded = config.load_config(
        str(_CONFIG),
        docs_dir=str(docs),
        site_dir=str(target),
        site_url=url and f'{url.rstrip("/")}/',
        nav=tree.menu(collection),
        strict=True,
      )
      build.build(loaded)
    except exceptions.MkDocsException as error:
      lines = problems or [str(error)]
      raise errors.SiteError(
        'the site is not written, because MkDocs found in its pages:\n  '
        + '\n  '.join(lines)
      ) from error


def _in_page(
  whole: Mapping[str, storage.Item],
  root: pathlib.Path,
  left_out: list[results.Result],
) -> dict[str, try_it.InPage]:
  """Writes the models that run in their pages, and returns them by name.

  Args:
    whole: All exports that the site shows, by name.
    root: Where the files of the site are written.
    left_out: Gets a failed result for each export that cannot be read.
  """
  written = {}
  for name, item in whole.items():
    if try_it.fits(item):
      origin = whole.get(str(item.handle.origin))
      try:
        written[name] = try_it.write(item, origin, root)
      except errors.ManifestError as error:
        left_out.append(storage.leave_out(item.stem, error))
  if written:
    try_it.write_shared(root)
  return written


def _read(
  hub_dir: storage.Folder | None,
  root: pathlib.Path,
  has_downloads: bool = True,
) -> entries.Collection:
  """Reads all that the site will show, and writes its downloads.

  Tables compare the speeds of the last benchmark alone, which come from one
  machine. The page of an export shows all that was measured of it, on whichever
  machine.

  Args:
    hub_dir: The folder of exports, if there is one.
    root: Where the files to download are written.
    has_downloads: Whether files are written to download. If not, artifacts are
      not read, and their manifests are believed.
  """
  if hub_dir is None:
    return entries.Collection(entries.collect({}))
  speeds: list[measure.Speed] = []
  figures = hub_dir / measure.BENCHMARK_JSON
  text = storage.read_small(
    hub_dir,
    measure.BENCHMARK_JSON,
    'remove it, and run `slimhub benchmark` again',
  )
  if text is not None:
    _, speeds = measure.parse_speeds(text, str(figures))
  manifests, measured, files = {}, {}, {}
  beside, whole = {}, {}
  present = storage.items(hub_dir)
  left_out = list(present.left_out)
  for item in present.usable:
    handle, manifest = item.handle, item.manifest
    try:
      measured[handle] = measure.read_measurements(hub_dir, handle, manifest)
      if has_downloads:
        files[str(handle)] = downloads.write(item, root)
      beside[str(handle)] = downloads.write_beside(item, root)
      manifests[handle] = manifest
      whole[str(handle)] = item
    except errors.ManifestError as error:
      left_out.append(storage.leave_out(item.stem, error))
  digests = {str(handle): each.digest for handle, each in manifests.items()}
  # What was measured of files that were replaced since says nothing of these.
  speeds = [
    speed
    for speed in speeds
    if speed.artifact == digests.get(speed.name, speed.artifact)
  ]
  in_page = _in_page(whole, root, left_out) if has_downloads else {}
  collected = entries.collect(manifests, measured, speeds)
  return entries.Collection(collected, files, beside, tuple(left_out), in_page)


def _write_docs(
  docs: pathlib.Path, collection: entries.Collection
) -> dict[str, str]:
  """Writes the folder that MkDocs reads, and returns the pages by path."""
  pages = tree.pages(collection)
  for name, text in pages.items():
    path = docs / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, 'utf-8')
  shutil.copytree(_ASSETS, docs / _ASSETS.name)
  layer = util.find_spec('slimhub_keras')
  if layer and layer.origin:
    shutil.copy(layer.origin, docs)  # A guide offers the file for download.
  return pages


def _make(
  staging: pathlib.Path,
  hub_dir: storage.Folder | None,
  has_downloads: bool,
  url: str,
) -> tuple[pathlib.Path, Site]:
  """Builds the site in a staging folder; returns its path and what it is."""
  docs, files, built = (staging / name for name in ('docs', 'files', 'built'))
  collection = _read(hub_dir, files, has_downloads)
  pages = _write_docs(docs, collection)
  _convert(docs, built, collection, url)
  shutil.copy(_NOT_FOUND, built / _NOT_FOUND_NAME)
  for name in () if url else _SITEMAPS:
    (built / name).unlink(missing_ok=True)
  for name, text in old_names.pages(collection).items():
    path = built / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, 'utf-8')
  for file in sorted(files.rglob('*')):
    if file.is_file():
      target = built / file.relative_to(files)
      target.parent.mkdir(parents=True, exist_ok=True)
      file.rename(target)
  (built / MARK).write_text(f'slimhub {exporter.__version__}\n')
  return built, Site(len(pages), collection.left_out)


def _build(
  work: pathlib.Path,
  output_dir: pathlib.Path,
  hub_dir: storage.Folder | None,
  has_downloads: bool,
  url: str,
) -> Site:
  """Builds the site in a folder of work, and puts it in place of an old one."""
  # A killed run may have left the old site there; if this one fails, it stays.
  storage.undo_swap(work, output_dir)
  _check(output_dir)
  shutil.rmtree(work, ignore_errors=True)
  try:
    built, site = _make(work, hub_dir, has_downloads, url)
    storage.swap(built, output_dir)
  finally:
    shutil.rmtree(work, ignore_errors=True)
  return site


def write_site(
  output_dir: pathlib.Path,
  hub_dir: storage.Folder | None = None,
  *,
  has_downloads: bool = True,
  url: str = '',
) -> Site:
  """Writes the site of every published model, and of what is exported.

  Args:
    output_dir: Where it goes; a site that is there is replaced.
    hub_dir: A folder of exports, if the site shall tell of them.
    has_downloads: Whether their files are copied into it.
    url: Where it will be, for sitemap.xml; without it, there is none.

  Returns:
    How many pages it has, and which exports it lacks, as they are not what
    their manifests describe.

  Raises:
    ExportError: The site would be written among the exports.
    ManifestError: The folder of exports is empty.
    PackageError: MkDocs is not installed.
    SiteError: Something that is not a site is in the way, or MkDocs warns.
  """
  environment.require(EXTRA)
  if hub_dir is not None:
    storage.check_apart(output_dir, [hub_dir])
  output_dir = output_dir.resolve()
  # In the same parent folder, so that delivering the site is a mere rename.
  staging = output_dir.with_name(f'.{output_dir.name}.slimhub-staging')
  try:
    with storage.hold(staging):
      return _build(staging / 'work', output_dir, hub_dir, has_downloads, url)
  finally:
    with contextlib.suppress(OSError):  # Another process may work in it.
      staging.rmdir()
