"""Remembers what slimhub packed, so that nothing of anybody else is removed."""

from collections.abc import Iterable
import pathlib
import re

from exporter import storage

FILE = '.slimhub-packed'
_LINE = re.compile(r'^([0-9a-f]{64})  ([^/\n][^\n]*)\n', re.MULTILINE)


class Ledger:
  """The names and hashes of what slimhub wrote into a folder.

  The file has the form of `sha256sum`. The line of a file is added before the
  file gets into its place, so that a run that is killed leaves nothing behind
  that the next one does not know. The last line of a name counts.
  """

  def __init__(self, folder: pathlib.Path):
    """Reads what earlier runs wrote; writes nothing.

    A line that says nothing, as of a run whose disk was full, is passed over:
    what it was of is written again, and never removed.
    """
    self._path = folder / FILE
    text = ''
    if self._path.exists():
      text = self._path.read_text('utf-8', 'replace')
    self._start = '' if not text or text.endswith('\n') else '\n'
    self._sha256s: dict[str, str] = {}
    for match in _LINE.finditer(text):
      if '..' not in match[2].split('/'):
        self._sha256s[match[2]] = match[1]

  @property
  def names(self) -> frozenset[str]:
    """The paths of the files, from the folder."""
    return frozenset(self._sha256s)

  def sha256(self, name: str) -> str | None:
    """The hash of what was written there; None if slimhub wrote nothing."""
    return self._sha256s.get(name)

  def note(self, name: str, sha256: str) -> None:
    """Notes what is about to be written."""
    if self._sha256s.get(name) == sha256:
      return
    with self._path.open('a', encoding='utf-8') as file:
      file.write(f'{self._start}{sha256}  {name}\n')
    self._start = ''
    self._sha256s[name] = sha256

  def finish(self, names: Iterable[str]) -> None:
    """Notes that there is nothing but some files, which were noted before."""
    self._sha256s = {name: self._sha256s[name] for name in sorted(names)}
    lines = [f'{sha256}  {name}\n' for name, sha256 in self._sha256s.items()]
    text = ''.join(lines).encode()
    if not self._path.exists() or self._path.read_bytes() != text:
      storage.write_whole(self._path, text)
