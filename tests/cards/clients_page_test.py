"""The page of the clients: every result of the table is on it."""

from exporter.cards import client_results
from exporter.cards import clients_page
from tests.cards import some_result

_OK = some_result.make()
_BROKEN = some_result.make(
  use='adam', tensorflow='2.16.2', result='broken: KeyError: a|b'
)


def _lines(*results):
  return clients_page.clients_page_text(results).splitlines()


def test_a_cell_names_the_releases():
  lines = _lines(_OK, some_result.make(tensorflow='1.15.5'))
  assert f'| {clients_page.USES["infer"]} | 1.15 to 2.21 |' in lines


def test_what_is_broken_is_said_with_its_reason():
  lines = _lines(_OK, _BROKEN)
  assert f'| {clients_page.USES["adam"]} | broken in 2.16 |' in lines
  reason = 'KeyError: a\\|b |'
  assert any(
    line.startswith('| `hub.KerasLayer` | adam |') and line.endswith(reason)
    for line in lines
  )


def test_a_use_of_one_version_says_so():
  save_result = some_result.make(use='save', versions=(4,))
  title = f'| {clients_page.USES["save"]} (version 4) | 2.21 |'
  assert title in _lines(_OK, save_result)


def test_every_use_has_its_words():
  assert {result.use for result in client_results.load_clients()} == set(
    clients_page.USES
  )
