"""Writes the schema of spec files that is committed, for editors."""

from model_specs.spec_files import text
from tests import source_tree

PATH = source_tree.ROOT / 'docs' / text.SCHEMA

if __name__ == '__main__':
  PATH.write_text(text.schema_text(), 'utf-8')
