# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules can and cannot do, in the form in which Ansible shows it."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes."""

    # Of modules that manage something
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changed status prediction without modifying the target.
    support: full
    details:
      - The predicted object is returned, without the values that only PostHog can know, such as its id.
      - A reference to an object that does not exist is a warning in check mode, since an earlier task of the same run
        may be the one that creates it.
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: full
    details:
      - The diff shows the declared fields only, with names in place of ids and without secrets.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no
        change.
    support: full
    details:
      - Only what the task declares is compared, and what PostHog adds or computes on its own never counts as a
        change.
"""

    # Of modules that only read
    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changed status prediction without modifying the target.
    support: full
    details:
      - This module changes nothing, so it does the same in check mode.
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: N/A
    details:
      - This module changes nothing.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no
        change.
    support: full
    details:
      - This module changes nothing.
"""

    # Of all modules
    ACTIONGROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/community.posthog.posthog) in C(module_defaults) to set options for all modules at once.
    support: full
    membership:
      - community.posthog.posthog
  in_process:
    description: Runs inside Ansible's own process, without starting a module for each item of a loop.
    support: full
    details:
      - If the task runs locally (connection V(local), which is what V(localhost) has) and without C(async), the
        work is done by an action plugin in Ansible's worker process. Connections and lists are kept from one item
        of a loop to the next.
      - On other connections (for example with C(delegate_to) a bastion host) and with C(async), the module is
        executed as usual. The results are the same.
      - Set the variable C(posthog_in_process) to V(false) to have every module executed as usual.
      - In Ansible's own process the Python library C(requests) must be installed next to Ansible, otherwise on the
        host that the module runs on.
      - C(become) has no meaning for requests to an API and is ignored when running in-process.
  platform:
    description: Target OS/families that can be operated against.
    support: full
    platforms: posix
"""
