"""Stand-in for the pip bootstrap script that ansible-test downloads: installs the pip that Python carries.

``tools/sanity.sh`` puts it into ansible-test's cache, which is looked at first; it runs on every Python found there.
"""

from __future__ import annotations

import ensurepip
import os
import runpy
import sys


def main() -> None:
    """Install pip, then the packages named on the command line; options of the original script mean nothing here."""
    packages = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    # ensurepip switches the configuration of pip off for the whole process; what it says is wanted again afterwards.
    settings = dict(os.environ)
    ensurepip.bootstrap(default_pip=True)
    os.environ.clear()
    os.environ.update(settings)
    sys.argv = ["pip", "install", "--quiet", "--disable-pip-version-check", *packages]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
