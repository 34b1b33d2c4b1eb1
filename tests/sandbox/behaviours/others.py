# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What types of several modules share."""

from __future__ import annotations

from ..errors import payment_required
from ..resource import Context, Resource


class Gated(Resource):
    """A type that is not there at all without a plan feature."""

    feature = ""

    def admit(self, ctx: Context) -> None:
        # The caller's own organization counts, before it is known whether the project may be entered.
        mine = ctx.user.hidden.get("current_organization")
        if not ctx.store.has_feature(mine, self.feature):
            raise payment_required()
