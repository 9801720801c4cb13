"""The other names of a handle: those that programs and people ask for it by.

An alias is the name of one artifact: every program that names it gets what the
handle names. A namesake is the same network in another collection, perhaps with
other weights; people look for it by that name.
"""

from collections.abc import Iterator
import dataclasses
import functools
from importlib import resources
import re

from model_specs import kinds
from model_specs import spec
from model_specs import versions

TFHUB_URL = 'https://tfhub.dev'
_MIRROR = 'https://hub.tensorflow.google.cn'  # The same hub under another host.
_KAGGLE_HOSTS = ('https://www.kaggle.com', 'https://kaggle.com')
_REDIRECT = '?tfhub-redirect=true'
_TIMM = 'timm/'  # Stands before its names in Hugging Face.
_FILE = 'aliases.tsv'
# A collection of tfhub.dev with checkpoints of the shelf under other names. All
# its numbers were of TF2 SavedModels with the calls of version 4.
_PREVIEW = 'tf2-preview'
_PREVIEW_NUMBERS = (1, 2, 3, 4)
# Which version answers for them: it has a signature more, and harms nobody.
_PREVIEW_VERSION = versions.CURRENT[1]
_PARTS = 4  # Of a name of Kaggle, without its version.
_URL = re.compile(r'https?://[^/]+/(?:models/)?([^?#]*?)/?(?:[?#].*)?')
_LONG = re.compile(
  r'([^/]+/[^/]+)/frameworks/([^/]+)/variations/([^/]+)(?:/versions/([^/]+))?'
)


@dataclasses.dataclass(frozen=True)
class KaggleName:
  """What Kaggle calls an artifact: OWNER/MODEL/FRAMEWORK/VARIATION/VERSION."""

  owner: str
  model: str
  framework: str
  variation: str
  version: int

  def __str__(self) -> str:
    return f'{self.folder}/{self.version}'

  @property
  def folder(self) -> str:
    """The name without its version."""
    return f'{self.owner}/{self.model}/{self.framework}/{self.variation}'

  def spellings(self) -> Iterator['KaggleName']:
    """Itself, and again with each other spelling of its framework in use."""
    first = self.framework[0]
    others = (first.upper() + self.framework[1:], self.framework.lower())
    for framework in dict.fromkeys((self.framework, *others)):
      yield dataclasses.replace(self, framework=framework)

  def paths(self) -> Iterator[str]:
    """Both paths of it below kaggle.com."""
    yield f'/models/{self}'
    yield (
      f'/models/{self.owner}/{self.model}/frameworks/{self.framework}'
      f'/variations/{self.variation}/versions/{self.version}'
    )


@dataclasses.dataclass(frozen=True)
class Namesake:
  """The same network in another collection."""

  collection: str  # Such as timm.
  name: str
  model: str  # The name of the model that it is the namesake of.

  @property
  def url(self) -> str:
    """Where it is described."""
    if self.collection == 'Hugging Face':
      return f'https://huggingface.co/{self.name}'
    if self.collection == 'timm':
      return f'https://huggingface.co/{_TIMM}{self.name}'
    return 'https://keras.io/api/applications/'


@functools.cache
def rows() -> tuple[tuple[str, str, str], ...]:
  """The collection, name and model of each line of the file."""
  text = resources.files('model_specs').joinpath(_FILE).read_text('utf-8')
  _, *lines = text.splitlines()
  rows = []
  for line in lines:
    collection, name, model = line.split('\t')
    rows.append((collection, name, model))
  return tuple(rows)


def namesakes(model: spec.ModelSpec) -> tuple[Namesake, ...]:
  """The namesakes of a model; an own model has none."""
  if model.own:
    return ()
  return tuple(
    Namesake(*row)
    for row in rows()
    if row[0] != _PREVIEW and row[2] == model.name
  )


def _hyphened(*words: str) -> str:
  joined = '-'.join(word for word in words if word)
  return re.sub('[_/]', '-', joined)


def _counted(handle: spec.Handle) -> int:
  """The version of a handle, counted as Kaggle does: in each format by itself.

  Of an own model only the newest versions are known, so it keeps its number.
  """
  if handle.spec.own:
    return handle.number
  same = [
    number
    for number, version in sorted(handle.spec.promises.items())
    if version.format == handle.version.format
  ]
  return same.index(handle.number) + 1


def kaggle(handle: spec.Handle) -> KaggleName:
  """What Kaggle calls an artifact, or would call one that was not there."""
  model = handle.spec
  called = _hyphened(model.name)
  if model.own:
    name, variation = _hyphened(model.collection, model.name), ''
  else:
    name = model.family.kaggle
    variation = called.removeprefix(name).removeprefix('-')
  kind = handle.kind
  is_first = kind is kinds.of_group(kind.group)[0]
  # The files of a group differ in the last word of their names.
  more = '' if is_first else kind.name.rpartition('_')[2]
  return KaggleName(
    handle.publisher,
    name,
    kind.kaggle,
    _hyphened(variation, handle.task, more),
    _counted(handle),
  )


def _previews(handle: spec.Handle) -> Iterator[tuple[str, KaggleName]]:
  """Pairs of a name on tfhub.dev and on Kaggle, in the collection of previews.

  The oldest number comes first.
  """
  if handle.number != _PREVIEW_VERSION or handle.spec.own:
    return
  usual = kaggle(handle)
  for collection, name, model in rows():
    if collection == _PREVIEW and model == handle.spec.name:
      for number in _PREVIEW_NUMBERS:
        yield (
          f'{handle.publisher}/{_PREVIEW}/{name}/{handle.task}/{number}',
          dataclasses.replace(
            usual, variation=_hyphened(_PREVIEW, handle.task), version=number
          ),
        )


def declared(handle: spec.Handle) -> tuple[str, ...]:
  """The names that the spec file of an own model gives a handle."""
  own = handle.spec.own
  return own.aliases_of(handle.task, handle.number) if own else ()


def _moved(handle: spec.Handle, name: str) -> KaggleName | None:
  """A declared name, if it is one of Kaggle's for the format of a handle."""
  *parts, version = name.split('/')
  is_number = re.fullmatch('[1-9][0-9]*', version)
  if len(parts) != _PARTS or not is_number:
    return None
  owner, model, framework, variation = parts
  if framework.lower() != handle.kind.kaggle.lower():
    return None
  return KaggleName(owner, model, handle.kind.kaggle, variation, int(version))


def of_tfhub(handle: spec.Handle) -> tuple[str, ...]:
  """All names of a handle in a hub like tfhub.dev, the handle itself first."""
  names = [str(handle)]
  if handle.task == versions.FEATURE_VECTOR:
    # A published notebook spells it with a hyphen.
    task = _hyphened(handle.task)
    names.append(str(handle).replace(f'/{handle.task}/', f'/{task}/'))
  names += [name for name, _ in _previews(handle)]
  names += [name for name in declared(handle) if not _moved(handle, name)]
  return tuple(names)


def of_kaggle(handle: spec.Handle) -> tuple[KaggleName, ...]:
  """All names of an artifact on Kaggle, the usual one first."""
  if handle.kind.is_converted:
    return (kaggle(handle),)
  named = [_moved(handle, name) for name in declared(handle)]
  return (
    kaggle(handle),
    *(moved for _, moved in _previews(handle)),
    *filter(None, named),
  )


def of(handle: spec.Handle) -> tuple[str, ...]:
  """The aliases of an artifact, each in one spelling and with its version."""
  others = () if handle.kind.is_converted else of_tfhub(handle)[1:]
  return (*others, *map(str, of_kaggle(handle)))


def urls(handle: spec.Handle, hub: str = TFHUB_URL) -> tuple[str, ...]:
  """Every URL that programs have for a SavedModel or module, its own first.

  tensorflow_hub takes each spelling for another module.

  Args:
    handle: The artifact.
    hub: What stands before handles in the URLs of a hub. tfhub.dev, which never
      had an own model, has a second host.
  """
  is_mirrored = hub == TFHUB_URL and not handle.spec.own
  hubs = (hub, _MIRROR) if is_mirrored else (hub,)
  spelled = [f'{each}/{name}' for each in hubs for name in of_tfhub(handle)]
  for name in of_kaggle(handle):
    for spelling in name.spellings():
      for path in spelling.paths():
        for host in _KAGGLE_HOSTS:
          spelled += [f'{host}{path}', f'{host}{path}{_REDIRECT}']
  return tuple(spelled)


def plain(text: str) -> str:
  """The name in a URL, or in the long spelling of a path of Kaggle."""
  matched = _URL.fullmatch(text)
  name = (matched[1] if matched else text.strip('/')).removeprefix(_TIMM)
  long = _LONG.fullmatch(name.removeprefix('models/'))
  return '/'.join(part for part in long.groups() if part) if long else name


def key(name: str) -> str:
  """The same for all spellings of a name."""
  return plain(name).lower()
