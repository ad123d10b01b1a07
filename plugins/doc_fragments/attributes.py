"""Documentation of what modules support."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in check mode and return the changes it would make, without making them.
    support: full
  diff_mode:
    description: Returns what changed, or would change, in diff mode. Secrets never appear in it.
    support: full
  platform:
    description: Target operating systems the module is made for.
    platforms: debian
    support: full
"""

    # For modules that only read.
    INFO = r"""
attributes:
  check_mode:
    description: Reads only, so check mode is no different.
    support: full
  diff_mode:
    description: Changes nothing, so there is nothing to show.
    support: N/A
  platform:
    description: Target operating systems the module is made for.
    platforms: debian
    support: full
"""
