"""`make bench`: every benchmark in turn."""

from benchmarks import export

if __name__ == '__main__':
  export.main()
