# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Every kind of value, by its name.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.base import Kind
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.documents import DocumentKind
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.free import (
    AnythingKind,
    JsonKind,
    OpenKind,
)
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.lists import ListKind
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.maps import MapKind
from ansible_collections.community.posthog.plugins.module_utils._schema.kinds.scalars import (
    BooleanKind,
    DecimalKind,
    IntegerKind,
    NumberKind,
    TextKind,
    TimeKind,
)

_ALL: t.Final[tuple[Kind, ...]] = (
    TextKind(),
    IntegerKind(),
    NumberKind(),
    BooleanKind(),
    TimeKind(),
    DecimalKind(),
    AnythingKind(),
    JsonKind(),
    OpenKind(),
    DocumentKind(),
    ListKind(),
    MapKind(),
)

#: By the name that a field gives as its kind.
KINDS: t.Final[dict[str, Kind]] = {kind.name: kind for kind in _ALL}
