"""`python -m benchmarks`, which `make bench` calls: the benchmark of export."""

from benchmarks import export

if __name__ == '__main__':
  export.main()
