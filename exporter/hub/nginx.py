"""Lets nginx send the files that a hub decides on, as it is good at it.

The hub answers with the name of a file in place of its content, in a header.
"""

import pathlib
import re

from exporter import errors
from exporter import storage

NAME = 'X-Accel-Redirect'
# No address of a hub begins with a dot.
STOCK = '/.slimhub-stock/'
# What nginx takes of an answer by itself, where it sends the file.
_TAKEN = ('Cache-Control', 'Content-Disposition', 'Content-Type')
# What else an answer may say of a file.
_SAID = (
  *('Access-Control-Allow-Origin', 'Access-Control-Expose-Headers'),
  *('Content-Security-Policy', 'ETag', 'Referrer-Policy', 'Vary'),
  *('X-Content-Type-Options', 'X-Frame-Options', 'X-Goog-Hash'),
)
_PATH = re.compile(r'[^\x00-\x1f"$\\]+')  # nginx takes it for nothing else.

_CONFIG = """\
# slimhub serve writes this file anew at each start: include it in a server of
# nginx, and change nothing in it.
location / {{
  proxy_pass {url};
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_read_timeout 600s;  # The first who asks for a bundle lets it be made.
}}
location {stock} {{
  internal;
  alias "{folder}/";
  sendfile on;
  # The hub says what a file is; when its copy was made says nothing.
  etag off;
  if_modified_since off;
  add_header Last-Modified "";
{said}
}}
"""


def _header(name: str) -> str:
  variable = name.lower().replace('-', '_')
  return f'  add_header {name} $upstream_http_{variable} always;'


def write_nginx_config(
  path: pathlib.Path, url: str, stock_dir: pathlib.Path
) -> None:
  """Writes what a server of nginx includes to send the files of a hub.

  Args:
    path: The file to write.
    url: Where the hub listens.
    stock_dir: Where the files of the hub are.

  Raises:
    HubError: It cannot be written, or nginx could not read the path of the
      files.
  """
  folder = f'{stock_dir.resolve()}'
  if not _PATH.fullmatch(folder):
    raise errors.HubError(
      f'{folder!r} has a character that means something else to nginx; name '
      'another --stock_dir'
    )
  said = '\n'.join(map(_header, _SAID))
  text = _CONFIG.format(url=url, stock=STOCK, folder=folder, said=said)
  try:
    storage.write_whole(path, text.encode())
  except OSError as error:
    raise errors.HubError(
      f'cannot write {path}: {error.strerror}; name another --nginx_config'
    ) from error


def handed_on(headers: dict[str, str], file: pathlib.Path) -> dict[str, str]:
  """The headers of an answer that names a file of the stock to nginx.

  Args:
    headers: Those of an answer with the file.
    file: The file.
  """
  kept = {each.lower() for each in (*_TAKEN, *_SAID)}
  taken = {key: value for key, value in headers.items() if key in kept}
  return {**taken, NAME: f'{STOCK}{file.name}'}
