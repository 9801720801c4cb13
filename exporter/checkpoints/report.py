"""Reports what an inspection found, and proposes a spec file."""

from collections.abc import Iterator
import pathlib

from exporter.checkpoints import averages
from exporter.checkpoints import inspection
from exporter.checkpoints import recognized
from exporter.checkpoints import specimen
from exporter.checkpoints import weights
from model_specs import outside
from model_specs import spec_files

_USUAL_SIZE = 224
_ROUNDING = (
  'to 8 bits, in ranges that were trained; no variable says for how many bits, '
  'so ask whoever trained it if they were not 8: slimhub knows no others'
)
# Where the text of a spec will be saved, nobody knows as it is written.
_FROM_ITS_FOLDER = (
  '# A path in this file begins at its own folder: save it where you ran\n'
  '# inspect, or change the path.\n'
)
_MOST = 20  # How many lines or names of one kind are shown.
_PROPOSED = {'publisher': 'me', 'dataset': 'my_pictures'}


def _line(text: str) -> str:
  """A text of one line for a terminal; names of variables may be any text."""
  return outside.shown(text).replace('\n', r'\n')


def _network(network: recognized.Network) -> str:
  parameters = f'{network.parameters / 1e6:.2f} M parameters'
  return (
    f'{network.title} ({network.name}), {network.variables} variables, '
    f'{parameters}'
  )


def _multiplier(network: recognized.Network) -> str:
  first, *others = network.multipliers
  if not others:
    return f'{first:g}'
  named = [f'{value:g}' for value in sorted(others)]
  if len(named) > 4:
    named = [named[0], '...', named[-1]]
  return f'{first:g} (the same network: {", ".join(named)})'


def _classes(network: recognized.Network) -> str:
  if network.num_classes is None:
    return 'no classifier: features alone'
  return str(network.num_classes)


def _images(
  inspected: inspection.Inspection, network: recognized.Network
) -> str:
  if size := inspected.image_size:
    graph = 'frozen graph' if inspected.size else 'graph of the training'
    return f'{size} x {size} pixels, says the {graph}'
  if network.size:
    return f'{network.size} x {network.size} pixels, say the variables'
  sizes = ' or '.join(map(str, network.sizes))
  hint = f'the published models have {sizes}'
  if not sizes:
    hint = f'TF-Slim trains this network with {network.usual_size}'
  return (
    'of a size that no variable depends on: ask whoever trained it; ' + hint
  )


def _colours(network: recognized.Network) -> str:
  wanted = network.preprocessing
  if wanted.is_standardized:
    return 'each image is brought to mean 0 and variance 1'
  low, high = wanted.input_range
  mean = ', '.join(f'{value:g}' for value in wanted.input_mean)
  less = f', less {mean}' if any(wanted.input_mean) else ''
  return f'from {low:g} to {high:g}{less}, as TF-Slim trains the network'


def _weights(inspected: inspection.Inspection) -> str:
  if inspected.weights == weights.EMA:
    return (
      f'moving averages of {inspected.averages} variables (ema); '
      '--weights=auto takes those of what is trained'
    )
  others = [
    f'.../{name} ({count})'
    for name, count in inspected.slots.items()
    if not averages.is_of_optimizer(name)
  ]
  if others:
    return (
      f'raw; {", ".join(others)} may be moving averages under another name, '
      f'which are expected as ...{weights.SHADOW}'
    )
  return 'raw: there are no moving averages'


def _counts(counts: dict[str, int]) -> str:
  named = [f'{name} ({count})' for name, count in counts.items()]
  more = f' and {len(named) - _MOST} more' if len(named) > _MOST else ''
  return ', '.join(named[:_MOST]) + more or 'none'


def _training(inspected: inspection.Inspection) -> Iterator[tuple[str, str]]:
  """What the graph of the training says, a line for each difference."""
  comparison = inspected.training
  if comparison is None:
    return
  if comparison.problem:
    yield 'training graph', f'not compared: {comparison.problem}'
  elif not comparison.differences:
    yield 'training graph', 'computes as the network does'
  for phrase in comparison.differences:
    yield 'training graph', f'otherwise than the network: {phrase}'


def _facts(inspected: inspection.Inspection) -> Iterator[tuple[str, str]]:
  yield 'file', f'{inspected.file} ({inspected.kind})'
  network = inspected.network
  if network:
    yield 'network', _network(network)
    if inspected.scope:
      yield 'scope', f'{inspected.scope}/ is around the network'
    if network.multipliers:
      yield 'multiplier', _multiplier(network)
    yield 'classes', _classes(network)
    if network.models and network.num_classes == network.published_classes:
      yield 'published as', ' or '.join(network.models)
    yield 'images', _images(inspected, network)
    yield 'colours', _colours(network)
    yield 'weights', _weights(inspected)
    yield from _training(inspected)
    if network.is_quantized:
      yield 'rounding', _ROUNDING
  yield 'optimizer slots', _counts(inspected.slots)
  yield (
    'training step',
    'unknown' if inspected.step is None else str(inspected.step),
  )
  yield 'parameters', f'{inspected.parameters / 1e6:.2f} M numbers in the file'
  if inspected.extra:
    yield 'extra', f'{_counts(inspected.extra)}; the network lacks them'
  flaws = [f'{key}: {flaw}' for key, flaw in inspected.flaws.items()]
  yield 'NaN, infinite', '' if flaws else 'none'
  yield from (('', flaw) for flaw in flaws[:_MOST])
  if len(flaws) > _MOST:
    yield '', f'and {len(flaws) - _MOST} more'
  yield from (('problem', problem) for problem in inspected.problems)


def size(inspected: inspection.Inspection) -> int:
  """The image size to propose: the file's own, or the most usual one."""
  network = inspected.network
  if network is None:
    return inspected.image_size or _USUAL_SIZE
  sizes = network.sizes or (network.usual_size,)
  usual = _USUAL_SIZE if _USUAL_SIZE in sizes else max(sizes)
  return inspected.image_size or network.size or usual


def report_values(inspected: inspection.Inspection) -> dict[str, object]:
  """The values of a spec file for the inspected weights.

  Publisher, dataset and name are proposals. Empty if the network is unknown.
  """
  network = inspected.network
  if network is None:
    return {}
  values = {
    **_PROPOSED,
    'name': f'my_{network.name}',
    'network': network.name,
    'multiplier': network.multiplier,
    'size': size(inspected),
    'num_classes': network.num_classes,
    'background': True if network.num_classes == 1001 else None,
    'checkpoint': None if inspected.kind == specimen.FROZEN else inspected.path,
  }
  return {key: value for key, value in values.items() if value is not None}


def report_spec(inspected: inspection.Inspection) -> str:
  """The text of the spec file to start from; empty for an unknown network."""
  values = report_values(inspected)
  if not values:
    return ''
  checkpoint = pathlib.Path(str(values.get('checkpoint', '/')))
  return (
    f'# Of {_line(inspected.file)}.\n'
    '# Give it names, and the size of the images that it was trained on;\n'
    '# `slimhub new` writes a file that explains every key.\n'
    + ('' if checkpoint.is_absolute() else _FROM_ITS_FOLDER)
    + spec_files.brief(values)
  )


def report_text(inspected: inspection.Inspection) -> str:
  """All facts, one on each line, followed by the spec file to start from."""
  facts = '\n'.join(
    f'{name + ":" if name else "":<17} {_line(text)}'.rstrip()
    for name, text in _facts(inspected)
  )
  return f'{facts}\n\n{report_spec(inspected)}'.rstrip('\n')
