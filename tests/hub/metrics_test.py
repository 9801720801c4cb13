"""Prometheus' own parser reads the figures, and clients add no labels."""

from prometheus_client import parser
import requests

from exporter.hub import metrics
from exporter.hub import watching
from tests.hub import served_app


def _figures(url: str) -> dict[tuple, float]:
  answer = requests.get(f'{url}{metrics.PATH}', timeout=60)
  assert answer.status_code == 200
  assert answer.headers['Content-Type'].startswith('text/plain; version=')
  return {
    (sample.name, *sample.labels.values()): sample.value
    for family in parser.text_string_to_metric_families(answer.text)
    for sample in family.samples
  }


def test_requests_are_counted():
  counted = metrics.Metrics(served_app.plain)
  app = watching.Watch(counted, [counted.see])
  with served_app.serve(app) as url:
    for path in ('a', 'b', 'missing'):
      requests.get(f'{url}/{path}', timeout=60)
    requests.request('NONSENSE', f'{url}/a', timeout=60)
    figures = _figures(url)
  assert figures['slimhub_requests_total', 'GET', '200'] == 2
  assert figures['slimhub_requests_total', 'GET', '404'] == 1
  assert figures['slimhub_requests_total', 'other', '200'] == 1
  assert figures['slimhub_sent_bytes_total',] == len('/a/b/missing/a')
  assert figures['slimhub_request_seconds_count',] == 4
