"""Figures of a hub, as Prometheus collects them."""

import prometheus_client
from starlette import responses
from starlette import types

from exporter.hub import watching

PATH = '/metrics'
_METHODS = ('GET', 'HEAD', 'OPTIONS', 'POST')  # A client may send any word.
# In seconds: a page takes thousandths, a download over a slow line minutes.
_STEPS = (0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300)


class Metrics:
  """Counts requests, and answers who asks for the counts."""

  def __init__(self, app: types.ASGIApp):
    self._app = app
    self._registry = prometheus_client.CollectorRegistry()
    prometheus_client.ProcessCollector(registry=self._registry)
    labels = ('method', 'status')
    self._requests = prometheus_client.Counter(
      'slimhub_requests', 'Requests.', labels, registry=self._registry
    )
    self._bytes = prometheus_client.Counter(
      'slimhub_sent_bytes', 'Bytes of answers.', registry=self._registry
    )
    self._seconds = prometheus_client.Histogram(
      'slimhub_request_seconds',
      'Seconds until an answer was sent.',
      buckets=_STEPS,
      registry=self._registry,
    )

  def see(self, seen: watching.Seen) -> None:
    """Counts a request."""
    method = seen.method if seen.method in _METHODS else 'other'
    self._requests.labels(method, seen.status).inc()
    self._bytes.inc(seen.bytes)
    self._seconds.observe(seen.seconds)

  async def __call__(
    self, scope: types.Scope, receive: types.Receive, send: types.Send
  ) -> None:
    """Answers a request."""
    app = self._app
    is_asked = scope['type'] == 'http' and scope['path'] == PATH
    if is_asked and scope['method'] in ('GET', 'HEAD'):
      app = responses.Response(
        prometheus_client.generate_latest(self._registry),
        headers={'cache-control': 'no-store'},
        media_type=prometheus_client.CONTENT_TYPE_LATEST,
      )
    await app(scope, receive, send)
