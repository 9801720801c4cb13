"""The order of the packages, written down once, and what each one offers."""

import ast
import functools

from tests import source_tree

# A package imports only what stands on a line above; what shares a line never
# meets. `exporter` stands for the few modules that lie beside the packages.
ORDER = (
  ('model_specs',),
  ('exporter',),
  ('exporter.storage',),
  ('exporter.networks',),
  ('exporter.checkpoints',),
  ('exporter.artifacts',),
  (
    *('exporter.audit', 'exporter.proof', 'exporter.measure'),
    *('exporter.signing', 'exporter.provenance'),
  ),
  ('exporter.cards',),
  ('exporter.formats',),
  ('exporter.hub', 'exporter.publishing', 'exporter.site'),
  ('exporter.pipeline',),
  ('exporter.cli',),
  ('exporter.__main__',),
)
_RANK = {name: i for i, step in enumerate(ORDER) for name in step}
# Packages whose `__init__` says what others may use.
FACES = (
  *(
    name
    for step in ORDER
    for name in step
    if name not in ('exporter', 'exporter.__main__')
  ),
  'exporter.checkpoints.fetch',
  'model_specs.spec_files',
)
# The modules beside the packages, which every package may import.
ROOT = tuple(
  name
  for name in source_tree.modules()
  if name.startswith('exporter.') and name not in FACES and name.count('.') == 1
)


def package(module: str) -> str:
  """The package of the order that a module is part of."""
  if module in _RANK:
    return module
  parts = module.split('.')
  if parts[0] != 'exporter':
    return parts[0]
  inside = '.'.join(parts[:2])
  return inside if inside in _RANK else 'exporter'


def rank(name: str) -> int:
  """How far right a package stands."""
  return _RANK.get(name, -1)


@functools.cache
def names(face: str) -> tuple[str, ...]:
  """What a package offers: the imports of its stub, or its `__all__`."""
  path = source_tree.modules()[face]
  stub = path.with_suffix('.pyi')
  if stub.exists():
    nodes = ast.parse(stub.read_text('utf-8')).body
    return tuple(
      alias.asname or alias.name
      for node in nodes
      if isinstance(node, ast.ImportFrom)
      for alias in node.names
    )
  for node in source_tree.syntax(path).body:
    if (
      isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == '__all__'
    ):
      return tuple(ast.literal_eval(node.value))
  return ()


def offers(face: str, name: str) -> bool:
  """Whether a package offers a name to others."""
  return face in FACES and name in names(face)


def picture() -> str:
  """The order as CONTRIBUTING.md shows it."""
  steps = [
    ', '.join(name.removeprefix('exporter.') for name in step)
    for step in ORDER
    if step != ('exporter',)
  ]
  steps.insert(
    1,
    ' '.join(
      sorted(
        n.removeprefix('exporter.') for n in ROOT if not n.endswith('__main__')
      )
    ),
  )
  return ' | '.join(steps)
