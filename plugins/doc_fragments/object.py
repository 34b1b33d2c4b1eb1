# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that the modules for single objects share."""

from __future__ import annotations


class ModuleDocFragment:
    """Objects and their fields."""

    # Everything that has an id, and fields
    DOCUMENTATION = r"""
options:
  id:
    description:
      - The id of the object, as PostHog shows it. It is needed only where the name is not enough, to rename an
        object or to tell apart two of the same name.
      - No object is created under a given id. If there is none with this id, the task fails, or does nothing if the
        object is declared absent.
    type: raw
  extra_fields:
    description:
      - Further fields of the object, for those that this release of the collection has no option for. They are sent
        as they are, and compared by the keys that are given, at every depth.
      - On an existing object, only fields that PostHog shows are compared and written.
      - Fields that have an option of their own are refused here, unless the value is a dictionary. A dictionary is
        laid over the value of the option, so keys of nested documents that this release does not know can be given
        too.
    type: dict
  ignore_changes:
    description:
      - What is declared for the creation of the object only. Later it is neither compared nor changed, for what
        somebody else steers, such as a rollout.
      - Options, and paths inside them, such as C(active) and C(filters.groups[].rollout_percentage); C([]) stands for
        each item of a list, C([0]) for the first one. Items that PostHog does not have yet are written as declared.
      - Lists of parts, such as the tiles of a dashboard, are ignored as a whole.
    type: list
    elements: str
notes:
  - An option that is left out leaves the field as it is. An option that is V(null) clears the field, or sets it
    back to PostHog's default. The two are not the same. Fields that always have a value, such as most booleans,
    cannot be cleared, and PostHog refuses V(null) for them.
  - Unknown keys in documents with known keys are refused, with the nearest known key, because PostHog ignores most of
    them without an error. Keys that only PostHog computes may be there, as in a copied document, and are ignored.
  - If there are two objects of the same name, the task fails with the ids of both and changes neither.
"""

    # Everything that can be deleted
    STATE = r"""
options:
  state:
    description:
      - V(present) makes the object exist with the declared fields.
      - V(absent) deletes it. All that is not needed to find the object is ignored then. A warning names
        the objects that use it, in check mode too, as far as the lists of PostHog show it.
    type: str
    choices:
      - present
      - absent
    default: present
  until:
    description:
      - The last day of the object, such as V(2026-12-31), in UTC, or the point in time at which it ends. Afterwards the
        object is handled as with O(state=absent).
      - In its last seven days, a warning says so.
    type: str
  prevent_destroy:
    description:
      - Refuse to delete the object. A task that would delete it fails before anything is written, whether for
        O(state=absent), for the end of O(until), or since a change needs a new object.
    type: bool
    default: false
"""

    # Objects that can get another name
    RENAMED = r"""
options:
  renamed_from:
    description:
      - A former name of the object, or a list of them. Where no object has the declared name, the object with the first
        of these names that exists is meant, and is renamed.
      - It may stay when the object has been renamed. A purge by M(community.posthog.posthog_config) leaves objects with
        these names alone.
    type: raw
"""

    # Objects in PostHog's project tree
    FOLDER = r"""
options:
  _create_in_folder:
    description:
      - The folder of the project tree in which a new object is filed, for example V(Unfiled/Websites).
      - It is used when the object is created, and never compared or changed afterwards. Servers before 2025 ignore
        it.
    type: str
"""

    # Objects with tags
    TAGS = r"""
options:
  tags:
    description:
      - All tags of the object. Tags that are not listed are removed. V([]) or V(null) removes all.
      - PostHog trims and lower-cases tags and does not keep their order, none of which counts as a difference.
      - Tags need the plan feature V(tagging). Without it, PostHog would drop them silently. They are left out then,
        with a warning.
    type: list
    elements: str
"""

    # Objects that have no id that a task could give
    NO_ID = r"""
options:
  extra_fields:
    description:
      - Further fields of the object, for those that this release of the collection has no option for. They are sent
        as they are, and compared by the keys that are given, at every depth.
      - On an existing object, only fields that PostHog shows are compared and written.
      - Fields that have an option of their own are refused here, unless the value is a dictionary. A dictionary is
        laid over the value of the option, so keys of nested documents that this release does not know can be given
        too.
    type: dict
  ignore_changes:
    description:
      - What is declared for the creation of the object only. Later it is neither compared nor changed, for what
        somebody else steers.
      - Options, and paths inside them; C([]) behind the name of a list stands for each of its items, C([0]) for the
        first one. Items that PostHog does not have yet are written as declared.
    type: list
    elements: str
notes:
  - An option that is left out leaves the field as it is. An option that is V(null) clears the field, or sets it
    back to PostHog's default. The two are not the same. Fields that always have a value, such as most booleans,
    cannot be cleared, and PostHog refuses V(null) for them.
  - Unknown keys in documents with known keys are refused, with the nearest known key, because PostHog ignores most of
    them without an error. Keys that only PostHog computes may be there, as in a copied document, and are ignored.
"""

    # Objects with values that cannot be read back
    SECRETS = r"""
options:
  update_secret:
    description:
      - When values are written that PostHog keeps but does not show.
      - V(on_create) writes them when the object is created. A task that declares another secret of an existing object
        changes nothing.
      - V(always) writes them each time. The task is changed each time then, since nobody can tell whether anything
        was other than before.
    type: str
    choices:
      - on_create
      - always
    default: on_create
"""
