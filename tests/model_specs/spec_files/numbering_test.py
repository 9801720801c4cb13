"""Numbers that would become parts of names are recognized."""

import pytest

from model_specs.spec_files import numbering


@pytest.mark.parametrize(
  'lines',
  [
    ['0,daisy', '1,rose'],
    ['1 white daisy', '2 wild rose'],
    ['0\tdaisy', '1\trose'],
    ['1;rose', '0;daisy'],
    ['daisy:0', 'rose:1'],
    ['daisy,1', 'rose,2'],
    ['0:daisy', '1:rose', 'tulip'],
    ['daisy', '2:rose', 'tulip'],
  ],
)
def test_a_line_with_a_number_is_named(lines):
  assert numbering.unread(lines) in lines


@pytest.mark.parametrize(
  'lines',
  [
    ['daisy', 'rose'],
    ['4:3', '16:9'],
    ['3:2', '4:3', 'panorama'],
    ['1 euro', '2 euro', '5 euro'],
    ['10 cents'],
    ['Boeing 737', 'Boeing 747'],
    ['0', '1', '2'],
    ['18:00', '19:00'],
  ],
)
def test_names_with_numbers_are_names(lines):
  assert not numbering.unread(lines)
