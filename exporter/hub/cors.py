"""Lets pages of other sites read what a hub sends, as tfhub.dev did."""

from starlette import middleware
from starlette.middleware import cors

_METHODS = ('GET', 'HEAD')
# What a page may read of an answer beside the few headers that all may.
_EXPOSED = ('Accept-Ranges', 'Content-Length', 'Content-Range', 'ETag')
_MAX_AGE = 24 * 60 * 60  # Seconds that a browser need not ask again.


def open_to_pages() -> middleware.Middleware:
  """Answers preflight requests of browsers, and marks what pages may read."""
  return middleware.Middleware(
    cors.CORSMiddleware,
    allow_origins=['*'],
    allow_methods=_METHODS,
    allow_headers=['*'],
    expose_headers=_EXPOSED,
    max_age=_MAX_AGE,
  )
