"""Networks that were built before, so that they are not built again.

What TF-Slim builds of an architecture depends on the code that asks it, on
TF-Slim and on TensorFlow alone. So each network is built once: the published
ones by the makers of slimhub, in FOLDER, which a test builds again; those of
own models by this user, in the user's cache. No network is found where any of
that differs, and one whose file is damaged, or can be changed by other users,
is built again.
"""

import contextlib
import functools
import hashlib
from importlib import metadata
from importlib import resources
import inspect
import pathlib

import tensorflow as tf

from exporter import errors
from exporter import storage
from exporter.networks import architectures
from exporter.networks import blueprint
from exporter.networks import builders
import model_specs
from model_specs import outside

FOLDER = 'blueprints'  # In this package; `make blueprints` writes it.
MADE_BY = 'made_by.txt'
# The modules of this package that build nothing.
OTHERS = ('__init__', 'imported', 'known', 'loading', 'source')
_MOST = 2**23  # Bytes.


@functools.cache
def made_by() -> str:
  """A line that says all that a network depends on but its architecture."""
  folder = pathlib.Path(__file__).parent
  sources = sorted(p for p in folder.glob('*.py') if p.stem not in OTHERS)
  sources.append(pathlib.Path(inspect.getfile(model_specs.divisible)))
  texts = [path.read_text('utf-8') for path in sources]
  digest = hashlib.sha256(repr(texts).encode()).hexdigest()
  slim = metadata.version('tf-slim')
  return f'tensorflow {tf.__version__}, tf-slim {slim}, sources {digest}\n'


def file_name(
  architecture: architectures.Architecture, is_training: bool
) -> str:
  """The name of the file of a network, in each folder of such files."""
  digest = hashlib.sha256(repr(architecture).encode()).hexdigest()
  mode = 'training' if is_training else 'inference'
  return f'{architecture.network}.{digest[:16]}.{mode}.xz'


def _published(name: str) -> bytes | None:
  """What comes with slimhub, if that was made in the same way."""
  folder = resources.files(__package__) / FOLDER
  if not (folder / name).is_file():
    return None
  is_same = (folder / MADE_BY).read_text('utf-8') == made_by()
  return (folder / name).read_bytes() if is_same else None


def _folder() -> pathlib.Path:
  """Where this user's are that were built in the same way."""
  digest = hashlib.sha256(made_by().encode()).hexdigest()
  return storage.default_blueprint_dir() / digest[:16]


def _read(name: str) -> bytes | None:
  if published := _published(name):
    return published
  path = _folder() / name
  # All that is proven is compared with it.
  is_ours = not storage.open_to_others(path)
  return outside.read_file(path, _MOST) if is_ours else None


def _is_of_slimhub(network: str) -> bool:
  """Whether `made_by` is about the code that builds a network."""
  build = builders.BUILDERS[network]
  function = getattr(build, 'func', build)  # Of a partial function.
  return function.__module__.startswith(f'{__package__}.')


def find(
  architecture: architectures.Architecture, is_training: bool
) -> blueprint.Blueprint | None:
  """A network that was built before; None if nobody has built it."""
  if not _is_of_slimhub(architecture.network):
    return None
  with contextlib.suppress(OSError, ValueError, errors.ExportError):
    data = _read(file_name(architecture, is_training))
    return blueprint.Blueprint.unpacked(data) if data else None
  return None


def remember(
  architecture: architectures.Architecture, built: blueprint.Blueprint
) -> None:
  """Keeps a network for later, where there is a place for it."""
  if not _is_of_slimhub(architecture.network):
    return
  name = file_name(architecture, built.is_training)
  # Without it the same takes longer the next time, and nothing else.
  with contextlib.suppress(OSError, errors.ExportError):
    if not _published(name):
      storage.write_whole(_folder() / name, built.packed())
