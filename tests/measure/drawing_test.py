"""A drawing is SVG, whatever is written into it."""

from xml.etree import ElementTree

from exporter.measure import drawing

_SVG = '{http://www.w3.org/2000/svg}'


def test_what_is_drawn_is_there():
  canvas = drawing.Drawing()
  canvas.text(8, 16, 'a <b> & c', turn=-60)
  canvas.text(8, 32, 'd')
  canvas.rectangle(drawing.Box(1, 2, 3, 4), drawing.RED, 0.25, 'what it is')
  canvas.rectangle(drawing.Box(5, 6, 7, 8), drawing.BLUE)
  root = ElementTree.fromstring(canvas.to_svg(200, 100.5))
  assert root.get('viewBox') == '0 0 200 100.5'
  assert 'background: white' in root.get('style', '')
  first, second = root.findall(f'{_SVG}text')
  assert first.text == 'a <b> & c'
  assert first.get('transform') == 'rotate(-60 8 16)'
  assert second.get('transform') is None
  faint, full = root.findall(f'{_SVG}rect')
  assert faint.get('fill-opacity') == '0.250'
  assert faint.findtext(f'{_SVG}title') == 'what it is'
  assert (full.get('width'), full.get('fill-opacity')) == ('7.0', None)


def test_what_cannot_be_seen_is_spelled():
  canvas = drawing.Drawing()
  canvas.text(0, 0, 'a\x1bb')
  assert ElementTree.fromstring(canvas.to_svg(1, 1))[0].text == r'a\x1bb'
