"""Variations of models on Kaggle: one format of a model for one task each."""

from collections.abc import Iterable
from collections.abc import Iterator
import dataclasses
import json
import pathlib
import re
import shlex

import exporter
from exporter import cards
from exporter import markdown
from exporter import storage
from exporter.publishing import content
from exporter.publishing import licenses
from exporter.publishing import rewiring
from exporter.publishing import upload as upload_lib
import model_specs
from model_specs import aliases

# The parts of a name, as Kaggle's command line checks them.
_SLUG = '[a-z0-9]+(?:-[a-z0-9]+)*'
_HANDLE = re.compile(
  rf'[a-zA-Z0-9]+(?:[_-][a-zA-Z0-9]+)*/{_SLUG}/[a-zA-Z0-9]+/{_SLUG}'
)
_EXPECTED = (
  'Kaggle takes small letters and digits, with a single - between two of them'
)
_MODEL = 'model-metadata.json'
_VARIATION = 'model-instance-metadata.json'
_STEM_OF_MODEL = 'model'  # Of the names of files that vouch for a SavedModel.
_NOT_OF_THE_MODEL = 'model*-metadata.json'
_IMAGENET = 'https://www.image-net.org/challenges/LSVRC/2012/'
# The path of an export: what stands before its version, the version, and what
# stands behind it.
_STEM = re.compile(r'(.+)/([0-9]{1,9})((?:\..+)?)')


def _usage(name: str, item: storage.Item) -> str:
  """The card, with snippets that download the variation."""
  handle = item.handle
  file = f", '{handle.kind.file}'" if not handle.kind.is_folder else ''
  path = f"kagglehub.model_download('{name}'{file})"
  card = rewiring.describe(item)
  sections = tuple(
    rewiring.rewire(section, item, 'kagglehub', path)
    for section in card.sections
  )
  return dataclasses.replace(card, sections=sections, metadata={}).to_markdown()


def _model(
  owner: str, slug: str, model: model_specs.ModelSpec
) -> dict[str, object]:
  """What `kaggle models create` reads."""
  family = model.family
  description = f'Image networks of TF-Slim, from {cards.paper(family)}'
  if model.own and model.own.description:
    description = f'{markdown.text(model.own.description)}\n\n{description}'
  return {
    'ownerSlug': owner,
    'title': family.title if not model.own else slug,
    'slug': slug,
    'subtitle': '',
    'isPrivate': True,  # The owner decides whether everybody may see it.
    'description': f'{description}\n',
    'publishTime': '',
    'provenanceSources': family.checkpoints_url if not model.own else '',
  }


class Variation(upload_lib.Upload):
  """A variation: the files of one artifact."""

  def __init__(self, name: aliases.KaggleName, item: storage.Item, note: str):
    super().__init__(name.folder, [item], note)
    self._called = name

  def concerns(self, name: str) -> bool:
    """Whether an export that cannot be used is another version of this one."""
    match = _STEM.fullmatch(name)
    handle = self.items[0].handle
    if not match or match[1] != handle.folder:
      return False
    conversion = handle.stem.removeprefix(str(handle.origin))
    promised = handle.spec.promises.get(int(match[2]))
    if conversion or match[3]:
      return conversion == match[3]
    return promised is not None and promised.format == handle.version.format

  def files(self) -> content.Files:
    """The files of the artifact, and what vouches for it.

    There are also the files that Kaggle's command line reads and does not
    upload.
    """
    upload_lib.check_name(self.name, _HANDLE, _EXPECTED)
    (item,) = self.items
    model, called = item.handle.spec, self._called
    from_imagenet = model.is_of_imagenet and not self.is_untrained
    facts = {
      'ownerSlug': called.owner,
      'modelSlug': called.model,
      'instanceSlug': called.variation,
      'framework': called.framework,
      'overview': markdown.plain(rewiring.describe(item).summary),
      'usage': _usage(self.name, item),
      'licenseName': licenses.kaggle(model),
      'fineTunable': not item.handle.kind.is_converted,
      'trainingData': [_IMAGENET] if from_imagenet else [],
      'modelInstanceType': 'Unspecified',
      'baseModelInstance': '',
      'externalBaseModelUrl': '',
    }
    stem = item.handle.kind.name or _STEM_OF_MODEL
    return content.joined(
      content.of_export(item),
      content.vouching(item, stem),
      {
        _MODEL: content.of_json(_model(called.owner, called.model, model)),
        _VARIATION: content.of_json(facts),
      },
    )

  def commands(self, folder: pathlib.Path) -> tuple[str, ...]:
    """The upload by kagglehub, which makes whatever is not there yet."""
    (item,) = self.items
    manifest = item.manifest
    kind = 'UNTRAINED weights' if self.is_untrained else 'weights'
    notes = (
      f'{item.handle}, {kind} {manifest.weights.sha256[:12]}, published by '
      f'slimhub {exporter.__version__}'
    )
    arguments = ', '.join(
      (
        json.dumps(self.name),
        json.dumps(f'{folder}', ensure_ascii=False),
        f'license_name={json.dumps(licenses.kaggle(item.handle.spec))}',
        f'version_notes={json.dumps(notes)}',
        f'ignore_patterns=[{json.dumps(_NOT_OF_THE_MODEL)}]',
      )
    )
    code = f'import kagglehub; kagglehub.model_upload({arguments})'
    return (shlex.join(['python', '-c', code]),)


def variations(
  items: Iterable[storage.Item], account: str
) -> Iterator[Variation]:
  """A variation for each model, task and format.

  Args:
    items: The exports.
    account: The owner of the models; the publishers if it is empty.
  """
  for item, note in upload_lib.newest_of_each(items):
    called = aliases.kaggle(item.handle)
    yield Variation(
      dataclasses.replace(called, owner=account or called.owner), item, note
    )
