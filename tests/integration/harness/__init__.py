# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs playbooks against the sandbox, and tells what each task returned and which requests it sent.

    def test_it(posthog):
        run = posthog.run([
            {"name": "Create", "community.posthog.posthog_role": {"name": "Engineering"}},
            {"name": "Again", "community.posthog.posthog_role": {"name": "Engineering"}},
        ])
        assert run["Create"].changed and not run["Again"].changed
        assert run["Again"].writes == []

A playbook is a real one: C(ansible-playbook) in a process of its own. It costs about a second to start, so put many
tasks into one run and look at them afterwards; a task that fails does not end the run, unless C(stop_on_error) is set.
"""

from __future__ import annotations

from .playbook import Harness, Run, Task
from .server import SandboxServer

__all__ = ["Harness", "Run", "SandboxServer", "Task"]
