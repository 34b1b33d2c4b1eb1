# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lays out the files of a new type: what ``make new-type`` does.

C(facts) finds what is known of the type, C(table), C(documentation), C(sandbox) and C(sample) make a file or a part of
one from that, and C(lay_out) writes them. What is made is a start: C(UNWRITTEN) marks each sentence and decision that a
person still has to look at, and ``make lint`` refuses the mark.
"""

from __future__ import annotations

#: Stands in whatever a person still has to write or to decide.
UNWRITTEN = "[unwritten]"
