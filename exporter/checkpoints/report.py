"""What was found in a file of weights, for a person, and the spec it needs."""

from collections.abc import Iterator

from exporter.checkpoints import inspection
from exporter.checkpoints import specimen
from exporter.checkpoints import weights
from model_specs import spec_files

_USUAL_SIZE = 224
_MOST = 20  # Lines of one kind.
_PROPOSED = {'publisher': 'me', 'dataset': 'my_pictures'}


def _ours(found: inspection.Inspection, network: inspection.Network) -> str:
  parameters = f'{network.parameters / 1e6:.2f} M parameters'
  return (
    f'{network.title} ({network.name}), {network.variables} variables, '
    f'{parameters}'
  )


def _multiplier(network: inspection.Network) -> str:
  first, *others = network.multipliers
  if not others:
    return f'{first:g}'
  named = [f'{value:g}' for value in sorted(others)]
  if len(named) > 4:
    named = [named[0], '...', named[-1]]
  return f'{first:g} (the same network: {", ".join(named)})'


def _classes(network: inspection.Network) -> str:
  if network.num_classes is None:
    return 'no classifier: features alone'
  return str(network.num_classes)


def _images(found: inspection.Inspection, network: inspection.Network) -> str:
  if found.size:
    return f'{found.size} x {found.size} pixels, says the frozen graph'
  sizes = ' or '.join(map(str, network.sizes)) or f'mostly {_USUAL_SIZE}'
  return (
    'of a size that no variable depends on: ask whoever trained it; the '
    f'published models have {sizes}'
  )


def _weights(found: inspection.Inspection) -> str:
  if found.weights == weights.EMA:
    return (
      f'moving averages of {found.averages} variables (ema), which '
      '--weights=auto takes'
    )
  return 'raw: there are no moving averages'


def _counts(counts: dict[str, int]) -> str:
  named = [f'{name} ({count})' for name, count in counts.items()]
  more = f' and {len(named) - _MOST} more' if len(named) > _MOST else ''
  return ', '.join(named[:_MOST]) + more or 'none'


def _facts(found: inspection.Inspection) -> Iterator[tuple[str, str]]:
  yield 'file', f'{found.file} ({found.kind})'
  network = found.network
  if network:
    yield 'network', _ours(found, network)
    if network.multipliers:
      yield 'multiplier', _multiplier(network)
    yield 'classes', _classes(network)
    if network.models and network.num_classes == network.published_classes:
      yield 'published as', ' or '.join(network.models)
    yield 'images', _images(found, network)
    yield 'weights', _weights(found)
  yield 'optimizer slots', _counts(found.slots)
  yield 'training step', 'unknown' if found.step is None else str(found.step)
  yield 'parameters', f'{found.parameters / 1e6:.2f} M numbers in the file'
  if found.extra:
    yield 'extra', f'{_counts(found.extra)}; the network lacks them'
  flaws = [f'{key}: {flaw}' for key, flaw in found.flaws.items()]
  yield 'NaN, infinite', '' if flaws else 'none'
  yield from (('', flaw) for flaw in flaws[:_MOST])
  if len(flaws) > _MOST:
    yield '', f'and {len(flaws) - _MOST} more'
  yield from (('problem', problem) for problem in found.problems)


def size(found: inspection.Inspection) -> int:
  """The size of images to begin with."""
  sizes = found.network.sizes if found.network else ()
  usual = _USUAL_SIZE if _USUAL_SIZE in sizes else max(sizes, default=None)
  return found.size or usual or _USUAL_SIZE


def report_values(found: inspection.Inspection) -> dict[str, object]:
  """What a spec file would say of it; the names are only proposals."""
  network = found.network
  if network is None:
    return {}
  known = {
    **_PROPOSED,
    'name': f'my_{network.name}',
    'network': network.name,
    'multiplier': network.multiplier,
    'size': size(found),
    'num_classes': network.num_classes,
    'background': True if network.num_classes == 1001 else None,
    'checkpoint': None if found.kind == specimen.FROZEN else found.path,
  }
  return {key: value for key, value in known.items() if value is not None}


def report_spec(found: inspection.Inspection) -> str:
  """The spec that a file needs; empty if no network is known."""
  known = report_values(found)
  if not known:
    return ''
  return (
    f'# Of {found.file}.\n'
    '# Give it names, and the size of the images that it was trained on;\n'
    '# `slimhub new` writes a file that explains every key.\n'
    + spec_files.brief(known)
  )


def report_text(found: inspection.Inspection) -> str:
  """The facts, a line each, and the spec."""
  facts = '\n'.join(
    f'{name + ":" if name else "":<17} {text}'.rstrip()
    for name, text in _facts(found)
  )
  return f'{facts}\n\n{report_spec(found)}'.rstrip('\n')
