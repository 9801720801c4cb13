"""The sizes and hashes of the published archives that are known."""

from collections.abc import Iterable
import dataclasses
from importlib import resources
import re

from model_specs import checks

FILE = 'checksums.tsv'
# Why an archive is taken for the published one: slimhub knows its checksum, or
# nobody did when it was first seen, and it was taken as it came.
PUBLISHED, FIRST_USE = TRUSTS = ('published', 'first use')
ALGORITHMS = {'sha256': 64, 'sha384': 96}  # Number of hexadecimal digits.
_BYTES = re.compile('[0-9]{1,18}')
_HEADER = (
  '# Written by `slimhub fetch`: what an archive must be, whatever serves it.',
  'url\tbytes\talgorithm\tdigest',
)


@dataclasses.dataclass(frozen=True)
class Checksum:
  """The size and hash of the archive of a URL."""

  url: str  # The URL in the spec, even if a mirror served the archive.
  bytes: int
  algorithm: str
  digest: str

  def __post_init__(self) -> None:
    digits = ALGORITHMS.get(self.algorithm, 0)
    if not re.fullmatch(rf'[0-9a-f]{{{digits}}}', self.digest) or not digits:
      raise checks.SpecError(
        f'checksum of {self.url}: {self.algorithm} {self.digest!r}, expected '
        + ' or '.join(f'{k} in {v} digits' for k, v in ALGORITHMS.items())
      )

  def __str__(self) -> str:
    return f'{self.bytes} bytes, {self.algorithm} {self.digest}'


def parse(text: str, name: str) -> dict[str, Checksum]:
  """Parses checksums.

  Args:
    text: The content of a file of checksums.
    name: What to call the file in an error.

  Returns:
    The checksums by URL.

  Raises:
    SpecError: A line is not a checksum.
  """
  checksums = {}
  for number, line in enumerate(text.splitlines(), 1):
    if line in _HEADER or not line:
      continue
    cells = line.split('\t')
    if len(cells) != 4 or not _BYTES.fullmatch(cells[1]):
      raise checks.SpecError(
        f'{name}, line {number} is {line!r}, expected a URL, a number of '
        'bytes, an algorithm and a hash, with tabs between; delete the line'
      )
    url, size, algorithm, digest = cells
    checksums[url] = Checksum(url, int(size), algorithm, digest)
  return checksums


def render(checksums: Iterable[Checksum]) -> str:
  """The content of a file of checksums, sorted by URL."""
  rows = (
    '\t'.join(map(str, dataclasses.astuple(checksum)))
    for checksum in sorted(checksums, key=lambda checksum: checksum.url)
  )
  return '\n'.join((*_HEADER, *rows)) + '\n'


def published() -> dict[str, Checksum]:
  """The checksums that come with slimhub, by URL."""
  file = resources.files('model_specs').joinpath(FILE)
  return parse(file.read_text('utf-8'), f'model_specs/{FILE}')
