"""The rules of tfhub.dev's validator, stated a second time for the tests."""

from collections.abc import Iterable
import fnmatch
import pathlib
import re
from urllib import parse

_PUBLISHER = r'[a-z\d-]+'
_NAME = r'[\w.-]+(?:/[\w.-]+)*'
_MODULE_LINE = re.compile(rf'# Module ({_PUBLISHER})/({_NAME})/(\d+)')
_PUBLISHER_LINE = re.compile(rf'# Publisher ({_PUBLISHER})')
_METADATA_LINE = re.compile(r'<!--([\w\s-]+):(.+)-->')

_REQUIRED = {'asset-path', 'task', 'fine-tunable', 'format'}
_OPTIONAL = {
  'network-architecture',
  'dataset',
  'language',
  'license',
  'colab',
  'interactive-visualizer',
}
_REPEATABLE = {'dataset', 'language', 'task', 'network-architecture'}

_VALUES = {
  'format': {'hub', 'saved_model_2'},
  'task': {'image-classification', 'image-feature-vector'},
  'dataset': {'imagenet-ilsvrc-2012-cls'},
  'network-architecture': {
    'mobilenet-v1',
    'mobilenet-v2',
    'mobilenet-v3',
    'inception-v1',
    'inception-v2',
    'inception-v3',
    'inception-resnet-v2',
    'nasnet-a-large',
    'nasnet-a-mobile',
    'pnasnet-5-large',
    'resnet-v1-50',
    'resnet-v1-101',
    'resnet-v1-152',
    'resnet-v2-50',
    'resnet-v2-101',
    'resnet-v2-152',
  },
  'license': {
    'apache-2.0',
    'bsd-2-clause',
    'bsd-3-clause',
    'gpl-2.0',
    'gpl-3.0',
    'lgpl-2.0',
    'lgpl-2.1',
    'lgpl-3.0',
    'mit',
    'mpl-2.0',
    'cddl-1.0',
    'epl-2.0',
    'cc-by-nc-4.0',
    'custom',
  },
}

_ARCHIVED = (
  'saved_model.pb',
  'tfhub_module.pb',
  'keras_metadata.pb',
  'fingerprint.pb',
  'variables/variables.*',
  'assets/*',
  'assets.extra/*',
)


def _locate(path: str, first: str) -> tuple[bool, list[str]]:
  """Whether the page is a card, and what is wrong with its first line."""
  module = _MODULE_LINE.fullmatch(first)
  if module:
    publisher, name, version = module.groups()
    homes = [
      f'{publisher}/{name}/{version}.md',
      f'{publisher}/models/{name}/{version}.md',
    ]
    return True, [] if path in homes else [f'expected at {homes[0]}']
  page = _PUBLISHER_LINE.fullmatch(first)
  if page:
    home = f'{page[1]}/{page[1]}.md'
    return False, [] if path == home else [f'expected at {home}']
  return False, [f'the first line names no module or publisher: {first!r}']


def _describe(lines: list[str]) -> tuple[int, list[str]]:
  """Where the metadata starts, and what is wrong with the description."""
  at = 1
  if len(lines) > 1 and not lines[1]:
    at = 2
  start = at
  while at < len(lines) and lines[at] and not lines[at].startswith('<!--'):
    at += 1
  if at == start:
    return at, ['no description on the second line']
  if any(line.startswith('#') for line in lines[start:at]):
    return at, ['a heading in place of the description']
  return at, []


def _parse(lines: list[str]) -> tuple[dict[str, set[str]], list[str]]:
  """The metadata up to the first heading, and what else stands there."""
  metadata: dict[str, set[str]] = {}
  wrong = []
  for line in lines:
    if line.startswith('#'):
      break
    match = _METADATA_LINE.fullmatch(line)
    if match:
      key, value = (group.strip() for group in match.groups())
      metadata.setdefault(key, set()).add(value)
    elif line:
      wrong.append(f'unexpected line {line!r}')
  return metadata, wrong


def _check_values(metadata: dict[str, set[str]]) -> list[str]:
  wrong = []
  for key, allowed in _VALUES.items():
    for value in sorted(metadata.get(key, set()) - allowed):
      wrong.append(f'{key} is {value!r}')
  for value in metadata.get('asset-path', ()):
    if not value.endswith('.tar.gz'):
      wrong.append(f'asset-path {value!r} does not end in .tar.gz')
    if re.fullmatch('https://github.com/.*/releases/download/.*', value):
      wrong.append(f'asset-path {value!r} may not be fetched by robots')
  for value in metadata.get('colab', ()):
    url = parse.urlsplit(value)
    if (url.scheme, url.netloc) != ('https', 'colab.research.google.com'):
      wrong.append(f'colab is {value!r}')
  return wrong


def _check_keys(metadata: dict[str, set[str]], is_card: bool) -> list[str]:
  required = _REQUIRED if is_card else set()
  known_keys = _REQUIRED | _OPTIONAL if is_card else set()
  repeated = {key for key, values in metadata.items() if len(values) > 1}
  return [
    *(f'no {key}' for key in sorted(required - metadata.keys())),
    *(f'unknown key {key!r}' for key in sorted(metadata.keys() - known_keys)),
    *(f'more than one {key}' for key in sorted(repeated - _REPEATABLE)),
  ]


def violations(path: str, text: str) -> list[str]:
  """What the validator would refuse in the page at this path of a tree."""
  lines = text.split('\n')
  is_card, misplaced = _locate(path, lines[0])
  start, undescribed = _describe(lines)
  metadata, unexpected = _parse(lines[start:])
  return [
    *misplaced,
    *undescribed,
    *unexpected,
    *_check_keys(metadata, is_card),
    *_check_values(metadata),
  ]


def tree_violations(root: pathlib.Path) -> list[str]:
  """What the validator would refuse in a whole documentation tree."""
  wrong = []
  for path in sorted(p for p in root.rglob('*') if p.is_file()):
    name = path.relative_to(root).as_posix()
    text = path.read_text(encoding='utf-8')
    wrong += [f'{name}: {line}' for line in violations(name, text)]
    publisher = name.split('/', maxsplit=1)[0]
    if not (root / publisher / f'{publisher}.md').is_file():
      wrong.append(f'{name}: its publisher has no page')
  return wrong


def archive_violations(files: Iterable[str]) -> list[str]:
  """The files, by path in the archive, that an asset may not hold."""
  return [
    file
    for file in files
    if not any(fnmatch.fnmatchcase(file, pattern) for pattern in _ARCHIVED)
  ]
