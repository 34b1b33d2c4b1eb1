# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# /// script
# dependencies = ["nox>=2025.02.09", "antsibull-nox"]
# ///

"""Sessions for those who are used to nox; `nox --list` shows them.

Install nox and antsibull-nox into an environment of their own (`pipx install nox`, `pipx inject nox antsibull-nox`):
galaxy-importer, which the tests need, does not go with the version of attrs that nox needs.
"""

from __future__ import annotations

import sys

import nox

try:
    import antsibull_nox
except ImportError:
    print("antsibull-nox is not here. Install it beside nox: pipx inject nox antsibull-nox")
    sys.exit(1)

antsibull_nox.load_antsibull_nox_toml()


def make(target: str, default: bool = False) -> None:
    """Offer a target of the Makefile as a session; what follows `--` becomes its ARGS."""

    @nox.session(name=target, python=False, default=default)
    def session(session: nox.Session) -> None:
        session.run("make", target, *([f"ARGS={' '.join(session.posargs)}"] if session.posargs else []), external=True)

    session.__doc__ = f"Run `make {target}`."


for name in ("lint", "unit"):
    make(name, default=True)
for name in ("integration", "matrix", "build", "docs", "test"):
    make(name)

if __name__ == "__main__":
    nox.main()
