"""Makes the page that says which use of an export works in which client."""

from collections.abc import Iterable
import dataclasses

from exporter import markdown
from exporter.cards import client_results
from exporter.cards import clients
from exporter.cards import runtimes
from model_specs import kinds
from model_specs import versions

USES = {
  'infer': 'answers as the original network does',
  'single files': 'gives each file alone, by `path`',
  'endpoints': 'gives every endpoint',
  'signature': 'calls `serving_default`',
  'restore': 'restores itself by its own ops, as TensorFlow Serving does',
  'expected size': '`hub.get_expected_image_size` knows the size',
  'batch sizes': 'batches of 1, 3 and 8 in one session or model',
  'any size': 'MobileNet V1: images of 96 to 320 pixels, also not square',
  'any size served': 'the same by `serving_default`',
  'refused size': 'MobileNet V2: TensorFlow refuses another size',
  'refused size served': 'the same by `serving_default`',
  'weights': 'lists every variable, and which are trainable',
  'regularization': 'regularization losses count, once',
  'training mode': 'training mode computes what the original network does',
  'default momentum': 'a step moves the statistics by the default momentum',
  'momentum 0.9': 'a step moves them by another momentum',
  'fine-tune': '20 steps of gradient descent lower the loss',
  'adam': '20 steps of Adam lower the loss',
  'frozen': 'frozen, nothing moves while a head is trained',
  'gradients twice': 'a persistent tape gives all gradients, twice',
  'save': 'the fine-tuned model is saved and loaded exactly',
  'export': '`model.export` of it answers the same',
  'save in HDF5': 'the fine-tuned model is saved in `.h5`, loaded exactly',
  'freeze': '`convert_variables_to_constants_v2` freezes it exactly',
  'freeze fine-tuned': 'the same of the fine-tuned and saved model',
  'mixed precision': 'the same, the head being trained in float16',
  'TFLite': 'the fine-tuned model, saved or not, is converted to TFLite',
  'int8': 'the same in integers',
}
_FORMATS = (versions.TF2, versions.TF1)


def _cell(results: Iterable[client_results.Result]) -> str:
  """The releases in which one use of one client works, and is broken."""
  results = list(results)
  working = [result for result in results if result.works]
  broken = [result for result in results if not result.works]
  parts = [clients.clients_tensorflow(working)] if working else []
  if broken:
    where = clients.clients_tensorflow(broken)
    if {r.tensorflow for r in broken} & {r.tensorflow for r in working}:
      hubs = clients.span(result.tensorflow_hub for result in broken)
      where = f'{where} with tensorflow-hub {hubs}'
    parts.append(f'broken in {where}')
  return '; '.join(parts)


def _title(
  use: str, results: list[client_results.Result], numbers: set[int]
) -> str:
  """Describes a use, with the versions it was tried on unless it was on all."""
  seen = sorted({number for result in results for number in result.versions})
  which = ' and '.join(map(str, seen))
  only = '' if set(seen) == numbers else f' (version {which})'
  return f'{USES[use]}{only}'


def _table(results: list[client_results.Result]) -> str:
  """A table of uses by clients, for one format."""
  names = list(dict.fromkeys(result.client for result in results))
  numbers = {number for result in results for number in result.versions}
  rows = []
  for use in USES:
    of_use = [result for result in results if result.use == use]
    cells = (
      _cell(result for result in of_use if result.client == name)
      for name in names
    )
    if of_use:
      rows.append((_title(use, of_use, numbers), *cells))
  return markdown.table(('Use', *map(clients.title, names)), rows)


def _broken(results: Iterable[client_results.Result]) -> str:
  """A table of every use that is broken somewhere, with the reason."""
  rows = [
    (
      clients.title(result.client),
      result.use,
      result.tensorflow,
      result.tensorflow_hub,
      result.keras,
      result.reason.replace('|', '\\|'),
    )
    for result in results
    if not result.works
  ]
  header = ('Client', 'Use', 'TensorFlow', 'tensorflow-hub', 'Keras', 'Reason')
  return markdown.table(header, dict.fromkeys(rows))


def _environments(results: Iterable[client_results.Result]) -> str:
  """A table of the clients and releases that were tested together."""
  rows = [
    (r.client, r.python, r.tensorflow, r.tensorflow_hub, r.keras)
    for r in (
      dataclasses.replace(result, client=clients.title(result.client))
      for result in results
    )
  ]
  header = ('Client', 'Python', 'TensorFlow', 'tensorflow-hub', 'Keras')
  return markdown.table(header, dict.fromkeys(rows))


def clients_page_text(
  results: Iterable[client_results.Result] | None = None,
) -> str:
  """The page of some results; by default, of the committed ones."""
  results = list(client_results.load_clients() if results is None else results)
  sections = [
    markdown.section(
      kinds.get(name).title,
      _table([result for result in results if result.format == name]),
    )
    for name in _FORMATS
    if any(result.format == name for result in results)
  ]
  head = markdown.paragraph(
    'Every cell names the releases of TensorFlow, from the oldest to the '
    'newest tested, in which artifacts of slimhub were used in this way, by '
    'the packages of that time. Empty: the client does not offer it, or it was '
    'not tried.'
  )
  broken = markdown.paragraph(
    'These fail in the same way for a plain model that `tf.saved_model.save` '
    'wrote in the same environment.'
  )
  return (
    '\n\n'.join(
      (
        '# Clients',
        head,
        *sections,
        markdown.section('What is broken', broken, _broken(results)),
        runtimes.section(),
        markdown.section('What was tested', _environments(results)),
      )
    )
    + '\n'
  )
