"""Finds what a hub answers from an export folder, or why it refuses."""

import os
import pathlib

from starlette import requests
from starlette import responses

from exporter import storage
from exporter.hub import address
from exporter.hub import kaggle
from exporter.hub import listing
from exporter.hub import names
from exporter.hub import page
from exporter.hub import refusal
from exporter.hub import stock
from exporter.hub import tfjs
from model_specs import kinds

_HUB_FORMAT, _LITE_FORMAT = 'tf-hub-format', 'lite-format'
_COMPRESSED, _UNCOMPRESSED = 'compressed', 'uncompressed'
_JSON, _MARKDOWN = 'application/json', 'text/markdown; charset=utf-8'
# What may lie beside an artifact, what it is to a browser, and who writes it.
_BESIDE = {
  kinds.SIGNATURE: (_JSON, 'is not signed; `slimhub sign` does it'),
  kinds.PROVENANCE: (
    'application/vnd.in-toto+json',
    'has no provenance beside it; `slimhub export --force` writes it',
  ),
  kinds.BOM: (
    'application/vnd.cyclonedx+json',
    'has no bill of materials beside it; `slimhub export --force` writes it',
  ),
}
_CHANGES = {'cache-control': 'no-cache'}  # For what may be replaced.
_PAGE_HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy': page.POLICY,
}


def may_be_page(request: requests.Request) -> bool:
  """Whether a browser would get a page where a program gets something else."""
  parameters = {_HUB_FORMAT, _LITE_FORMAT, tfjs.QUERY}
  return not parameters & request.query_params.keys()


def wants_page(request: requests.Request) -> bool:
  """Whether a browser asks for a page to read, not a program for a file."""
  accepted = request.headers.get('accept', '')
  return may_be_page(request) and 'text/html' in accepted


def redirect(
  request: requests.Request, path: str, keeps_query: bool = True
) -> responses.Response:
  """Leads to another path of the hub."""
  query = request.scope['query_string'].decode('ascii') if keeps_query else ''
  # The target names no host: clients may reach this server through a proxy of
  # another name.
  target = f'{request.scope.get("root_path", "")}/{path}'
  return responses.RedirectResponse(
    f'{target}?{query}' if query else target,
    302,
    headers={'cache-control': 'no-cache'},
  )


def _one_of(request: requests.Request, name: str, choices: tuple) -> str:
  """The value of a parameter of the query; empty if it is not given."""
  value = request.query_params.get(name, '')
  if value not in ('', *choices):
    raise refusal.Refusal(
      400, f'{name}={value[:40]!r}, expected one of {", ".join(choices)}'
    )
  return value


def _media_type(name: str) -> str:
  """What a file of an artifact is to a browser."""
  return _JSON if name.endswith('.json') else stock.BYTES


class Hub:
  """Finds the answers to requests.

  Every call reads the disk, so an event loop must call it in a thread.
  """

  def __init__(
    self, exports: pathlib.Path, ready: stock.Stock, storage_url: str = ''
  ):
    """Keeps the arguments; nothing is read yet.

    Args:
      exports: The export folder.
      ready: The stock that bundles and files are sent from.
      storage_url: The URL of the same folder in a storage that TensorFlow
        reads, for clients that ask where an artifact lies unpacked.
    """
    self._folder = exports
    self._exports = address.Exports(exports)
    self._listing = listing.Listing(exports)
    self._stock = ready
    self._storage_url = storage_url.rstrip('/')
    self.kaggle = kaggle.Kaggle(self._exports, self._listing, ready)

  def find(self, request: requests.Request) -> responses.Response | stock.Sent:
    """The answer to a GET or HEAD request.

    Raises:
      Refusal: The request is malformed, or nothing is there to answer it.
      SlimhubError: An export is damaged, or is being replaced.
    """
    path = request.scope['path']
    if path in ('/', '/index.json'):
      return self._index(path == '/' and wants_page(request))
    form = _one_of(request, tfjs.QUERY, (tfjs.FILE, tfjs.COMPRESSED))
    try:
      wanted = address.parse(tfjs.plain(path) if form else path)
    except address.MalformedError as error:
      raise refusal.Refusal(400, str(error)) from error
    answer = self._of_tfjs(form, request, wanted) if form and wanted else None
    if not answer and wanted:
      answer = self._of_export(request, wanted)
    return answer or self._of_alias(request, path.strip('/'))

  def prepare(self) -> listing.Listed:
    """Lists the exports, and removes from the stock what none of them needs."""
    listed = self._listing.now()
    self._stock.clear(listed.manifests)
    return listed

  def check(self) -> None:
    """Makes sure that the exports can be read, and files of them be made.

    Raises:
      HubError: The folder of the stock is another's, or cannot be written to.
      OSError: A folder is not there, or cannot be read.
    """
    os.scandir(self._folder).close()
    self._stock.check()

  def _of_export(
    self, request: requests.Request, wanted: address.Address
  ) -> responses.Response | stock.Sent | None:
    """The answer to the path of an export; None if nothing is there."""
    if not wanted.is_versioned:
      newest = self._exports.newest(wanted)
      return redirect(request, newest.export) if newest else None
    export = self._exports.whole(wanted)
    if export and request.scope['path'].endswith('/'):
      return redirect(request, f'{wanted.export}{wanted.part}')
    return self._part(request, export, wanted) if export else None

  def _of_tfjs(
    self, form: str, request: requests.Request, wanted: address.Address
  ) -> responses.Response | stock.Sent | None:
    """The answer to TensorFlow.js; None if no conversion has that handle."""
    meant = self._exports.for_tfjs(wanted)
    export = self._exports.whole(meant) if meant else None
    if meant is None or export is None:
      other = self._exports.find(wanted)
      if other and not storage.kind_of(other.manifest).is_converted:
        raise refusal.Refusal(
          404,
          f'{wanted.export} was not exported for TensorFlow.js; `slimhub '
          'export --formats=tfjs` converts TF2 versions, for older ones, too',
        )
      return None
    if form == tfjs.COMPRESSED and not meant.part:
      return self._stock.send_bundle(export)
    return self._part(request, export, meant)

  def _of_alias(
    self, request: requests.Request, path: str
  ) -> responses.Response | stock.Sent:
    """The answer to a path that begins with an alias: that of its handle."""
    all_names = self._listing.recent().known
    named = all_names.find(path)
    if named is None:
      raise refusal.Refusal(404, self._missing(all_names, path))
    wanted = address.of(named.handle, named.part)
    if wants_page(request):  # People keep the address that they see.
      target = f'{wanted.export}{wanted.part}'
      return redirect(request, target, keeps_query=False)
    if not named.is_versioned:
      return redirect(request, f'{wanted.export}{wanted.part}')
    export = self._exports.whole(wanted)
    if export is None:
      raise refusal.Refusal(404, self._missing(all_names, path))
    return self._part(request, export, wanted)

  def _missing(self, all_names: names.Names, wanted: str) -> str:
    closest = all_names.closest(wanted)
    hint = all_names.lacking(wanted)
    if not hint and closest and self._exports.is_coming(address.of(closest[1])):
      hint = f'Did you mean {closest[0]}? '
    return f'{wanted[:200]} is not here. {hint}/index.json lists all there is'

  def _index(self, is_page: bool) -> responses.Response:
    listed = self._listing.now()
    if is_page:
      return responses.HTMLResponse(listed.html, headers=_PAGE_HEADERS)
    return responses.Response(
      listed.json, media_type=_JSON, headers=_PAGE_HEADERS
    )

  def _part(
    self,
    request: requests.Request,
    export: storage.Export,
    wanted: address.Address,
  ) -> responses.Response | stock.Sent:
    """The answer to the path of an artifact, or of a file in or beside it."""
    part = wanted.part
    if f'{wanted.export}{part}' == export.manifest.handle:
      return self._whole(request, export)
    if part == storage.BUNDLE_SUFFIX and storage.is_bundled(export.manifest):
      return self._stock.send_bundle(export)
    if part == kinds.MANIFEST:
      text = export.manifest.to_json()
      return responses.Response(text, media_type=_JSON, headers=_CHANGES)
    if part == kinds.CARD:
      text = export.read_card()
      return responses.Response(text, media_type=_MARKDOWN, headers=_CHANGES)
    if part in _BESIDE:
      return self._beside(export, part)
    name = part.removeprefix('/')
    if part.startswith('/') and name in export.manifest.files:
      return self._stock.send_file(export, name, _media_type(name))
    handle = export.manifest.handle
    if not name:  # A converted file, without its ending.
      reason = f'{wanted.export} is not here. Did you mean {handle}?'
      raise refusal.Refusal(404, reason)
    files = ', '.join(export.manifest.files)
    raise refusal.Refusal(404, f'{handle} has no {name}; its files are {files}')

  def _beside(self, export: storage.Export, part: str) -> responses.Response:
    media_type, advice = _BESIDE[part]
    data = export.read_beside(part)
    if data is None:
      raise refusal.Refusal(404, f'{export.manifest.handle} {advice}')
    return responses.Response(data, media_type=media_type, headers=_CHANGES)

  def _whole(
    self, request: requests.Request, export: storage.Export
  ) -> responses.Response | stock.Sent:
    """The answer to the path of an artifact, in the form the query asks for."""
    kind = storage.kind_of(export.manifest)
    if not kind.is_folder:
      return self._stock.send_file(export, kind.file, kind.media_type)
    hub_format = _one_of(request, _HUB_FORMAT, (_COMPRESSED, _UNCOMPRESSED))
    if hub_format == _COMPRESSED:
      return self._stock.send_bundle(export)
    if hub_format == _UNCOMPRESSED:
      # There is no header `location`, as tensorflow_hub reads the URL from the
      # body of a 303.
      base = self._storage_url or str(request.base_url).rstrip('/')
      # The body repeats the host that the client named, so no cache may give
      # it to others.
      return responses.PlainTextResponse(
        f'{base}/{export.manifest.handle}', 303, {'cache-control': 'no-store'}
      )
    if _one_of(request, _LITE_FORMAT, ('tflite',)):
      return self._lite(export)
    card = export.read_card()
    if not wants_page(request):
      return responses.Response(
        card, media_type=_MARKDOWN, headers=_PAGE_HEADERS
      )
    converted = self._exports.conversions(export)
    return responses.HTMLResponse(
      page.card(export.manifest, card, converted), headers=_PAGE_HEADERS
    )

  def _lite(self, export: storage.Export) -> stock.Sent:
    name = f'{export.manifest.handle}.{address.LITE.group}/{address.LITE.stem}'
    converted = self._exports.find(address.Address(name))
    if converted is None:
      raise refusal.Refusal(
        404,
        f'{export.manifest.handle} was not exported as LiteRT; `slimhub export '
        f'--formats={address.LITE.word}` converts TF2 versions',
      )
    return self._stock.send_file(
      converted, address.LITE.file, address.LITE.media_type
    )
