"""The part of a card that says in which clients the model works."""

from collections.abc import Iterable
import re

from exporter import markdown
from exporter.cards import client_results
import model_specs
from model_specs import kinds

_MODES = {kinds.TF1: ', from TensorFlow 2 on in graph mode'}
# The use that shows whether a client can load a model at all.
_USE = 'infer'


def _numbers(version: str) -> tuple[int, ...]:
  return tuple(map(int, re.findall('[0-9]+', version)))


def _short(version: str) -> str:
  """A release without its patch number, as cards name it."""
  return '.'.join(version.split('.')[:2])


def span(versions: Iterable[str]) -> str:
  """The oldest and the newest of some versions, such as `1.15 to 2.21`."""
  ordered = sorted(set(filter(None, versions)), key=_numbers)
  ends = list(dict.fromkeys((ordered[0], ordered[-1])))
  return ' to '.join(ends)


def clients_tensorflow(results: Iterable[client_results.Result]) -> str:
  """The oldest and the newest TensorFlow of some results."""
  return span(_short(result.tensorflow) for result in results)


def title(client: str) -> str:
  """The name of a client in Markdown: as code, followed by its mode as text."""
  name, comma, mode = client.partition(',')
  return f'`{name}`{comma}{mode}'


def _keras(results: Iterable[client_results.Result]) -> str:
  """The releases of Keras in some results.

  Those of Keras 2 are not listed: they have the same numbers as TensorFlow,
  whose releases stand beside them.
  """
  releases = [result.keras for result in results if result.keras]
  if all(version.startswith('2.') for version in releases):
    return 'Keras 2' if releases else ''
  return f'Keras {span(map(_short, releases))}'


def _where(results: list[client_results.Result]) -> str:
  """The releases of all packages in some results."""
  parts = [f'TensorFlow {clients_tensorflow(results)}', _keras(results)]
  hubs = [result.tensorflow_hub for result in results]
  if any(hubs):
    parts.append(f'tensorflow-hub {span(hubs)}')
  return ', '.join(filter(None, parts))


def _grouped(
  results: Iterable[client_results.Result],
) -> dict[str, list[client_results.Result]]:
  groups: dict[str, list[client_results.Result]] = {}
  for result in results:
    groups.setdefault(result.client, []).append(result)
  return groups


def broken_keras(
  client: str, use: str, results: Iterable[client_results.Result] | None = None
) -> str:
  """The releases of Keras in which a use of a client fails; empty if none."""
  releases = [
    _short(result.keras)
    for result in (
      client_results.load_clients() if results is None else results
    )
    if (result.client, result.use) == (client, use) and not result.works
  ]
  return span(releases) if releases else ''


def requirement(
  handle: model_specs.Handle,
  results: Iterable[client_results.Result] | None = None,
) -> tuple[str, ...]:
  """Which clients load a model, from the oldest to the newest tested release.

  Args:
    handle: The model.
    results: What came of the tests; by default the committed results.

  Returns:
    Blocks of Markdown.
  """
  working = [
    result
    for result in (
      client_results.load_clients() if results is None else results
    )
    if result.use == _USE
    and result.works
    and result.format == handle.format
    and handle.version.number in result.versions
  ]
  if not working:
    return ('No client was tested with this version.',)
  mode = _MODES.get(handle.kind.word, '')
  return (
    markdown.paragraph(
      f'It was seen to work, from the oldest to the newest tested{mode}, in:'
    ),
    markdown.bullets(
      f'{title(client)}: {_where(group)}'
      for client, group in _grouped(working).items()
    ),
  )
