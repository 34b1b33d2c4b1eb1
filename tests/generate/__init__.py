# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from tables and files, and is written by ``make generate``. Each module here is one generator.

A generator has a function ``files()``, which returns the files that it writes, by path, as they have to be. It reads
what people wrote, and never what it writes itself, except for the parts of a file around its own.
"""

from __future__ import annotations
