"""What is known of every published model, and how to ask for it by name."""

from model_specs import published
from model_specs import registry
from model_specs.checks import SpecError
from model_specs.registry import Registry
from model_specs.registry import UnknownNameError
from model_specs.spec import Handle
from model_specs.spec import ModelSpec

__all__ = [
  'MODELS',
  'PUBLISHED',
  'Handle',
  'ModelSpec',
  'Registry',
  'SpecError',
  'UnknownNameError',
  'find',
  'get',
  'get_model',
  'is_published',
]

MODELS = published.MODELS
PUBLISHED = registry.Registry(MODELS)
find = PUBLISHED.find
get = PUBLISHED.get
get_model = PUBLISHED.get_model
_NAMES = {model.name for model in MODELS}


def is_published(name: str) -> bool:
  """Whether a published model is called this."""
  return name in _NAMES
