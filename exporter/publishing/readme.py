"""The pages of a repository of Hugging Face, the card first."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses

from exporter import cards
from exporter import markdown
from exporter import measure
from exporter import storage
from exporter.publishing import front_matter
from exporter.publishing import licenses
from exporter.publishing import rewiring
from exporter.publishing import upload as upload_lib
import model_specs
from model_specs import kinds
from model_specs import versions

README = 'README.md'
_TASKS = {
  versions.CLASSIFICATION: 'image-classification',
  versions.FEATURE_VECTOR: 'image-feature-extraction',
}
# The libraries by whose files Hugging Face counts downloads, by format. The
# first format that a repository has counts.
_LIBRARIES = {kinds.TF2: 'tf-keras', kinds.LITERT: 'litert'}
_IMAGENET = 'imagenet-1k'


def folder(kind: kinds.Kind) -> str:
  """Where a repository has the files of a format, with a slash at the end."""
  if kind.is_converted and kind.is_folder:
    return f'{kind.group}/{kind.name}/'
  return '' if kind.word == kinds.TF2 else f'{kind.group}/'


def _download(
  name: str, handle: model_specs.Handle, items: Sequence[storage.Item]
) -> str:
  """The expression that downloads one model of a repository and is its path."""
  inside = folder(handle.kind)
  if not handle.kind.is_folder:
    file = f'{inside}{handle.kind.file}'
    return f"huggingface_hub.hf_hub_download(\n  '{name}', '{file}'\n)"
  others = dict.fromkeys(folder(item.handle.kind) for item in items)
  limits, end = f"allow_patterns='{inside}*'", f" + '/{inside.rstrip('/')}'"
  if not inside:
    patterns = [f'{other}*' for other in others if other]
    limits, end = f'ignore_patterns={patterns}', ''
    if not patterns:
      return f"huggingface_hub.snapshot_download('{name}')"
  return f"huggingface_hub.snapshot_download(\n  '{name}',\n  {limits},\n){end}"


def _results(item: storage.Item) -> list[object]:
  """What `slimhub evaluate` found out about these very files.

  The accuracy that the authors published of the checkpoint is not among these
  results, as nobody measured it on these files. It stands on the card.
  """
  measured = measure.read_measurements(item.root, item.handle, item.manifest)
  accuracy = measured.accuracy
  if accuracy is None:
    return []
  metrics = [('accuracy', 'Top-1 accuracy', accuracy.top1_percent)]
  if accuracy.top5_percent is not None:
    metrics.append(('accuracy', 'Top-5 accuracy', accuracy.top5_percent))
  setting = accuracy.setting
  return [
    {
      'task': {'type': _TASKS[item.handle.task]},
      'dataset': {
        'type': 'imagefolder',
        'name': (
          f'{setting.pictures} pictures of {accuracy.classes} classes, SHA-256 '
          f'{setting.sha256}'
        ),
      },
      'metrics': [
        {
          'type': kind,
          'name': f'{title}, {item.handle.kind.title}',
          'value': round(percent / 100, 5),
        }
        for kind, title, percent in metrics
      ],
    }
  ]


def _facts(name: str, items: Sequence[storage.Item]) -> dict[str, object]:
  """What programs of Hugging Face read of a repository."""
  handle = items[0].handle
  model = handle.spec
  groups = [item.handle.kind.group for item in items]
  is_untrained = upload_lib.is_untrained(items)
  facts: dict[str, object] = dict(licenses.hugging_face(model))
  libraries = [_LIBRARIES[group] for group in groups if group in _LIBRARIES]
  if libraries:
    facts['library_name'] = libraries[0]
  facts['pipeline_tag'] = _TASKS[handle.task]
  tags = ['tensorflow', 'tf-slim', model.network, *dict.fromkeys(groups)]
  facts['tags'] = [*tags, *(['untrained'] if is_untrained else [])]
  if model.is_of_imagenet and not is_untrained:
    facts['datasets'] = [_IMAGENET]
  measured = [result for item in items for result in _results(item)]
  if measured:
    facts['model-index'] = [
      {'name': name.rpartition('/')[2], 'results': measured}
    ]
  return facts


def _page(item: storage.Item) -> str:
  """The path of the card of an export that is not the repository's first."""
  kind = item.handle.kind
  return f'{folder(kind)}{f"{kind.name}.md" if kind.is_converted else README}'


def _row(item: storage.Item, is_first: bool) -> tuple[str, ...]:
  kind = item.handle.kind
  base = folder(kind)
  what = f'`{base}saved_model.pb` and all beside it'
  if kind.is_converted:
    what = f'`{base}`' if kind.is_folder else f'`{base}{kind.file}`'
  card = 'this page' if is_first else f'[card]({_page(item)})'
  megabytes = f'{item.manifest.bytes / 1e6:.1f}'
  return (what, kind.title, megabytes, f'`{item.handle}`', card)


def _contents(items: Sequence[storage.Item]) -> cards.Section:
  """What the repository holds."""
  header = ('Files', 'Format', 'MB', 'Artifact', 'Described on')
  rows = [_row(item, item is items[0]) for item in items]
  hashes = markdown.paragraph(
    'The `.json` beside each model lists the SHA-256 of its files and what was '
    'proven of it; `.intoto.jsonl` says what it was made of and how, and '
    '`.cdx.json` is its bill of materials.'
  )
  return cards.Section(
    'Contents', (markdown.table(header, rows, numbers=('MB',)), hashes)
  )


def _card(
  name: str, item: storage.Item, items: Sequence[storage.Item]
) -> cards.Card:
  """The card of one of the exports, with snippets that download it."""
  card = rewiring.describe(item)
  path = _download(name, item.handle, items)
  url = f'https://huggingface.co/{name}/resolve/main/{folder(item.handle.kind)}'
  return dataclasses.replace(
    card,
    metadata={},
    sections=tuple(
      rewiring.rewire(section, item, 'huggingface_hub', path, url)
      for section in card.sections
    ),
  )


def pages(name: str, items: Sequence[storage.Item]) -> Mapping[str, str]:
  """The pages of a repository, by their paths.

  Args:
    name: OWNER/REPOSITORY.
    items: The exports in it. Its card describes the first, which is the TF2
      SavedModel if there is one.

  Raises:
    ManifestError: What was measured of an export is unreadable.
  """
  first, *others = items
  card = _card(name, first, items)
  card = dataclasses.replace(card, sections=(_contents(items), *card.sections))
  matter = front_matter.front_matter(_facts(name, items))
  by_path = {README: f'{matter}\n{card.to_markdown()}'}
  for item in others:
    by_path[_page(item)] = _card(name, item, items).to_markdown()
  return by_path
