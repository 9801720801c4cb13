"""The repositories of a build with Debian's Bazel, none of them fetched.

Debian compiles Bazel and packages two of the repositories that it asks for. The
others are written here: they hand on the rules that this Bazel has built in.
The packages of pip are those of the environment whose Python is first in PATH,
so each of them is a target without files.
"""

load(":distributions.bzl", "DISTRIBUTIONS")

_DEBIAN = "/usr/share/bazel"

_PYTHON_RULES = ["py_binary", "py_library", "py_test"]

_CC_RULES = [
    "cc_binary",
    "cc_import",
    "cc_library",
    "cc_proto_library",
    "cc_test",
    "cc_toolchain",
    "cc_toolchain_suite",
    "fdo_prefetch_hints",
    "fdo_profile",
    "objc_import",
    "objc_library",
]

# Loaded beside the rules of C++, but not called in what Python needs of them.
_CC_MACROS = ["cc_flags_supplier", "compiler_flag"]

_REQUIREMENTS = """\
def requirement(name):
    return "@pip//:" + name
"""

def _native(rules):
    return "".join(["%s = native.%s\n" % (rule, rule) for rule in rules])

def _public(kind, names):
    rule = '%s(name = "%s", visibility = ["//visibility:public"])\n'
    return "".join([rule % (kind, name) for name in names])

def _written_impl(repository_ctx):
    for name, content in repository_ctx.attr.files.items():
        repository_ctx.file(name, content)

_written = repository_rule(
    doc = "A repository of a few files, which the rule itself names.",
    implementation = _written_impl,
    attrs = {
        "files": attr.string_dict(
            doc = "The path of each file, and what it contains.",
            mandatory = True,
        ),
    },
)

# Its repositories have the names that others load them by.
# buildifier: disable=unnamed-macro
def debian_repositories():
    """Defines all that the BUILD files here, and Bazel's own, load from."""
    for name, path in {
        "platforms": "tools/platforms",
        "rules_java": "rules/java",
    }.items():
        native.local_repository(name = name, path = _DEBIAN + "/" + path)
    _written(
        name = "rules_python",
        files = {
            "python/BUILD": "",
            "python/defs.bzl": _native(_PYTHON_RULES),
        },
    )
    _written(
        name = "rules_cc",
        files = {
            "cc/BUILD": "",
            "cc/defs.bzl": _native(_CC_RULES) + "".join([
                "def %s(**kwargs):\n    pass\n" % name
                for name in _CC_MACROS
            ]),
        },
    )
    _written(
        name = "remote_coverage_tools",
        files = {
            "BUILD": _public(
                "filegroup",
                ["coverage_report_generator", "lcov_merger"],
            ),
        },
    )
    _written(
        name = "pip",
        files = {
            "BUILD": _public("py_library", DISTRIBUTIONS),
            "requirements.bzl": _REQUIREMENTS,
        },
    )
