"""Asks servers for files, and follows them where that is safe."""

import urllib.parse

import requests


def shown(url: str) -> str:
  """A URL to be shown: without the user and password that it may hold."""
  parts = urllib.parse.urlsplit(url)
  return parts._replace(netloc=parts.netloc.rpartition('@')[2]).geturl()


class LeavesHttpsError(Exception):
  """A server redirects to where anybody on the way can change what is sent."""


class Session(requests.Session):
  """Follows redirects, but not from https to another protocol."""

  def get_redirect_target(self, resp: requests.Response) -> str | None:
    """The URL that an answer redirects to, before anybody asks for it."""
    target = super().get_redirect_target(resp)
    if target and _is_secure(resp.url):
      url = urllib.parse.urljoin(resp.url, target)
      if not _is_secure(url):
        raise LeavesHttpsError(
          f'it redirects to {shown(url)}, where anybody on the way can change '
          'what is sent'
        )
    return target


def _is_secure(url: str) -> bool:
  return urllib.parse.urlsplit(url).scheme == 'https'


def cause(error: BaseException) -> str:
  """The message of the system.

  The exceptions around it name objects in memory, which help nobody.
  """
  root: BaseException = error
  while root.__context__ is not None:
    root = root.__context__
  words = root.strerror if isinstance(root, OSError) else None
  return words or str(root) or type(root).__name__
