"""An application behind a real socket, in a thread of the test's process."""

from collections.abc import Iterator
import contextlib
import socket
import threading
import time

from starlette import responses
from starlette import types
import uvicorn


async def plain(
  scope: types.Scope, receive: types.Receive, send: types.Send
) -> None:
  """Answers every request with its path; fails at /fail."""
  if scope['path'] == '/fail':
    raise RuntimeError('it fails')
  status = 404 if scope['path'] == '/missing' else 200
  kind = 'text/html' if scope['path'].endswith('.html') else 'text/plain'
  answer = responses.Response(scope['path'], status, media_type=kind)
  await answer(scope, receive, send)


@contextlib.contextmanager
def serve(app: types.ASGIApp) -> Iterator[str]:
  """Serves while the context is open; gives the URL."""
  config = uvicorn.Config(app, http='h11', log_level='critical', lifespan='off')
  server = uvicorn.Server(config)
  with socket.create_server(('127.0.0.1', 0)) as listener:
    thread = threading.Thread(target=server.run, args=[[listener]])
    thread.start()
    try:
      while not server.started:
        time.sleep(0.01)
      yield f'http://127.0.0.1:{listener.getsockname()[1]}'
    finally:
      server.should_exit = True
      thread.join()
