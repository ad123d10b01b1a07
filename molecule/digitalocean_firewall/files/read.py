"""What DigitalOcean's own client sees in the stand-in's account, as JSON: firewalls by name."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pydo

facts = json.loads((Path(sys.argv[1]) / "fake.json").read_text(encoding="utf-8"))
client = pydo.Client(token=facts["token"], endpoint=facts["url"], connection_verify=facts["ca"])
print(json.dumps({firewall["name"]: firewall for firewall in client.firewalls.list()["firewalls"]}))  # noqa: T201
