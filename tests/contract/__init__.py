# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What PostHog publishes of its API, and the check of requests and answers against it.

``facts.json`` holds, for each operation of the types that the collection manages, which query parameters and which body
it takes and what it answers: names, types, choices, bounds and what is required, no text. ``make contract`` brings its
requests up to date.
"""
