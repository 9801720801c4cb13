"""What TensorFlow.js asks of a hub: files, below the handle of a model.

A page that names HANDLE asks for HANDLE/model.json?tfjs-format=file, and then
for the files that model.json names. Most pages name versions that were TF1
modules. The files of one version answer for them: the network is the same.
"""

from collections.abc import Iterable
import re

from exporter import storage
from model_specs import kinds
from model_specs import versions

QUERY = 'tfjs-format'
FILE, COMPRESSED = 'file', 'compressed'
# The other form of paths, under which tfhub.dev had some of its models.
_OTHER = re.compile(r'/?([^/]+)/tfjs-model/(.+/[0-9]+)/default/[0-9]+(/[^/]+)?')


def plain(path: str) -> str:
  """The path below a handle; paths of the other form are rewritten to it."""
  match = _OTHER.fullmatch(path)
  return '{}/{}{}'.format(*match.groups(default='')) if match else path


def answering(numbers: Iterable[int]) -> dict[int, int]:
  """Which version answers for each that a page may name.

  Args:
    numbers: The versions of a model and task that were converted.

  Returns:
    The version whose files to send, by the version that a page names. A
    converted version answers for itself, and the newest of them for older
    versions that were not converted.
  """
  own = {number: number for number in numbers}
  newest = max(own, default=0)
  older = [number for number in versions.BY_NUMBER if number < newest]
  return {**dict.fromkeys(older, newest), **own}


def by_handle(
  manifests: Iterable[storage.Manifest],
) -> dict[str, storage.Manifest]:
  """The conversion whose files lie below each handle that a page may name.

  Args:
    manifests: Those of all exports.
  """
  manifests = tuple(manifests)
  conversions: dict[str, storage.Manifest] = {}
  for kind in reversed(kinds.of_group(kinds.TFJS)):  # The first comes last.
    by_folder: dict[str, dict[int, storage.Manifest]] = {}
    for each in manifests:
      if storage.kind_of(each) is kind:
        origin = each.handle.removesuffix(f'.{kind.group}/{kind.file}')
        folder, _, number = origin.rpartition('/')
        by_folder.setdefault(folder, {})[int(number)] = each
    for folder, numbers in by_folder.items():
      for asked, answers in answering(numbers).items():
        conversions[f'{folder}/{asked}'] = numbers[answers]
  return conversions
