"""Answers kagglehub, whose calls name artifacts as Kaggle does."""

from collections.abc import Callable
from collections.abc import Mapping
import dataclasses
import json
from typing import Any
import urllib.parse

from exporter import storage
from exporter.hub import address
from exporter.hub import listing
from exporter.hub import refusal
from exporter.hub import stock
from model_specs import kinds

SERVICE = 'models.ModelApiService'
PATHS = '/api/v1/models'  # The paths of older clients begin so.
_PREFIX = 'MODEL_FRAMEWORK_'  # As in MODEL_FRAMEWORK_TENSOR_FLOW_2.
_NAMES = ('ownerSlug', 'modelSlug', 'framework', 'instanceSlug')
_TYPES: dict[str, type] = {
  **dict.fromkeys(_NAMES, str),
  'versionNumber': int,
  'path': str,
  'pageSize': int,
  'pageToken': str,
}
_WORDS = {str: 'text', int: 'a whole number'}
_PAGE, _MOST = 20, 1000  # How many files are listed at a time.


@dataclasses.dataclass(frozen=True)
class Asked:
  """What a call asks for."""

  owner: str
  model: str
  framework: str
  variation: str
  version: int = 0  # 0 is the newest.
  path: str = ''
  page_size: int = 0
  page_token: str = ''

  @property
  def name(self) -> str:
    """The name on Kaggle, without a version."""
    return f'{self.owner}/{self.model}/{self.framework}/{self.variation}'


def framework(text: str) -> str:
  """A framework as Kaggle spells it in names, whichever way a client does."""
  plain = text.removeprefix(_PREFIX).replace('_', '').lower()
  spellings = {kind.kaggle.lower(): kind.kaggle for kind in kinds.known()}
  return spellings.get(plain, plain)


def number(name: str, text: str) -> int:
  """A number that stands in a query or a page token; 0 if there is none.

  Raises:
    Refusal: The text is no number, or has too many digits.
  """
  if text and not (text.isascii() and text.isdecimal() and len(text) <= 9):
    raise refusal.Refusal(400, f'{name}={text[:40]!r}, expected a number')
  return int(text or '0')


def _problem(name: str, value: object) -> str:
  """What is wrong with a field; empty if nothing is."""
  wanted, shown = _TYPES[name], json.dumps(value)[:40]
  if type(value) is not wanted:  # True is no number.
    return f'{name} is {shown}, expected {_WORDS[wanted]}'
  if name in _NAMES and not address.SEGMENT.fullmatch(str(value)):
    return f'{name} is {shown}, expected a part of a name without /'
  return ''


def _parse(fields: tuple[str, ...], body: bytes) -> dict[str, Any]:
  """The fields in the body of a call.

  Raises:
    Refusal: It is not what the call expects; all that is wrong is named.
  """
  try:
    values = json.loads(body)
  except (ValueError, RecursionError) as error:
    raise refusal.Refusal(
      400, f'the body is no JSON: {str(error)[:80]}'
    ) from error
  if not isinstance(values, dict):
    raise refusal.Refusal(
      400, f'the body is {json.dumps(values)[:40]}, expected an object'
    )
  problems = [f'{name} is missing' for name in _NAMES if name not in values]
  for name, value in values.items():
    is_known = name in fields
    unknown = f'{json.dumps(name)[:40]} is no field'
    problems.append(_problem(name, value) if is_known else unknown)
  problems = [problem for problem in problems if problem]
  if problems:
    raise refusal.Refusal(
      400, f'{"; ".join(problems[:8])}; the fields are {", ".join(fields)}'
    )
  return values


class Kaggle:
  """The calls of kagglehub, answered from the exports of a hub.

  Every call reads the disk, so an event loop must call it in a thread.
  """

  def __init__(
    self,
    exports: address.Exports,
    listed: listing.Listing,
    ready: stock.Stock,
  ):
    self._exports = exports
    self._listing = listed
    self._stock = ready

  def call(self, name: str, body: bytes) -> dict[str, object] | str:
    """Answers one of `CALLS`.

    Returns:
      The fields of the answer, or the path at which a file is downloaded.

    Raises:
      Refusal: The body is malformed, or asks for what is not here.
    """
    answer, fields = _CALLS[name]
    values = _parse(fields, body)
    return answer(
      self,
      Asked(
        values['ownerSlug'],
        values['modelSlug'],
        framework(values['framework']),
        values['instanceSlug'],
        values.get('versionNumber', 0),
        values.get('path', ''),
        values.get('pageSize', 0),
        values.get('pageToken', ''),
      ),
    )

  def instance(self, asked: Asked) -> dict[str, object]:
    """The variation that a name without a version means."""
    versions = self._versions(asked)
    return {
      'slug': asked.variation,
      'framework': asked.framework,
      'versionNumber': max(versions),
    }

  def files(self, asked: Asked) -> dict[str, object]:
    """The files of an artifact, a page of them at a time."""
    _, export = self._find(asked)
    names = list(export.manifest.files)
    first = number('pageToken', asked.page_token)
    end = first + (
      min(asked.page_size, _MOST) if asked.page_size > 0 else _PAGE
    )
    return {
      'files': [
        {'name': name, 'size': export.manifest.files[name].bytes}
        for name in names[first:end]
      ],
      'nextPageToken': str(end) if end < len(names) else '',
    }

  def location(self, asked: Asked) -> str:
    """The path at which an artifact, or a file of it, is downloaded.

    A client that resumes a download asks there for the rest.
    """
    version, export = self._find(asked)
    self._check_file(asked, export)
    name = f'{asked.name}/{version}/download'
    return f'{PATHS}/{name}' + (
      f'/{urllib.parse.quote(asked.path)}' if asked.path else ''
    )

  def download(self, asked: Asked) -> stock.Sent:
    """What is sent for an artifact, or for a file of it."""
    _, export = self._find(asked)
    self._check_file(asked, export)
    if asked.path:
      return self._stock.send_file(export, asked.path)
    return self._stock.send_bundle(export)

  def _check_file(self, asked: Asked, export: storage.Export) -> None:
    names = export.manifest.files
    if asked.path and asked.path not in names:
      raise refusal.Refusal(
        404,
        f'{asked.name} has no file {asked.path[:200]!r}; its files are '
        + ', '.join(names),
      )

  def _versions(self, asked: Asked) -> Mapping[int, address.Address]:
    all_names = self._listing.recent().known
    handles = all_names.versions(asked.name)
    if not handles:
      closest = all_names.closest(asked.name)
      hint = all_names.lacking(asked.name)
      if not hint and closest:
        hint = f'Did you mean {closest[0]}? '
      raise refusal.Refusal(
        404,
        f'{asked.name[:200]} is not here. {hint}The /index.json of this hub '
        'lists all there is',
      )
    return {version: address.of(handle) for version, handle in handles.items()}

  def _find(self, asked: Asked) -> tuple[int, storage.Export]:
    """The artifact that a call is about, and its version on Kaggle."""
    versions = self._versions(asked)
    version = asked.version or max(versions)
    wanted = versions.get(version)
    export = self._exports.whole(wanted) if wanted else None
    if export is None:
      raise refusal.Refusal(
        404,
        f'{asked.name} has no version {version} here; it has '
        + ', '.join(map(str, versions)),
      )
    return version, export


_VERSIONED = (*_NAMES, 'versionNumber')
# What answers each call, and the fields of its body.
_CALLS: dict[
  str,
  tuple[
    Callable[[Kaggle, Asked], dict[str, object]]
    | Callable[[Kaggle, Asked], str],
    tuple[str, ...],
  ],
] = {
  'GetModelInstance': (Kaggle.instance, _NAMES),
  'ListModelInstanceVersionFiles': (
    Kaggle.files,
    (*_VERSIONED, 'pageSize', 'pageToken'),
  ),
  'DownloadModelInstanceVersion': (Kaggle.location, (*_VERSIONED, 'path')),
}
CALLS = tuple(_CALLS)
