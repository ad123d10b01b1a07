# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make demo``: harden a disposable Redis in use, attack it before and after, audit it, harden it again."""
