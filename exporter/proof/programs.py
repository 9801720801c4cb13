"""What is known of programs: how TensorFlow's loaders fared with each of them.

To load an artifact as its users do takes seconds, and what comes of it depends
on its program and on TensorFlow alone. So it is done once for each program, and
never again: by the makers of slimhub, whose answers are in PROGRAMS; by this
user, whose answers are in the user's cache; or by this process. An answer is
found by the program's digest, the version of TensorFlow and a hash of the code
that loads, asks and compares. So no answer is used for another program,
TensorFlow or comparison. What is fed meanwhile, as `reference` chooses it, is
not in that hash: a program that loads and trains does so with any pictures.
"""

from collections.abc import Iterable
from collections.abc import Mapping
import dataclasses
import functools
import hashlib
from importlib import resources
import pathlib
import re

from exporter import errors
from exporter import storage

PROGRAMS = 'programs.tsv'
THROUGH, GRADIENTS = 'through TensorFlow', 'gradients'
_HEADER = (
  "# Written by `make programs`: what TensorFlow's loaders made of programs.",
  'tensorflow\tasked\tdigest\tthrough\tgradients\tproven\thandle',
)
_ROW = re.compile(
  r'(?P<tensorflow>\S+)\t(?P<asked>[0-9a-f]{64})\t(?P<digest>[0-9a-f]{64})\t'
  r'(?P<through>[1-9][0-9]*)\t(?P<gradients>[0-9]+)\t'
  r'(?P<proven>[0-9]{4}-[0-9]{2}-[0-9]{2})\t(?P<handle>\S+)'
)
# What loads, asks and compares, and what tells programs apart.
_SOURCES = ('stranger.py', 'agreement.py', 'comparison.py', 'program.py')


@dataclasses.dataclass(frozen=True)
class Answer:
  """What TensorFlow's loaders made of a program, in which nothing was wrong."""

  through: int  # How many outputs, names and values were compared.
  # How many trainable variables get a finite gradient; 0 if it cannot train.
  gradients: int
  # The day on which the makers of slimhub asked; empty for anybody else.
  proven: str = ''

  def checks(self) -> tuple[storage.Check, ...]:
    """The answer as a manifest has it."""
    counts = {THROUGH: self.through, GRADIENTS: self.gradients}
    return tuple(
      storage.Check(name, count, 0.0, 0.0, self.proven)
      for name, count in counts.items()
      if count
    )


@dataclasses.dataclass(frozen=True)
class Program:
  """A program that the makers of slimhub asked TensorFlow's loaders for."""

  tensorflow: str
  asked: str  # What `asked` returned then.
  digest: str
  answer: Answer
  handle: str  # Of the first artifact that has the program.

  def __str__(self) -> str:
    answer = self.answer
    counts = f'{answer.through}\t{answer.gradients}'
    question = f'{self.tensorflow}\t{self.asked}\t{self.digest}'
    return f'{question}\t{counts}\t{answer.proven}\t{self.handle}'


@functools.cache
def asked() -> str:
  """A hash of the sources that ask and compare."""
  folder = pathlib.Path(__file__).parent
  texts = tuple((folder / name).read_text('utf-8') for name in _SOURCES)
  return hashlib.sha256(repr(texts).encode()).hexdigest()


def parse(text: str, name: str) -> tuple[Program, ...]:
  """Parses the content of PROGRAMS.

  Args:
    text: The content.
    name: What to call the file in an error.

  Raises:
    ProofError: A line is no program; nothing of such a file is believed.
  """
  programs = []
  for number, line in enumerate(text.splitlines(), 1):
    if line in _HEADER:
      continue
    row = _ROW.fullmatch(line)
    if not row:
      raise errors.ProofError(
        f'{name}, line {number} is {line!r:.200}, expected '
        f'{_HEADER[1].expandtabs(1)} with tabs between; install slimhub again, '
        'or prove without the file: --prove=fresh'
      )
    counts = int(row['through']), int(row['gradients'])
    answer = Answer(*counts, row['proven'])
    programs.append(
      Program(
        row['tensorflow'], row['asked'], row['digest'], answer, row['handle']
      )
    )
  return tuple(programs)


def render(programs: Iterable[Program]) -> str:
  """The content of PROGRAMS, sorted by handle."""
  rows = sorted(programs, key=lambda program: (program.handle, str(program)))
  return '\n'.join((*_HEADER, *map(str, rows))) + '\n'


def _tensorflow() -> str:
  """The version of TensorFlow that answers."""
  # The process that hands answers from one worker to another does without.
  import tensorflow as tf

  return tf.__version__


@functools.cache
def published() -> Mapping[str, Answer]:
  """By digest, what the makers of slimhub know of this TensorFlow.

  Raises:
    ProofError: The file is damaged.
  """
  file = resources.files('exporter.proof').joinpath(PROGRAMS)
  programs = parse(file.read_text('utf-8'), f'exporter/proof/{PROGRAMS}')
  question = _tensorflow(), asked()
  return {
    program.digest: program.answer
    for program in programs
    if (program.tensorflow, program.asked) == question
  }


_here: dict[str, Answer] = {}


def known_here() -> Mapping[str, Answer]:
  """What this process has found out, to be handed to another one."""
  return dict(_here)


def learn(answers: Mapping[str, Answer]) -> None:
  """Takes over what another process with the same packages has found out."""
  _here.update(answers)


def _causes(digest: str) -> tuple[str, ...]:
  return 'program', digest, _tensorflow(), asked()


def find(digest: str) -> Answer | None:
  """The answer for a program, by its digest; None if nobody knows it."""
  return (
    published().get(digest)
    or _here.get(digest)
    or storage.read_memo(Answer, _causes(digest))
  )


def remember(digest: str, answer: Answer) -> None:
  """Keeps an answer, for this process and for later ones."""
  _here[digest] = answer
  storage.write_memo(_causes(digest), answer)
