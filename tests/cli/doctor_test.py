"""Broken combinations of packages are named, with the fix."""

import pytest

from exporter.cli import doctor
from exporter.cli import entry

_SOUND = {
  'tensorflow': '2.21.0',
  'tensorflow-hub': '0.16.1',
  'tf-slim': '1.1.0',
  'tf_keras': '2.21.0',
  'setuptools': '81.0.0',
}


def test_a_sound_installation_has_no_problem():
  assert not doctor.problems(_SOUND.get)
  assert not doctor.problems(
    {**_SOUND, 'tensorflow': '2.16.1', 'tf_keras': '2.16.0'}.get
  )


def test_tf_keras_may_be_absent():
  assert not doctor.problems({**_SOUND, 'tf_keras': None}.get)


@pytest.mark.parametrize(
  ('package', 'version', 'fix'),
  [
    ('tensorflow', None, "pip install 'tensorflow=="),
    ('tensorflow', '2.15.0', 'outside 2.16 to 2.21'),
    ('tensorflow', '3.0.0', 'outside 2.16 to 2.21'),
    ('tf-slim', '1.0.0', 'pip install tf-slim==1.1.0'),
    ('tf-slim', None, 'pip install tf-slim==1.1.0'),
    ('tensorflow-hub', None, "pip install 'tensorflow-hub'"),
    ('setuptools', '82.0.0', "pip install 'setuptools<82'"),
    ('setuptools', None, "pip install 'setuptools<82'"),
    ('tf_keras', '2.18.0', "pip install 'tf_keras==2.21.*'"),
  ],
)
def test_a_broken_combination_is_named_with_its_fix(package, version, fix):
  problems = doctor.problems({**_SOUND, package: version}.get)
  assert any(package in p and fix in p for p in problems)


def test_this_installation_is_sound():
  assert not doctor.problems()
  assert not doctor.broken_imports()


def test_a_package_of_models_that_is_wrong_is_named(
  tmp_path, monkeypatch, capsys
):
  about = tmp_path / 'acme_models-1.0.dist-info'
  about.mkdir()
  (about / 'METADATA').write_text('Name: acme-models\nVersion: 1.0\n')
  (about / 'entry_points.txt').write_text('[slimhub.models]\na = acme_away:X\n')
  monkeypatch.syspath_prepend(tmp_path)
  monkeypatch.setattr(doctor, 'broken_imports', list)  # They take long.
  assert entry.main(entry.parse(['slimhub', 'doctor'])) == 1
  output = capsys.readouterr().out
  assert 'problem: package acme-models: its entry point a of slimhub' in output
  assert "No module named 'acme_away'" in output
  assert 'no problem found' not in output
