"""Figures of a hub, as Prometheus collects them."""

from collections.abc import Iterator
import os
import pathlib

import prometheus_client
from prometheus_client import multiprocess
from prometheus_client import registry as registry_lib
from prometheus_client import values
from starlette import responses
from starlette import types

from exporter.hub import watching

PATH = '/metrics'
_METHODS = ('GET', 'HEAD', 'OPTIONS', 'POST')  # A client may send any word.
# In seconds: a page takes thousandths, a download over a slow line minutes.
_STEPS = (0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300)
# The variable that tells Prometheus's library where processes share figures.
_SHARED = 'PROMETHEUS_MULTIPROC_DIR'


class _Workers(registry_lib.Collector):
  """Memory, time and files of the processes that answer, each for itself."""

  def collect(self) -> Iterator[prometheus_client.Metric]:
    first = os.getppid()
    children = pathlib.Path(f'/proc/{first}/task/{first}/children')
    pids = children.read_text().split() if children.exists() else []
    together: dict[str, prometheus_client.Metric] = {}
    for pid in pids:
      one = prometheus_client.ProcessCollector(pid=pid.__str__, registry=None)
      for collected in one.collect():
        metric = together.setdefault(
          collected.name,
          prometheus_client.Metric(
            collected.name, collected.documentation, collected.type
          ),
        )
        for sample in collected.samples:
          metric.add_sample(sample.name, {'pid': pid}, sample.value)
    yield from together.values()


class Metrics:
  """Counts requests, and answers who asks for the counts."""

  def __init__(self, app: types.ASGIApp, shared: pathlib.Path | None = None):
    """Begins to count.

    Args:
      app: Answers all other requests.
      shared: An empty folder in which all processes count that are forked from
        this one, so that each of them tells what all have done.
    """
    self._app = app
    own = self._reported = prometheus_client.CollectorRegistry()
    if shared:
      # The library reads the variable when it is imported, which has happened.
      os.environ[_SHARED] = f'{shared}'
      values.ValueClass = values.MultiProcessValue()
      self._reported = prometheus_client.CollectorRegistry()
      multiprocess.MultiProcessCollector(self._reported, f'{shared}')
      self._reported.register(_Workers())
    else:
      prometheus_client.ProcessCollector(registry=own)
    labels = ('method', 'status')
    self._requests = prometheus_client.Counter(
      'slimhub_requests', 'Requests.', labels, registry=own
    )
    self._bytes = prometheus_client.Counter(
      'slimhub_sent_bytes', 'Bytes of answers.', registry=own
    )
    self._seconds = prometheus_client.Histogram(
      'slimhub_request_seconds',
      'Seconds until an answer was sent.',
      buckets=_STEPS,
      registry=own,
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
        prometheus_client.generate_latest(self._reported),
        headers={'cache-control': 'no-store'},
        media_type=prometheus_client.CONTENT_TYPE_LATEST,
      )
    await app(scope, receive, send)
