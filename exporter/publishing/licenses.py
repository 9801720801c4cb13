"""The names that others have for the licences of models."""

import re

from exporter import errors
import model_specs

# The identifiers of SPDX that Hugging Face knows; it writes them in small
# letters.
_HUGGING_FACE = {
  'afl-3.0',
  'agpl-3.0',
  'apache-2.0',
  'artistic-2.0',
  'bsd-2-clause',
  'bsd-3-clause',
  'bsd-3-clause-clear',
  'bsl-1.0',
  'cc-by-2.0',
  'cc-by-2.5',
  'cc-by-3.0',
  'cc-by-4.0',
  'cc-by-nc-2.0',
  'cc-by-nc-3.0',
  'cc-by-nc-4.0',
  'cc-by-nc-nd-3.0',
  'cc-by-nc-nd-4.0',
  'cc-by-nc-sa-2.0',
  'cc-by-nc-sa-3.0',
  'cc-by-nc-sa-4.0',
  'cc-by-nd-4.0',
  'cc-by-sa-3.0',
  'cc-by-sa-4.0',
  'cc0-1.0',
  'cdla-permissive-1.0',
  'cdla-permissive-2.0',
  'cdla-sharing-1.0',
  'ecl-2.0',
  'epl-1.0',
  'epl-2.0',
  'etalab-2.0',
  'eupl-1.1',
  'gpl-2.0',
  'gpl-3.0',
  'isc',
  'lgpl-2.1',
  'lgpl-3.0',
  'lppl-1.3c',
  'mit',
  'mpl-2.0',
  'ms-pl',
  'ncsa',
  'ofl-1.1',
  'osl-3.0',
  'postgresql',
  'unlicense',
  'wtfpl',
  'zlib',
}
# By these endings, SPDX says whether later versions of a licence count, too.
_ENDING = re.compile('-(only|or-later)$')
# Kaggle's names of all licences that it takes for models, by SPDX's names.
_KAGGLE = {
  'AGPL-3.0': 'GNU Affero General Public License 3.0',
  'Apache-2.0': 'Apache 2.0',
  'BSD-3-Clause': 'BSD-3-Clause',
  'CC-BY-3.0': 'Attribution 3.0 Unported (CC BY 3.0)',
  'CC-BY-3.0-IGO': 'Attribution 3.0 IGO (CC BY 3.0 IGO)',
  'CC-BY-4.0': 'Attribution 4.0 International (CC BY 4.0)',
  'CC-BY-NC-4.0': 'Attribution-NonCommercial 4.0 International (CC BY-NC 4.0)',
  'CC-BY-NC-ND-4.0': (
    'Attribution-NonCommercial-NoDerivatives 4.0 International (CC BY-NC-ND '
    '4.0)'
  ),
  'CC-BY-NC-SA-3.0-IGO': (
    'Attribution-NonCommercial-ShareAlike 3.0 IGO (CC BY-NC-SA 3.0 IGO)'
  ),
  'CC-BY-NC-SA-4.0': 'CC BY-NC-SA 4.0',
  'CC-BY-ND-4.0': 'Attribution-NoDerivatives 4.0 International (CC BY-ND 4.0)',
  'CC-BY-SA-3.0': 'CC BY-SA 3.0',
  'CC-BY-SA-4.0': 'CC BY-SA 4.0',
  'CC0-1.0': 'CC0: Public Domain',
  'CDLA-Permissive-1.0': (
    'Community Data License Agreement - Permissive - Version 1.0'
  ),
  'CDLA-Sharing-1.0': (
    'Community Data License Agreement - Sharing - Version 1.0'
  ),
  'GFDL-1.3': 'GNU Free Documentation License 1.3',
  'GPL-2.0': 'GPL 2',
  'GPL-3.0': 'GPL 3',
  'LGPL-3.0': 'GNU Lesser General Public License 3.0',
  'MIT': 'MIT',
  'ODC-By-1.0': 'ODC Attribution License (ODC-By)',
  'PDDL-1.0': 'ODC Public Domain Dedication and Licence (PDDL)',
}


def hugging_face(model: model_specs.ModelSpec) -> dict[str, object]:
  """The keys on the licence in the front matter of a card."""
  name = _ENDING.sub('', model.license.lower())
  if not name:
    return {}
  if name in _HUGGING_FACE:
    return {'license': name}
  facts: dict[str, object] = {
    'license': 'other',
    'license_name': re.sub(r'[^a-z0-9.]+', '-', model.license.lower()),
  }
  if model.own and model.own.license_url:
    facts['license_link'] = model.own.license_url
  return facts


def kaggle(model: model_specs.ModelSpec) -> str:
  """What Kaggle calls the licence.

  Raises:
    PublishError: Kaggle takes no models under this licence.
  """
  names = {spdx.lower(): name for spdx, name in _KAGGLE.items()}
  name = names.get(_ENDING.sub('', model.license.lower()))
  if name is None:
    states = f'is under {model.license}' if model.license else 'has no licence'
    raise errors.PublishError(
      f'{model.publisher}/{model.name} {states}, expected one under which '
      f'Kaggle takes models: {", ".join(_KAGGLE)}; state the `license` in its '
      'spec file and export it again, or publish it elsewhere'
    )
  return name
