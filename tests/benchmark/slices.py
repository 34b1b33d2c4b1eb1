# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the slices of a job in AWX: a play over 200 projects as one job, and as four that know nothing of each other.

AWX gives each slice every fourth host, a process (a container) of its own, and the same variables. PostHog counts the
requests of all, since they work with one key.
"""

from __future__ import annotations

import json
import time
import typing as t

import projects

if t.TYPE_CHECKING:
    from run import Table, Verdict

#: How many slices, and how many requests a minute PostHog allows one key.
SLICES, LIMIT = 4, 480

#: Seconds after which PostHog counts nothing that was sent before.
A_MINUTE = 61

#: What the role makes of its options for AWX: the variables of the template I(apply).
SET_UP: t.Final = [
    {
        "name": "Tell what AWX would be given",
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {
            "posthog_awx_state": "data",
            "posthog_awx_hosts": "posthog_projects",
            "posthog_awx_slices": "{{ slices }}",
        },
        "roles": ["community.posthog.awx"],
        "tasks": [
            {
                "ansible.builtin.copy": {
                    "content": "{{ controller_templates | selectattr('playbook', 'equalto', 'apply.yml') | first }}",
                    "dest": "{{ playbook_dir }}/template.json",
                    "mode": "0600",
                }
            }
        ],
    }
]


def share(ships: projects.Fleet, slices: int) -> int:
    """The requests a minute that the role C(awx) gives each slice.

    :param ships: runs the role.
    :param slices: into how many parts AWX cuts the job.
    :returns: the number.
    """
    (ships.place / "set_up.yml").write_text(json.dumps(SET_UP), encoding="utf-8")
    ships.run("share", "playbook", "-i", "localhost,", "set_up.yml", "-e", json.dumps({"slices": slices}))
    template = json.loads((ships.place / "template.json").read_text(encoding="utf-8"))
    if template["job_slice_count"] != slices:
        raise RuntimeError(f"the role gives AWX {template['job_slice_count']} slices in place of {slices}")
    return int(template["extra_vars"]["posthog_rate_limit"])


def measure(
    table: type[Table], verdict: type[Verdict], say: t.Callable[[str], None]
) -> tuple[list[Table], list[Verdict]]:
    """Measure one job, its slices with the share of each, and slices that all take the whole limit.

    :param table: makes a table.
    :param verdict: makes a verdict.
    :param say: tells what is being done.
    :returns: the table, and what was to be reached.
    :raises RuntimeError: a run failed.
    """
    title = f"Slices of a job in AWX, {LIMIT} requests a minute, {projects.LATENCY} ms latency"
    out = table(title, "What", "Hosts", "each may send", "Requests", "refused (429)", "Refused", "Seconds")
    with projects.fleet(say) as ships:
        ships.prepare_play()
        ships.run("play, creating", *ships.PLAY, latency=0)
        listed = json.loads(ships.run("hosts", *ships.INVENTORY, latency=0).output)
        hosts = sorted(listed["_meta"]["hostvars"])
        seen = {}
        for label, slices, rate in (
            ("one job", 1, share(ships, 1)),
            (f"{SLICES} slices, each with its share", SLICES, share(ships, SLICES)),
            (f"{SLICES} slices, each as if alone", SLICES, LIMIT),
        ):
            commands = [
                (*ships.PLAY, "--limit", ",".join(hosts[number::slices]), "-e", f"posthog_rate_limit={rate}")
                for number in range(slices)
            ]
            # A minute of its own: what was sent before does not count.
            time.sleep(A_MINUTE)
            seen[label] = run = ships.together(label, commands, LIMIT)
            part = f"{run.refused / run.requests:.1%}"
            out.add(label, str(len(hosts)), str(rate), str(run.requests), str(run.refused), part, f"{run.seconds:.1f}")
            if run.writes:
                raise RuntimeError(f"{label}: {run.writes} writes, though nothing was to change")
    one, shared, _alone = seen.values()
    part = shared.refused / shared.requests
    times = f"{shared.seconds:.0f} s, one job {one.seconds:.0f} s"
    # Waiting for a minute to be over is most of it, and no two minutes begin alike.
    slower = shared.seconds > 1.1 * one.seconds
    return [out], [
        verdict(f"{SLICES} slices with their share, {len(hosts)} hosts: refused", "< 5 %", f"{part:.1%}", part < 0.05),
        verdict(f"{SLICES} slices with their share: no slower than one job", "<= +10 %", times, not slower),
    ]
