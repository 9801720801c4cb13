"""Papers as BibTeX: every family's, as TeX reads it."""

import re

from exporter.site import citation
import model_specs
from tests import each

_FAMILIES = list(
  {m.family.network: m.family for m in model_specs.MODELS}.values()
)


def test_the_entry_names_every_author_and_the_paper():
  family = model_specs.get_model('mobilenet_v1_025_128').family
  assert citation.bibtex(family) == (
    '@misc{howard2017mobilenetv1,\n'
    '  author = {Andrew G. Howard and Menglong Zhu and Bo Chen and Dmitry '
    'Kalenichenko and Weijun Wang and Tobias Weyand and Marco Andreetto and '
    'Hartwig Adam},\n'
    '  title = {{MobileNets: Efficient Convolutional Neural Networks for '
    'Mobile Vision Applications}},\n'
    '  year = {2017},\n'
    '  url = {https://arxiv.org/abs/1704.04861},\n'
    '}'
  )


@each.over('family', _FAMILIES, lambda family: family.network)
def test_every_entry_is_one_that_tex_reads(family):
  text = citation.bibtex(family)
  assert text.count('{') == text.count('}')
  (author,) = re.findall(r'author = \{(.*)\}', text)
  assert len(author.split(' and ')) == len(family.paper.authors.split(', '))
  assert not re.search(r'(?<!\\)[&%$#]', text.replace(family.paper.url, ''))


def test_no_two_families_have_one_key():
  keys = [citation.bibtex(f).split(',')[0] for f in _FAMILIES]
  assert len(set(keys)) == len(keys)
