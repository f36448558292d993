"""Build script: compiles ``rushlight/_core`` and the transforms with mypyc where that is possible, installs plain Python elsewhere.

Everything declarative is in pyproject.toml. ``RUSHLIGHT_PURE=1`` asks for the pure form; with ``RUSHLIGHT_PURE=0`` an
installation that could not compile fails, instead of going on with the pure form.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

from setuptools import Extension, setup
from setuptools._distutils.ccompiler import new_compiler
from setuptools._distutils.sysconfig import customize_compiler, get_python_inc
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
BUILD_DIRECTORY = tempfile.TemporaryDirectory(prefix="rushlight-build-")
# An editable install stays pure: a compiled module beside its source would hide later edits.
COMPILING_COMMANDS = {"bdist_wheel", "build", "build_ext", "install"}
# Of the C kernels: vector code wherever it pays, loops of few steps unrolled, conditions taken out of loops; not what else -O3 does.
# As fast, and a fifth smaller.
OPTIMISATION = ["-O2", "-ftree-vectorize", "-fvect-cost-model=dynamic", "-fpeel-loops", "-funswitch-loops"]
# Of what mypyc writes: neither jumps nor functions at round addresses, nor blocks kept twice. As fast, and a twentieth smaller.
COMPACT = ["-freorder-blocks-algorithm=simple", *[f"-fno-align-{what}" for what in ("functions", "loops", "jumps", "labels")]]
# Not compiled, since their speed is nobody's: what works on large arrays only, and the words of errors.
INTERPRETED = {"blocks.py", "signature_errors.py"}
# Beyond the core, what every operation inside a transform of torch.func passes through.
TRANSFORMS = ("levels", "batching", "dispatch", "tangents", "transforms", "mapping")
# Only what is compiled is looked at, and NumPy not at all: its arrays are plain objects to mypyc, with or without its stubs.
MYPY_CONFIGURATION = f"""
[mypy]
ignore_missing_imports = True
follow_imports = silent
[mypy-rushlight.*,numpy.*]
follow_imports = skip
[mypy-rushlight._mypyc,rushlight._core.*,{",".join(f"rushlight.func.{name}" for name in TRANSFORMS)}]
follow_imports = silent
"""


def say(text: str) -> None:
    print(f"rushlight: {text}", file=sys.stderr, flush=True)


def distribution_version() -> str:
    text = (ROOT / "rushlight" / "version.py").read_text(encoding="utf-8")
    match = re.search(r'__version__ = "[^"]*\+rushlight\.([^"]+)"', text)
    if match is None:
        raise SystemExit("rushlight/version.py does not hold a version of the form A.B.C+rushlight.X.Y.Z")
    return match.group(1)


def pure_is_forced() -> bool:
    return os.environ.get("RUSHLIGHT_PURE", "").lower() in {"1", "true", "yes", "on"}


def compiled_is_forced() -> bool:
    return os.environ.get("RUSHLIGHT_PURE", "").lower() in {"0", "false", "no", "off"}


def can_compile() -> bool:
    """Compile an empty extension module: that needs a C compiler and Python's headers."""
    if sys.implementation.name != "cpython":
        return False
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory, "probe.c")
        source.write_text("#include <Python.h>\nint rushlight_probe(void) { return 0; }\n", encoding="utf-8")
        try:
            compiler = new_compiler()
            customize_compiler(compiler)
            compiler.compile([str(source)], output_dir=directory, include_dirs=[get_python_inc()])
        except Exception as error:  # any failure at all means: no compiler here
            say(f"no working C compiler ({type(error).__name__}: {error})")
            return False
    return True


def native_modules(directories: list[str]) -> list:
    """The modules written in C, which read the fields of classes as the headers in these directories lay them out."""
    import numpy

    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "rushlight").glob("*/_*.c"))
    headers = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "rushlight").glob("*/_*.h"))
    # No fused products and sums: results are to be the same on every processor, and the pure form's.
    options = [*OPTIMISATION, "-g0", "-fvisibility=hidden", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off"]
    made = Extension(
        "rushlight._core._loops",
        [*sources],
        depends=headers,
        include_dirs=[numpy.get_include(), *directories],
        extra_compile_args=options,
    )
    return [made]


def compiled_sources() -> list[str]:
    files = (ROOT / "rushlight" / "_core").glob("[!_]*.py")
    core = sorted(str(path.relative_to(ROOT)) for path in files if path.name not in INTERPRETED)
    return core + [f"rushlight/func/{name}.py" for name in TRANSFORMS]


def compiled_modules() -> list:
    from mypyc.build import mypycify

    os.chdir(ROOT)
    configuration = Path(BUILD_DIRECTORY.name, "mypy.ini")
    configuration.write_text(MYPY_CONFIGURATION, encoding="utf-8")
    mypy_options = [f"--config-file={configuration}", "--no-error-summary"]
    optimisation = os.environ.get("RUSHLIGHT_OPT_LEVEL", "2")  # as fast as 3 here, and a tenth smaller
    compiled = mypycify(
        [*mypy_options, *compiled_sources()],
        opt_level=optimisation,
        debug_level="0",
        target_dir=BUILD_DIRECTORY.name,
        group_name="rushlight._core.compiled",  # the shared library's name, which keeps it inside the package
    )
    modules = [*compiled, *native_modules(compiled[0].include_dirs)]
    if sys.platform == "linux":  # what only debuggers read would be a fifth of the library; hidden names make calls direct
        for module in modules:
            module.extra_compile_args += ["-fvisibility=hidden", "-fno-asynchronous-unwind-tables", "-fno-unwind-tables"]
            module.extra_compile_args += ["-ffunction-sections", "-fdata-sections", *(COMPACT if module in compiled else [])]
            module.extra_link_args += ["-Wl,--strip-all", "-Wl,--gc-sections"]
    return modules


class WithoutCompiledSources(build_py):
    """Leave the sources of compiled modules out: nobody would run them. What type checkers read of them is in dtypes.py."""

    def find_package_modules(self, package: str, package_dir: str) -> list:
        compiled = {Path(source) for source in compiled_sources()} - {Path("rushlight/_core/dtypes.py")}
        return [found for found in super().find_package_modules(package, package_dir) if Path(found[2]) not in compiled]


def run_setup(ext_modules: list, setup_requires: list[str]) -> None:
    setup(
        cmdclass={"build_py": WithoutCompiledSources} if ext_modules else {},
        version=distribution_version(),
        ext_modules=ext_modules,
        setup_requires=setup_requires,
        # A fresh directory: what an earlier build left behind must not reach the wheel.
        options={"build": {"build_base": str(Path(BUILD_DIRECTORY.name, "base" if ext_modules else "pure"))}},
    )


def main() -> None:
    if pure_is_forced():
        say("RUSHLIGHT_PURE is set: building the pure Python form")
        return run_setup([], [])
    if not can_compile() and not compiled_is_forced():
        say("building the pure Python form")
        return run_setup([], [])
    setup_requires = ["mypy[mypyc]>=1.15", "numpy>=2"]
    if not COMPILING_COMMANDS.intersection(sys.argv):
        return run_setup([], setup_requires)
    try:
        # mypyc and setuptools report failure through SystemExit as well as through exceptions.
        modules = compiled_modules()
        say(f"compiling {len(compiled_sources())} modules of rushlight with mypyc")
        return run_setup(modules, setup_requires)
    except (Exception, SystemExit) as error:
        if compiled_is_forced() or (isinstance(error, SystemExit) and error.code in (None, 0)):
            raise
        say(f"compiling failed ({type(error).__name__}: {error}); building the pure Python form instead")
        return run_setup([], [])


main()
