"""Writes the schema of spec files that is committed, for editors."""

from model_specs.spec_files import text as spec_file
from tests import source_tree

PATH = source_tree.ROOT / 'docs' / spec_file.SCHEMA

if __name__ == '__main__':
  PATH.write_text(spec_file.schema_text(), 'utf-8')
