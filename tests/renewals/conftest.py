"""One server for all tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.renewals.site import Scheduled, with_tls

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scheduled]:
    with with_tls(tmp_path_factory.mktemp("renewals")) as made:
        yield made
