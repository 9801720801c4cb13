"""What the pages of the site say, before they are HTML."""

import itertools
import math

from mkdocs.utils import meta
import pytest

from exporter import elements
from exporter import markdown
from exporter.site import chart
from exporter.site import choice
from exporter.site import choice_page
from exporter.site import entries
from exporter.site import guides
from exporter.site import model_page
from exporter.site import page
from exporter.site import sections
from exporter.site import table
from exporter.site import tree
from exporter.storage import manifest
import model_specs
from model_specs import kinds
from tests import some_manifest
from tests import some_spec_file
from tests.site import some_site

_ORIGIN = some_site.LITERT.origin
_MODELS = model_specs.MODELS


def _collect(*handles):
  manifests = {handle: some_manifest.make(handle) for handle in handles}
  return entries.Collection(entries.collect(manifests))


def test_nothing_on_the_frontier_is_beaten():
  best = choice.frontier(_MODELS, choice.macs)
  for model in best:
    cost = choice.macs(model) or 0
    assert not [
      other
      for other in _MODELS
      if (price := choice.macs(other)) is not None
      and price <= cost
      and choice.top1(other) > choice.top1(model)
    ]
  beaten = {m.name for m in _MODELS if choice.macs(m)} - {m.name for m in best}
  assert 'mobilenet_v1_100_224' in beaten


def test_a_budget_buys_the_most_accurate_model():
  best = choice.within(_MODELS, choice.macs, 100)
  assert best is not None
  assert best.name == 'mobilenet_v3_small_100_224'
  assert choice.within(_MODELS, choice.macs, 1) is None


def test_neighbours_are_one_step_away_then_of_other_families():
  model = model_specs.get_model('mobilenet_v2_075_160')
  near = [each.name for each in choice.neighbours(model, _MODELS)]
  assert near[:4] == [
    'mobilenet_v2_075_128',
    'mobilenet_v2_075_192',
    'mobilenet_v2_050_160',
    'mobilenet_v2_100_160',
  ]
  assert len(near) == 7
  assert not [name for name in near[4:] if name.startswith('mobilenet_v2')]


def test_a_model_without_variants_has_neighbours_all_the_same():
  model = model_specs.get_model('inception_v3')
  near = [each.name for each in choice.neighbours(model, _MODELS)]
  assert near[0] == 'resnet_v2_101'
  assert len(near) == 3


@pytest.mark.parametrize('shape', [chart.WIDE, chart.NARROW], ids=str)
def test_no_label_of_the_axis_covers_another(shape):
  collection = _collect()
  drawn = chart.draw(
    collection.models(), collection.families(), 'index.md', shape
  )
  labels = [
    (float(label.get('x', '')), text)
    for label in drawn.iter('text')
    if 'chart-middle' in label.get('class', '')
    and (text := label.text or '').isdigit()
  ]
  assert len(labels) > 2
  for (left, text), (right, other) in itertools.pairwise(labels):
    assert right - left > 4 * (len(text) + len(other)) + 4


def test_every_model_has_one_mark():
  collection = _collect()
  drawn = chart.draw(
    collection.models(), collection.families(), 'index.md', chart.WIDE
  )
  names = [link.get('aria-label') for link in drawn.iter('a')]
  ranked = [m for m in _MODELS if m.figures.top1_percent is not None]
  assert sorted(map(str, names)) == sorted(map(chart.says, ranked))
  families = collection.families()
  looks = {elements.render(chart.mark(f, families, 0, 0)) for f in families}
  assert len(looks) == len(families)


def test_marks_stand_where_the_figures_say():
  collection = _collect()
  drawn = chart.draw(
    collection.models(), collection.families(), 'index.md', chart.WIDE
  )
  places = {
    str(link.get('aria-label')).partition(':')[0]: some_site.middle(link)
    for link in drawn.iter('a')
  }
  names = ('0.35, 96', '0.5, 160', '1.4, 224')  # 11, 50, 582 million MACs.
  marks = [places[f'MobileNet V2 {name} px'] for name in names]
  left, middle, right = (x for x, _ in marks)
  share = math.log(50 / 11) / math.log(582 / 11)
  assert (middle - left) / (right - left) == pytest.approx(share, abs=1e-3)
  low, between, high = (y for _, y in marks)
  share = (61.0 - 45.5) / (75.0 - 45.5)
  assert (between - low) / (high - low) == pytest.approx(share, abs=1e-3)
  assert high < low  # Upwards is more accurate.


def test_what_is_exported_joins_its_handle():
  old = model_specs.find('mobilenet_v1_025_128/classification/4')[0]
  collection = _collect(old, some_site.LITERT)
  (entry,) = (e for e in collection.entries if e.newest == _ORIGIN)
  assert [handle.number for handle in entry.handles] == [5, 4, 3]
  # Those of its handles first, then what they can be converted to.
  made = (kinds.TF2, kinds.TF1, kinds.LITERT)
  assert entry.formats == (*made, kinds.ONNX, kinds.TFJS)
  assert entry.conversions == (some_site.LITERT,)
  assert entry.megabytes is None  # Version 5 itself is not exported.
  assert set(entry.made) == {str(old), str(some_site.LITERT)}


def test_a_handle_of_another_publisher_has_an_entry_of_its_own():
  own = model_specs.find('inception_v1', publisher='acme')
  collection = _collect(*own)
  folders = [entry.newest.folder for entry in collection.entries]
  assert len(folders) == len(set(folders)) == 2 * len(_MODELS) + 2
  assert 'acme/imagenet/inception_v1/classification' in folders
  assert 'acme/imagenet/inception_v1/classification/5.md' in collection.pages


def test_proofs_are_told_in_words():
  manifest_ = some_manifest.make(_ORIGIN)
  checks = (
    manifest.Check('variables', 137, 0.0, 0.0),
    manifest.Check('inference outputs', 1068, 1e-06, 1e-4),
    manifest.Check('other top-1 class', 256, 0.02734, 0.3),
    manifest.Check('names', 5, 0.0, 0.0),
  )
  first, second, third = sections.told(
    manifest.Manifest(**{**vars(manifest_), 'proof': checks})
  )
  assert first == "Each of the 137 variables is the checkpoint's, bit by bit."
  assert 'one part in 1,000,000 of their spread' in second
  assert 'one part in 10,000 would be allowed' in second
  assert third.startswith('2.7 % of 256 pictures')


def test_what_every_page_of_a_family_says_is_searched_once():
  collection = _collect()
  texts = model_page.render_all(collection)
  mark = '## Fine-tuning { data-search-exclude }'
  first, second = (
    texts[f'google/imagenet/mobilenet_v2_{name}/classification/5.md']
    for name in ('035_96', '100_224')
  )
  assert mark not in first
  assert mark in second
  assert '## Get it\n' in second


def test_a_card_mentions_a_guide_by_a_link():
  link = '[`docs/deploy.md`](../guides/deploy.md)'
  assert guides.mention('deploy', 'a/b.md') == link
  assert guides.mention('none', 'a/b.md') == '`docs/none.md`'
  page_ = f'{_ORIGIN}.md'
  text = model_page.render_all(_collect())[page_]
  assert f'[`docs/deploy.md`]({"../" * 4}guides/deploy.md) of slimhub' in text


def test_the_choice_names_each_answer_once():
  text = choice_page.render(_collect())
  for section in text.split('\n## ')[1:]:
    rows = [line for line in section.splitlines() if line.startswith('| ')]
    names = [row.split(' | ')[1] for row in rows[2:]]
    assert len(names) == len(set(names)), section


def test_titles_hold_what_yaml_would_take_for_something_else():
  head = page.head('A: "b" \\', 'c # d\n- e \ufffe 🌸', 'toc', boost=2)
  rest, facts = meta.get_data(f'{head}\n# A\n')
  assert rest == '# A\n'
  assert facts == {
    'title': 'A: "b" \\',
    'description': 'c # d\n- e \ufffe 🌸',
    'hide': ['toc'],
    'search': {'boost': 2},
  }


def test_text_is_escaped_and_in_one_line():
  paragraph = elements.element('p', {'title': '<"'}, 'a & b\n', 'c < d')
  text = elements.render(paragraph)
  assert text == '<p title="&lt;&quot;">a &amp; b c &lt; d</p>'.replace(
    '&lt;&quot;', '<&quot;'
  )
  assert markdown.table(('a',), [(text,)]).count('\n') == 2


def _own(**changes):
  """An exported own model's TF2 classifier."""
  return some_spec_file.model(top1_percent=90, **changes).handles()[1]


def test_own_models_join_the_published_family_of_their_network():
  colours = _own(name='a', input_range=[0, 1])
  resnet = _own(name='b', network='resnet_v1_50', multiplier=None)
  before, after = _collect(), _collect(colours, resnet)
  assert after.families() == before.families()
  texts, published = tree.pages(after), tree.pages(before)
  for own in (colours, resnet):
    place = page.family(own.spec.network)
    for line in published[place].splitlines():
      if line.startswith('| ['):  # Every model that was there.
        assert line in texts[place]
    name = f'[{entries.name(own.spec)}]'
    assert f'{name}({page.path(place, f"{own}.md")})' in texts[place]
  assert tree.menu(after) == tree.menu(before)


def test_models_of_one_name_on_several_datasets():
  flowers, birds = _own(), _own(dataset='birds')
  collection = _collect(flowers, birds)
  shown = {str(entry.newest) for entry in collection.models()}
  assert shown >= {str(flowers), str(birds)}
  drawn = elements.render(table.draw(collection.entries, 'index.md'))
  assert '>acme/flowers/small<' in drawn
  assert '>acme/birds/small<' in drawn
  links = chart.draw(
    collection.models(), collection.families(), 'index.md', chart.WIDE
  )
  marks = {
    link.get('href'): (link[1].get('cx'), link[1].get('points'))
    for link in links.iter('a')
    if 'acme' in (link.get('href') or '')
  }
  assert len(set(marks.values())) == 2


def test_what_other_pictures_say_of_accuracy_ranks_nobody():
  assert choice_page.render(_collect(_own())) == choice_page.render(_collect())


def test_a_published_neighbour_stays_beside_an_own_model():
  own = _own(size=160, multiplier=0.25)
  model = model_specs.get_model('mobilenet_v1_025_128')
  near = choice.neighbours(model, [*_MODELS, own.spec])
  assert near == choice.neighbours(model, _MODELS)


def test_guides_are_read_once(monkeypatch):
  guides.texts()
  monkeypatch.setattr(guides, '_read', lambda _: pytest.fail('read again'))
  assert guides.mention('deploy', 'index.md').startswith('[')
