"""A file that is to be downloaded, for tests of what arrives."""

import dataclasses
import pathlib
import threading

import pytest

from exporter import errors
from exporter.checkpoints.fetch import download as download_lib
from exporter.storage import part
from tests.checkpoints import archive_server

# A busy machine may keep a good server from answering for a while; a second is
# for those that shall not answer.
POLICY = download_lib.Policy(timeout=60, retries=2, backoff=0.001)
_IMPATIENT = dataclasses.replace(POLICY, timeout=1)


def policy_for(answer: archive_server.Answer) -> download_lib.Policy:
  """An impatient one for an answer that never comes, or never ends."""
  return _IMPATIENT if answer.stalls or answer.pause else POLICY


class Target:
  """A file that is to be downloaded, and the progress that was reported."""

  def __init__(self, folder: pathlib.Path):
    self.path = folder / 'file'
    self.part = part.Part(self.path)
    self.stop = threading.Event()
    self.moves: list[tuple[int, int]] = []

  def download(self, url, expected=None, policy=POLICY) -> bytes:
    """What arrives."""
    transfer = download_lib.Download(
      url,
      self.part,
      policy,
      self.stop,
      lambda size, total: self.moves.append((size, total)),
    )
    with self.part.locked():
      transfer.run(expected)
      self.part.finish()
    return self.path.read_bytes()

  def refused(self, url, **kwargs) -> str:
    """The message of a download that fails, and leaves nothing."""
    with pytest.raises(errors.FetchError) as raised:
      self.download(url, **kwargs)
    assert not self.path.exists()
    return str(raised.value)
