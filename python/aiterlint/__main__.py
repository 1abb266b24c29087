"""``python -m aiterlint``: runs the program that was installed with this package."""

import os
import sys
import sysconfig


def candidates():
    """Where an installer may have put the program, the most likely place first."""
    name = "aiterlint" + (sysconfig.get_config_var("EXE") or "")
    yield os.path.join(sysconfig.get_path("scripts"), name)
    # `pip install --user`
    scheme = "nt_user" if os.name == "nt" else "posix_user"
    if sys.platform == "darwin" and sys._framework:
        scheme = "osx_framework_user"
    yield os.path.join(sysconfig.get_path("scripts", scheme=scheme), name)
    # `pip install --target FOLDER`
    package = os.path.dirname(os.path.abspath(__file__))
    yield os.path.join(os.path.dirname(package), "bin", name)


def main():
    program = next((path for path in candidates() if os.path.isfile(path)), None)
    if program is None:
        sys.exit("aiterlint: the program is not where it was installed; install the package anew")
    if os.name == "nt":
        # Windows cannot replace a process.
        import subprocess

        sys.exit(subprocess.run([program, *sys.argv[1:]]).returncode)
    os.execv(program, [program, *sys.argv[1:]])


if __name__ == "__main__":
    main()
