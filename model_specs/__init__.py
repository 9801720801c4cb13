"""What is known of every published model, and how to ask for it by name."""

from model_specs import aliases
from model_specs import checksums
from model_specs import formats
from model_specs import kinds
from model_specs import labels
from model_specs import outside
from model_specs import published
from model_specs import registry
from model_specs import versions
from model_specs.alias_index import AliasIndex
from model_specs.alias_index import Meaning
from model_specs.checks import SpecError
from model_specs.families.channels import divisible
from model_specs.families.channels import narrow_end
from model_specs.families.channels import wide_end
from model_specs.family import FROM_MINUS_1_TO_1
from model_specs.family import MEMORY_GB
from model_specs.family import Family
from model_specs.family import Preprocessing
from model_specs.family import Standardization
from model_specs.patterns import UnknownNameError
from model_specs.published import NETWORKS
from model_specs.published import without_rounding
from model_specs.registry import Registry
from model_specs.spec import COLLECTION
from model_specs.spec import NUM_CLASSES
from model_specs.spec import PUBLISHER
from model_specs.spec import PUBLISHER_NAME
from model_specs.spec import VARIANT
from model_specs.spec import Handle
from model_specs.spec import ModelSpec

__all__ = [
  'COLLECTION',
  'FROM_MINUS_1_TO_1',
  'MEMORY_GB',
  'MODELS',
  'NETWORKS',
  'NUM_CLASSES',
  'PUBLISHED',
  'PUBLISHER',
  'PUBLISHER_NAME',
  'VARIANT',
  'AliasIndex',
  'Family',
  'Handle',
  'Meaning',
  'ModelSpec',
  'Preprocessing',
  'Registry',
  'SpecError',
  'Standardization',
  'UnknownNameError',
  'aliases',
  'checksums',
  'divisible',
  'find',
  'formats',
  'get',
  'get_model',
  'is_published',
  'kinds',
  'labels',
  'meaning',
  'narrow_end',
  'outside',
  'versions',
  'wide_end',
  'without_rounding',
]

MODELS = published.MODELS
PUBLISHED = registry.Registry(MODELS)
find = PUBLISHED.find
get = PUBLISHED.get
get_model = PUBLISHED.get_model
meaning = PUBLISHED.meaning
_NAMES = {model.name for model in MODELS}


def is_published(name: str) -> bool:
  """Whether a published model has this name."""
  return name in _NAMES
