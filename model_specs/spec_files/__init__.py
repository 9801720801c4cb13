"""Models of one's own, as TOML files describe them."""

from model_specs.spec_files.files import load_registry
from model_specs.spec_files.files import read_models
from model_specs.spec_files.model import read_model
from model_specs.spec_files.text import SCHEMA
from model_specs.spec_files.text import TABLE
from model_specs.spec_files.text import brief
from model_specs.spec_files.text import document
from model_specs.spec_files.text import problems
from model_specs.spec_files.text import schema_text

__all__ = [
  'SCHEMA',
  'TABLE',
  'brief',
  'document',
  'load_registry',
  'problems',
  'read_model',
  'read_models',
  'schema_text',
]
