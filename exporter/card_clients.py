"""The sentences of a card that say where the model was seen to work."""

from collections.abc import Iterable
import re

from exporter import clients
from model_specs import spec
from model_specs import versions

_USE = 'infer'  # A client that does this has loaded the model.


def _numbers(version: str) -> tuple[int, ...]:
  return tuple(map(int, re.findall(r'\d+', version)))


def _short(version: str) -> str:
  """Without the patch, which a promise does not depend on."""
  return '.'.join(version.split('.')[:2])


def span(found: Iterable[str]) -> str:
  """Versions from the oldest to the newest."""
  ordered = sorted(set(filter(None, found)), key=_numbers)
  ends = list(dict.fromkeys((ordered[0], ordered[-1])))
  return ' to '.join(ends)


def tensorflow(results: Iterable[clients.Result]) -> str:
  """The releases of TensorFlow in some results."""
  return span(_short(result.tensorflow) for result in results)


def client_name(result: clients.Result) -> str:
  """The client, whatever its mode."""
  return result.client.partition(',')[0]


def _keras(results: Iterable[clients.Result]) -> str:
  """Keras 2 has TensorFlow's number since TensorFlow 2, Keras 3 its own."""
  found = [result.keras for result in results if result.keras]
  if all(version.startswith('2.') for version in found):
    return 'Keras 2' if found else ''
  return f'Keras {span(map(_short, found))}'


def _where(results: list[clients.Result]) -> str:
  parts = [f'TensorFlow {tensorflow(results)}', _keras(results)]
  hubs = [result.tensorflow_hub for result in results]
  if any(hubs):
    parts.append(f'tensorflow-hub {span(hubs)}')
  return ', '.join(filter(None, parts))


def _grouped(
  results: Iterable[clients.Result],
) -> dict[str, list[clients.Result]]:
  groups: dict[str, list[clients.Result]] = {}
  for result in results:
    groups.setdefault(client_name(result), []).append(result)
  return groups


def requirement(
  handle: spec.Handle, results: Iterable[clients.Result] | None = None
) -> tuple[str, ...]:
  """What a reader needs to load the model: as tested, from oldest to newest.

  Args:
    handle: The model.
    results: What was seen; the committed results if not given.

  Returns:
    The sentences.
  """
  seen = [
    result
    for result in (clients.load() if results is None else results)
    if result.use == _USE
    and result.format == handle.version.format
    and handle.number in result.versions
  ]
  working = [result for result in seen if result.works]
  if not working:
    return ('No client was tested with this version.',)
  listed = '; '.join(
    f'`{name}`: {_where(group)}' for name, group in _grouped(working).items()
  )
  if handle.version.format == versions.TF2:
    return (
      f'It is tested in TensorFlow {tensorflow(working)}, with these clients.',
      f'{listed}.',
    )
  broken = [result for result in seen if not result.works]
  missing = span(result.tensorflow_hub for result in broken) if broken else ''
  return (
    f'It is tested in graph mode, with this client. {listed}.',
    *([f'tensorflow-hub {missing} has no `hub.Module`.'] if missing else []),
  )
