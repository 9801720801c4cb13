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
_PATH = re.compile(r'[^\x00-\x1f"$\\]+')  # None of this is syntax to nginx.

_NOTE = '# slimhub serve writes this file anew at each start: change nothing.\n'
_UPSTREAM = """\
upstream {name} {{
  server {address};
  keepalive 64;
  keepalive_timeout 2s;  # The hub waits for 5, and both may be late.
}}
"""
_SERVER = """\
location / {{
  proxy_pass http://{name};
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
  target: pathlib.Path, url: str, stock_dir: pathlib.Path
) -> None:
  """Writes what nginx includes to send the files of a hub.

  Args:
    target: The folder to write `http.conf` into, for the whole of nginx, and
      `server.conf`, for a server of it.
    url: Where the hub listens.
    stock_dir: Where the files of the hub are.

  Raises:
    HubError: They cannot be written, or nginx could not read the path of the
      files.
  """
  address = url.partition('//')[2]
  name = f'slimhub_{address.rpartition(":")[2]}'  # Several hubs may be there.
  folder = f'{stock_dir.resolve()}'
  if not _PATH.fullmatch(folder):
    raise errors.HubError(
      f'{folder!r} has a character that means something else to nginx; name '
      'another --stock_dir'
    )
  headers = '\n'.join(map(_header, _SAID))
  texts = {
    'http.conf': _UPSTREAM.format(name=name, address=address),
    'server.conf': _SERVER.format(
      name=name, stock=STOCK, folder=folder, said=headers
    ),
  }
  try:
    for file, text in texts.items():
      storage.write_whole(target / file, f'{_NOTE}{text}'.encode())
  except OSError as error:
    raise errors.HubError(
      f'cannot write into {target}: {error.strerror}; name another --nginx_dir'
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
