# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the conformance tests declare of each type. A new type brings a file of its own here, or joins its area's."""

from __future__ import annotations

import importlib
import pkgutil

from .sample import Sample, Value


def _found() -> dict[str, Sample]:
    """What the modules of this package define: C(SAMPLE), or C(SAMPLES) for several types of one area."""
    found: dict[str, Sample] = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda item: item.name):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for sample in getattr(module, "SAMPLES", [*([module.SAMPLE] if hasattr(module, "SAMPLE") else [])]):
            found[sample.type] = sample
    return dict(sorted(found.items()))


#: The samples of the types that have conformance tests.
SAMPLES: dict[str, Sample] = _found()

#: Types whose life has another shape; each has its tests in a file of its own.
OWN_TESTS: dict[str, str] = {
    "session_recording": "test_conformance_recordings.py",
    "member": "test_conformance_member.py",
    "role_membership": "test_conformance_role_membership.py",
}

__all__ = ["OWN_TESTS", "SAMPLES", "Sample", "Value"]
