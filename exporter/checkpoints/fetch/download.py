"""Downloads one URL to one file: resumes, retries, and limits its size."""

from collections.abc import Callable
import contextlib
import dataclasses
import os
import re
import shutil
import threading
import time
import urllib.parse
import urllib.request

import requests
import urllib3

from exporter import errors
from exporter import storage
from exporter.checkpoints import members
from exporter.checkpoints.fetch import session as session_lib
from model_specs import outside

MAX_BYTES = members.MAX_BYTES  # Of any file, whatever a server announces.
_CHUNK = 2**16
# Bytes a second. A transfer that is slower for as long as the timeout has
# stalled.
_SLOW = 1000
_NUMBER = '[0-9]{1,18}'
_PROGRESS = 2**20  # After so many more bytes, all retries are granted again.
_MAX_WAIT = 60  # Seconds between two tries, even if a server asks for more.
# The status codes after which another try may succeed.
_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_ADVICE = {
  401: 'a user and a password stand in ~/.netrc, or in the URL of --mirror',
  403: 'it forbids this; a proxy or a --mirror may have it',
  404: 'it has no such file; see that the --mirror is right, or name one',
  407: 'the proxy asks for a password; put it into HTTPS_PROXY',
}
_LOCAL_ADVICE = 'name the folder of the archives with --mirror'
_OTHER_ADVICE = 'try again later, or name a --mirror'


@dataclasses.dataclass(frozen=True)
class Policy:
  """How patient a download is."""

  timeout: float = 30.0  # Seconds that nothing, or almost nothing, may arrive.
  retries: int = 5  # How often in a row, without progress in between.
  backoff: float = 0.5  # Seconds to wait; doubled from one try to the next.


DEFAULT = Policy()


class _AgainError(Exception):
  """A try failed in a way that another one may not."""

  def __init__(self, reason: str, retry_after: str | None = None):
    super().__init__(reason)
    self.retry_after = retry_after


class StoppedError(errors.FetchError):
  """The download was stopped; the next run resumes it."""


class Download:
  """Downloads one URL into a partial file, over as many runs as it takes.

  Only the missing rest is requested, on the condition (If-Range) that the file
  on the server is still the same. If it is not, the server sends the whole
  file, and the partial file is started again.
  """

  def __init__(
    self,
    url: str,
    part: storage.Part,
    policy: Policy,
    stop: threading.Event,
    moved: Callable[[int, int], None],
  ):
    """Prepares a download; `run` does it.

    Args:
      url: A URL that begins with http://, https:// or file://.
      part: The partial file, which the caller has locked.
      policy: How patient to be.
      stop: When it is set, the download ends with a StoppedError.
      moved: Called with the changes of two numbers: how many bytes are there,
        and how many are expected in the end.
    """
    self._url, self._part = url, part
    self._name = session_lib.shown(url)
    self._policy, self._stop, self._moved = policy, stop, moved
    self._expected: int | None = None
    self._counted = self._announced = 0  # As `moved` knows them.
    # Whether the part may hold bytes of two answers of the server.
    self.was_resumed = False

  def _fail(self, reason: str, advice: str) -> errors.FetchError:
    return errors.FetchError(f'{self._name}: {reason}; {advice}')

  def _tell(self, size: int, expected: int | None) -> None:
    expected = expected or size
    self._moved(size - self._counted, expected - self._announced)
    self._counted, self._announced = size, expected

  def run(self, expected: int | None = None) -> None:
    """Downloads until the partial file is complete.

    Args:
      expected: The size of the complete file in bytes, if it is known.

    Raises:
      FetchError: The file cannot be downloaded; the message says why and what
        to do.
      StoppedError: The download was stopped.
    """
    self._expected = expected
    if self._url.startswith('file:'):
      self._copy()
      return
    retry, reached = self._retries(), self._part.size
    while True:
      try:
        self._attempt()
        return
      except _AgainError as error:
        if self._part.size - reached > _PROGRESS:
          retry, reached = self._retries(), self._part.size
        try:
          retry = retry.increment(error=error)
        except urllib3.exceptions.MaxRetryError:
          reason = f'{error}, {self._policy.retries + 1} times in a row'
          raise self._fail(reason, _OTHER_ADVICE) from error
        self._wait(retry, error)

  def _retries(self) -> urllib3.Retry:
    return urllib3.Retry(
      self._policy.retries,
      backoff_factor=self._policy.backoff,
      backoff_max=_MAX_WAIT,
      backoff_jitter=self._policy.backoff,
    )

  def _wait(self, retry: urllib3.Retry, error: _AgainError) -> None:
    seconds = retry.get_backoff_time()
    if error.retry_after is not None:
      with contextlib.suppress(urllib3.exceptions.InvalidHeader):
        server_seconds = retry.parse_retry_after(error.retry_after)
        seconds = min(max(server_seconds, seconds), _MAX_WAIT)
    if self._stop.wait(seconds):
      raise StoppedError('stopped')

  def _copy(self) -> None:
    """Copies a file:// URL."""
    path = urllib.request.url2pathname(urllib.parse.urlsplit(self._url).path)
    try:
      source = outside.open_file(path)
    except (OSError, ValueError) as error:  # The latter for a null character.
      raise self._fail(session_lib.cause(error), _LOCAL_ADVICE) from error
    with source:
      size = os.fstat(source.fileno()).st_size
      self._check_length(size)
      self._part.begin(self._name, None, size)
      while chunk := source.read(_CHUNK):
        self._write(chunk, size)

  def _attempt(self) -> None:
    """Requests what is missing, once.

    Raises:
      _AgainError: It failed, and another try may succeed.
      FetchError: It failed for good.
    """
    if self._part.is_whole(self._name):
      return
    headers = {'Accept-Encoding': 'identity'}
    validator = self._part.validator(self._name)
    if self._part.size and validator:
      headers['Range'] = f'bytes={self._part.size}-'
      headers['If-Range'] = validator
    try:
      with (
        session_lib.Session() as session,
        session.get(
          self._url, headers=headers, stream=True, timeout=self._policy.timeout
        ) as response,
      ):
        self._check_status(response)
        self._receive(response)
    except session_lib.LeavesHttpsError as error:
      raise self._fail(str(error), 'name a --mirror') from error
    except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
      reason = f'no answer for {self._policy.timeout:g} s'
      raise _AgainError(reason) from error
    except requests.exceptions.SSLError as error:
      raise self._fail(
        session_lib.cause(error),
        'if the certificate is one of your own network, REQUESTS_CA_BUNDLE '
        'names the file that holds it',
      ) from error
    except (requests.ConnectionError, urllib3.exceptions.HTTPError) as error:
      raise _AgainError(session_lib.cause(error)) from error
    except requests.RequestException as error:
      raise self._fail(str(error), _OTHER_ADVICE) from error

  def _check_status(self, response: requests.Response) -> None:
    """Raises an error unless the body of the answer is (part of) the file."""
    status = response.status_code
    if status == 416:
      self._part.discard()
      raise _AgainError('it does not have the part that is asked for')
    if status in _AGAIN:
      after = response.headers.get('Retry-After')
      raise _AgainError(f'answer {status} {response.reason}', after)
    if status not in (200, 206):
      raise self._fail(
        f'answer {status} {response.reason}', _ADVICE.get(status, _OTHER_ADVICE)
      )

  def _check_length(self, total: int | None) -> None:
    """Raises a FetchError for a length that is wrong, or has no room."""
    if None not in (total, self._expected) and total != self._expected:
      raise self._fail(
        f'it is {total} bytes long, expected {self._expected}',
        'it is not the archive that was published; name a --mirror that has it',
      )
    length = total or self._expected or 0
    if length > MAX_BYTES:
      raise self._fail(
        f'it is {length} bytes long, expected at most {MAX_BYTES}',
        'it is another file; name a --mirror that has the right one',
      )
    folder = self._part.path.parent
    room = shutil.disk_usage(folder).free
    if length - self._part.size > room:
      raise self._fail(
        f'it is {length} bytes long, and {folder} has room for {room}',
        'make room, or name another --checkpoint_dir',
      )

  def _begin(self, response: requests.Response) -> int | None:
    """Prepares the partial file for the body of an answer.

    Returns:
      The size of the complete file, or None if the server does not say.
    """
    total: int | None = None
    if response.status_code == 206:
      size = self._part.size
      spans = re.fullmatch(
        rf'bytes ({_NUMBER})-{_NUMBER}/({_NUMBER})',
        response.headers.get('Content-Range', ''),
      )
      if not spans or int(spans[1]) != size:
        self._part.discard()
        raise _AgainError('it sends another part than was asked for')
      self.was_resumed = True
      self._check_length(total := int(spans[2]))
      return total
    announced = response.headers.get('Content-Length', '')
    if re.fullmatch(_NUMBER, announced):
      total = int(announced)
    self._check_length(total)
    etag = response.headers.get('ETag', '')
    strong = etag if etag.startswith('"') else None
    validator = strong or response.headers.get('Last-Modified')
    self._part.begin(self._name, validator, total)
    return total

  def _receive(self, response: requests.Response) -> None:
    """Appends the body of an answer to the partial file."""
    total = self._begin(response)
    window_start, window_size = time.monotonic(), self._part.size
    # The archive itself is compressed. It must not be decompressed on the way,
    # even if a header calls the compression a content encoding.
    while chunk := response.raw.read1(_CHUNK, decode_content=False):
      self._write(chunk, total)
      seconds = time.monotonic() - window_start
      if seconds > self._policy.timeout:
        if self._part.size - window_size < _SLOW * seconds:
          raise _AgainError(f'less than {_SLOW} bytes a second')
        window_start, window_size = time.monotonic(), self._part.size
    if total is not None and self._part.size < total:
      raise _AgainError(f'cut after {self._part.size} of {total} bytes')

  def _write(self, chunk: bytes, total: int | None) -> None:
    if self._stop.is_set():
      raise StoppedError('stopped')
    limit = self._expected or total or MAX_BYTES
    size = self._part.size + len(chunk)
    if size > limit:
      raise self._fail(
        f'it does not end after {limit} bytes',
        'it is another file; name a --mirror that has the right one',
      )
    self._part.append(chunk)
    self._tell(size, self._expected or total)
