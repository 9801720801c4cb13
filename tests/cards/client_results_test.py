"""The results of the clients: read, written, held to their form."""

from importlib import resources

import pytest

from exporter.cards import client_results as clients
from tests.cards import some_result

_RESULT = some_result.make(versions=(4, 5))
_BROKEN = some_result.make(use='adam', result="broken: KeyError: 'a\tb'")


def test_what_is_written_is_read():
  text = clients.render([_RESULT, _BROKEN])
  assert clients.parse(text) == (_RESULT, _BROKEN)


def test_a_result_says_whether_and_why():
  assert (_RESULT.works, _RESULT.reason) == (True, '')
  assert (_BROKEN.works, _BROKEN.reason) == (False, "KeyError: 'a\tb'")


def test_a_failure_of_ours_cannot_be_written():
  with pytest.raises(clients.ClientsError, match=r"infer: .* 'failed: x'"):
    some_result.make(result='failed: x')


def test_other_columns_are_refused():
  text = clients.render([_RESULT]).replace('keras', 'kitten', 1)
  with pytest.raises(clients.ClientsError, match=r'the columns are .*kitten'):
    clients.parse(text)


def test_the_committed_file_is_in_its_own_form():
  results = clients.load()
  assert len(set(results)) == len(results) > 100
  path = resources.files('exporter') / clients.FILE
  assert clients.render(results) == path.read_text('utf-8')


def test_every_version_and_format_was_tried():
  seen = {number for result in clients.load() for number in result.versions}
  assert seen == {1, 2, 3, 4, 5}
