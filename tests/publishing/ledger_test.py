"""What slimhub remembers of a folder, and whom it refuses to replace."""

import pytest

from exporter import errors
from exporter.publishing import content
from exporter.publishing import ledger

_OLD, _NEW = content.of_text('old'), content.of_text('new')
_THEIRS = content.of_text('theirs')
_NAME = 'a/b'


def _ledger(folder, layout='oci'):
  return ledger.Ledger(folder, layout)


def test_a_folder_may_be_new_or_empty_and_nothing_is_written(tmp_path):
  _ledger(tmp_path / 'new')
  (tmp_path / '.slimhub-lock').touch()
  _ledger(tmp_path)
  assert not (tmp_path / 'new').exists()


def test_a_folder_of_others_is_refused(tmp_path):
  (tmp_path / 'thesis.tex').touch()
  with pytest.raises(errors.PublishError, match=r'holds thesis\.tex, which'):
    _ledger(tmp_path)


def test_a_folder_for_somebody_else_is_refused(tmp_path):
  _ledger(tmp_path).settle(_NAME, {'x': _NEW})
  with pytest.raises(errors.PublishError, match='expected kaggle'):
    _ledger(tmp_path, 'kaggle')


@pytest.mark.parametrize('text', ['', 'x', '{}', '{"uploads": 3}'])
def test_a_ledger_that_is_none_is_refused(tmp_path, text):
  (tmp_path / '.slimhub-published.json').write_text(text)
  with pytest.raises(errors.PublishError, match='does not say'):
    _ledger(tmp_path)


def test_a_ledger_of_thousands_of_uploads_is_read(tmp_path):
  files = {f'file {number}': _NEW for number in range(60_000)}
  _ledger(tmp_path).settle(_NAME, files)
  assert (tmp_path / '.slimhub-published.json').stat().st_size > 2**22
  _ledger(tmp_path).check(_NAME, {'file 7': _NEW.sha256}, {})


def test_a_ledger_that_is_a_link_is_refused_with_advice(tmp_path):
  (tmp_path / '.slimhub-published.json').symlink_to('/dev/zero')
  with pytest.raises(
    errors.SlimhubError, match=r'is a link, .* name an empty or'
  ):
    _ledger(tmp_path)


def test_what_was_changed_or_added_is_not_replaced(tmp_path):
  _ledger(tmp_path).settle(_NAME, {'x': _OLD})
  ledger_ = _ledger(tmp_path)
  ledger_.check(_NAME, {'x': _OLD.sha256}, {'x': _NEW})
  ledger_.check(_NAME, {}, {'x': _NEW})
  with pytest.raises(errors.PublishError, match='x was changed since'):
    ledger_.check(_NAME, {'x': _THEIRS.sha256}, {'x': _NEW})
  with pytest.raises(errors.PublishError, match='y is not from slimhub'):
    ledger_.check(_NAME, {'y': _OLD.sha256}, {'x': _NEW})


def test_between_two_states_both_are_known(tmp_path):
  ledger_ = _ledger(tmp_path)
  ledger_.settle(_NAME, {'x': _OLD})
  ledger_.expect(_NAME, {'x': _NEW})
  after_a_kill = _ledger(tmp_path)
  for each in (_OLD, _NEW):
    after_a_kill.check(_NAME, {'x': each.sha256}, {'x': _THEIRS})
  ledger_.settle(_NAME, {'x': _NEW})
  with pytest.raises(errors.PublishError, match='changed since'):
    _ledger(tmp_path).check(_NAME, {'x': _OLD.sha256}, {'x': _THEIRS})
