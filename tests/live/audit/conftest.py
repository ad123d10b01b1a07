"""The audit is tested on the servers of Debian 13 too, as access control is."""

from __future__ import annotations

from ansible_collections.rampart.redis.tests.live.acl import conftest

# A fixture of the same name takes the place of the one for fewer servers.
binary = conftest.binary
