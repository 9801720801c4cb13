"""What an error says of the machine is told apart from what was read."""

import errno
import os

import pytest
import tensorflow as tf

from exporter import errors
from exporter import faults
from exporter import results
import model_specs
from model_specs import outside

_OP = (None, None)


@pytest.mark.parametrize(
  ('error', 'advice'),
  [
    (RuntimeError('std::bad_alloc'), 'ran out of memory'),
    (
      tf.errors.ResourceExhaustedError(*_OP, 'OOM when allocating tensor'),
      'ran out of memory',
    ),
    (OSError(errno.ENOSPC, 'No space left on device'), 'the disk is full'),
    (
      tf.errors.ResourceExhaustedError(*_OP, '/x; No space left on device'),
      'the disk is full',
    ),
    (PermissionError(errno.EACCES, 'Permission denied'), 'readable and writ'),
    (OSError(errno.EROFS, os.strerror(errno.EROFS)), 'readable and writable'),
    (tf.errors.PermissionDeniedError(*_OP, '/x; denied'), 'readable and writ'),
    (OSError(errno.EFBIG, os.strerror(errno.EFBIG)), 'ulimit -f'),
    (OSError(errno.EMFILE, os.strerror(errno.EMFILE)), 'ulimit -n'),
    (OSError(errno.EIO, os.strerror(errno.EIO)), 'the system logs'),
    (RuntimeError('Failed to allocate memory for requested buffer'), 'memory'),
    (
      RuntimeError('cannot allocate memory for thread-local data: ABORT'),
      'ran out of memory',
    ),
    (RuntimeError("can't start new thread"), 'ulimit -u'),
    (
      ImportError('x.so: failed to map segment from shared object'),
      'ran out of memory',
    ),
  ],
)
def test_the_machine_is_at_fault(error, advice):
  assert advice in faults.of_machine(error)
  with pytest.raises(errors.MachineError, match=r'^it: '):
    faults.check_machine('it', error)


@pytest.mark.parametrize(
  'error',
  [
    ValueError('shapes differ'),
    outside.NotUsableError(errno.EFBIG, 'has more than 9 bytes', 'x'),
    FileNotFoundError(errno.ENOENT, 'No such file or directory', 'x'),
    tf.errors.DataLossError(*_OP, 'checksum does not match'),
    tf.errors.InvalidArgumentError(*_OP, 'no such node'),
    tf.errors.NotFoundError(*_OP, 'x; No such file or directory'),
  ],
)
def test_what_was_read_is_at_fault(error):
  assert not faults.of_machine(error)
  faults.check_machine('it', error)


@pytest.mark.parametrize(
  ('number', 'advice'),
  [
    (errno.ENOSPC, 'the disk is full'),
    (errno.EEXIST, 'a folder is needed'),
    (errno.ENOTDIR, 'a folder is needed'),
    (errno.EISDIR, 'a file is needed'),
    (errno.ELOOP, 'links lead in a circle'),
    (errno.ENAMETOOLONG, 'about 255 bytes'),
    (errno.ENOENT, 'see that what it names is there'),
  ],
)
def test_what_is_wrong_with_a_path_has_an_advice(number, advice):
  error = OSError(number, os.strerror(number), 'a/path')
  assert advice in faults.advice(error)

  def work() -> results.Result:
    raise error

  assert advice in results.attempt('it', work).reason


@pytest.mark.parametrize(
  ('error', 'kind'),
  [
    (OSError(errno.ENOSPC, 'No space left on device'), errors.MachineError),
    (FileNotFoundError(errno.ENOENT, 'No such file'), errors.SlimhubError),
  ],
)
def test_an_error_of_the_system_fails_one_piece_of_work(error, kind):
  def work() -> results.Result:
    raise error

  result = results.attempt('it', work)
  assert result.status == results.FAILED
  assert result.reason.startswith('it: ')
  with pytest.raises(kind):
    result.raise_if_failed()


def test_a_file_of_specs_that_is_wrong_fails_one_piece_of_work():
  def work() -> results.Result:
    raise model_specs.SpecError('checksums.tsv is no file of checksums')

  result = results.attempt('it', work)
  assert result.status == results.FAILED
  assert result.reason == 'checksums.tsv is no file of checksums'
  with pytest.raises(errors.SlimhubError):
    result.raise_if_failed()


def test_short_memory_ends_the_process():
  """The process that takes its place has all the memory again."""

  def work() -> results.Result:
    raise MemoryError

  assert 'ran out of memory' in faults.of_machine(MemoryError())
  with pytest.raises(MemoryError):
    faults.check_machine('it', MemoryError())
  with pytest.raises(MemoryError):
    results.attempt('it', work)


def test_the_end_of_a_log_is_what_was_said_and_no_stack():
  said = 'F0000 env.cc:98] Check failed: pthread_create() failed.\n'
  frames = '*** Check failure stack trace: ***\n'
  frames += '    @     0x7f3a9c2e5d4f  absl::Fatal()\n' * 30
  assert faults.end_of(f'started\n{said}{frames}') == [
    'started',
    said.rstrip(),
  ]
  assert faults.end_of('a line\n' * 9) == ['a line'] * 5
