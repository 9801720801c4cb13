"""Draws accuracy against multiply-adds as SVG, with a mark for each model."""

from collections.abc import Iterable
from collections.abc import Sequence
import dataclasses
import math

from exporter import elements
from exporter.site import choice
from exporter.site import entries as entries_lib
import model_specs

# Families take both in turn. The numbers have no common factor, so that the
# marks of 35 families differ.
_COLORS, _SHAPES = 7, 5
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 12, 46  # Margins.
_RADIUS = 5.5
_TICKS = (1, 2, 5)
# The width of a decade of the axis from which on all its ticks have a label.
_MIN_DECADE = 130


@dataclasses.dataclass(frozen=True)
class Shape:
  """The size of a chart."""

  width: int
  height: int
  unknown: int  # Width of the strip for models whose MACs are not known.
  name: str  # Part of a class of CSS.

  @property
  def right(self) -> float:
    """The x at which the axis of MACs ends."""
    return self.width - _RIGHT - self.unknown


WIDE = Shape(880, 440, 120, 'wide')
NARROW = Shape(380, 430, 70, 'narrow')


def style(
  family: model_specs.Family, families: Sequence[model_specs.Family]
) -> str:
  """The class of CSS that gives the marks of a family their colour."""
  return f'chart-color-{families.index(family) % _COLORS}'


def _points(kind: int, x: float, y: float) -> str:
  """The corners of a mark around a point; `kind` is the number of its shape."""
  r = _RADIUS
  corners = (
    ((-r, -r), (r, -r), (r, r), (-r, r)),
    ((0, -1.25 * r), (1.2 * r, 0.9 * r), (-1.2 * r, 0.9 * r)),
    ((0, -1.4 * r), (1.4 * r, 0), (0, 1.4 * r), (-1.4 * r, 0)),
    ((0, 1.25 * r), (1.2 * r, -0.9 * r), (-1.2 * r, -0.9 * r)),
  )[kind - 1]
  return ' '.join(f'{x + dx:.1f},{y + dy:.1f}' for dx, dy in corners)


def mark(
  family: model_specs.Family,
  families: Sequence[model_specs.Family],
  x: float,
  y: float,
) -> elements.Element:
  """The mark of a model of a family, or of the family in a legend."""
  kind = families.index(family) % _SHAPES
  look = f'chart-mark {style(family, families)}'
  if kind == 0:
    place = {'cx': f'{x:.1f}', 'cy': f'{y:.1f}', 'r': f'{_RADIUS + 0.5}'}
    return elements.element('circle', {'class': look, **place})
  points = _points(kind, x, y)
  return elements.element('polygon', {'class': look, 'points': points})


def says(model: model_specs.ModelSpec) -> str:
  """What a screen reader says of the mark of a model."""
  cost = choice.macs(model)
  spent = 'MACs not published' if cost is None else f'{cost:g} million MACs'
  return f'{entries_lib.title(model)}: top-1 {choice.top1(model)} %, {spent}'


class _Plane:
  """Turns figures of models into coordinates of the chart."""

  def __init__(self, models: Sequence[model_specs.ModelSpec], shape: Shape):
    costs = [cost for m in models if (cost := choice.macs(m)) is not None]
    self._low = math.log10(min(costs, default=1) * 0.85)
    self._high = math.log10(max(costs, default=10) * 1.15)
    ranks = [choice.top1(model) for model in models]
    self.bottom = 5 * math.floor((min(ranks) - 1) / 5)
    self.top = 5 * math.ceil((max(ranks) + 1) / 5)
    self._shape = shape

  def x(self, cost: float) -> float:
    share = (math.log10(cost) - self._low) / (self._high - self._low)
    return _LEFT + share * (self._shape.right - _LEFT)

  def y(self, percent: float) -> float:
    share = (percent - self.bottom) / (self.top - self.bottom)
    height = self._shape.height - _BOTTOM
    return height - share * (height - _TOP)

  def ticks(self) -> list[float]:
    """The round numbers of MACs that are marked on the axis."""
    decades = range(math.floor(self._low), math.ceil(self._high) + 1)
    decade = (self._shape.right - _LEFT) / (self._high - self._low)
    steps = _TICKS if decade > _MIN_DECADE else _TICKS[:1]
    numbers = [step * 10.0**power for power in decades for step in steps]
    return [n for n in numbers if self._low <= math.log10(n) <= self._high]


def _line(x1: float, y1: float, x2: float, y2: float) -> elements.Element:
  ends = {'x1': x1, 'y1': y1, 'x2': x2, 'y2': y2}
  places = {name: f'{value:.1f}' for name, value in ends.items()}
  return elements.element('line', {'class': 'chart-grid', **places})


def _label(x: float, y: float, text: str, look: str) -> elements.Element:
  place = {'x': f'{x:.1f}', 'y': f'{y:.1f}', 'class': f'chart-label {look}'}
  return elements.element('text', place, text)


def _axes(plane: _Plane, shape: Shape) -> elements.Element:
  floor = shape.height - _BOTTOM
  end = shape.width - _RIGHT
  parts = []
  for percent in range(plane.bottom, plane.top + 1, 5):
    y = plane.y(percent)
    parts.append(_line(_LEFT, y, end, y))
    parts.append(_label(_LEFT - 8, y + 4, f'{percent}', 'chart-end'))
  for number in plane.ticks():
    x = plane.x(number)
    parts.append(_line(x, _TOP, x, floor))
    parts.append(_label(x, floor + 18, f'{number:g}', 'chart-middle'))
  middle = (_LEFT + shape.right) / 2
  title = 'Multiply-adds for one image, million'
  parts.append(_label(middle, floor + 38, title, 'chart-middle'))
  if shape.unknown:
    parts.append(_line(shape.right, _TOP, shape.right, floor))
    x = shape.right + shape.unknown / 2
    for offset, word in ((18, 'MACs not'), (33, 'published')):
      parts.append(_label(x + 4, floor + offset, word, 'chart-middle'))
  # Screen readers skip the axes: the name of each mark has its numbers.
  return elements.element('g', {'aria-hidden': 'true'}, *parts)


def _strip(
  models: Sequence[model_specs.ModelSpec], shape: Shape
) -> dict[model_specs.ModelSpec, float]:
  """The x of each mark in the strip, chosen so that none covers another."""
  ordered = sorted(models, key=choice.top1)
  columns = max(2, shape.unknown // 30)
  step = (shape.unknown - 24) / max(1, columns - 1)
  return {
    model: shape.right + 16 + step * (i % columns)
    for i, model in enumerate(ordered)
  }


def _best(
  models: Iterable[model_specs.ModelSpec], plane: _Plane
) -> elements.Element:
  """A line through the models that no other beats."""
  corners = [
    (plane.x(choice.macs(m) or 1), plane.y(choice.top1(m)))
    for m in choice.frontier(models, choice.macs)
  ]
  points = ' '.join(f'{x:.1f},{y:.1f}' for x, y in corners)
  look = {'class': 'chart-best', 'points': points, 'aria-hidden': 'true'}
  return elements.element('polyline', look)


def draw(
  entries: Sequence[entries_lib.Entry],
  families: Sequence[model_specs.Family],
  page: str,
  shape: Shape,
  family: model_specs.Family | None = None,
) -> elements.Element:
  """The chart.

  Args:
    entries: One for each model.
    families: All families, in the order in which they take colours.
    page: The page that shows the chart, for the links in it.
    shape: The size of the chart.
    family: If given, the marks of all others are faded.
  """
  shown = [e for e in entries if e.spec.figures.top1_percent is not None]
  models = [entry.spec for entry in shown]
  unknown = [model for model in models if choice.macs(model) is None]
  if not unknown:
    shape = dataclasses.replace(shape, unknown=0)
  plane = _Plane(models, shape)
  across = _strip(unknown, shape)
  marks = []
  for entry in shown:
    model, cost = entry.spec, choice.macs(entry.spec)
    x = across[model] if cost is None else plane.x(cost)
    faded = family is not None and entry.family != family
    link = {
      'href': elements.link(page, entry.page),
      'class': 'chart-link chart-faded' if faded else 'chart-link',
      'aria-label': says(model),
    }
    drawn = mark(entry.family, families, x, plane.y(choice.top1(model)))
    name = elements.element('title', None, says(model))
    marks.append(elements.element('a', link, name, drawn))
  about = {
    'class': f'chart chart-{shape.name}',
    'viewBox': f'0 0 {shape.width} {shape.height}',
    'role': 'group',
    'aria-label': 'Top-1 accuracy in percent against multiply-adds',
  }
  axes = _axes(plane, shape)
  return elements.element('svg', about, axes, _best(models, plane), *marks)


def legend(
  families: Sequence[model_specs.Family], links: Sequence[str]
) -> elements.Element:
  """A list of the mark of each family, with links to the families' pages."""
  items = []
  for family, link in zip(families, links, strict=True):
    look = {'class': 'chart-key', 'viewBox': '0 0 18 18', 'aria-hidden': 'true'}
    key = elements.element('svg', look, mark(family, families, 9, 9))
    name = elements.element('a', {'href': link}, key, family.title)
    items.append(elements.element('li', None, name))
  return elements.element('ul', {'class': 'chart-legend'}, *items)
