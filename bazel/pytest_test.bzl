"""A test file of pytest as a target."""

load("@pip//:requirements.bzl", "requirement")
load("@rules_python//python:defs.bzl", "py_test")

def pytest_test(name, deps = [], **kwargs):
    """The tests of NAME.py.

    Args:
      name: The file's name, without its suffix.
      deps: What it imports; pytest is added.
      **kwargs: Any other attributes of a py_test.
    """
    py_test(
        name = name,
        # TensorFlow, and what a test trains with it, take their time.
        timeout = "long",
        srcs = [
            name + ".py",
            "//bazel:run_pytest.py",
        ],
        args = ["$(rootpath :%s.py)" % name],
        main = "//bazel:run_pytest.py",
        deps = deps + [requirement("pytest")],
        **kwargs
    )
