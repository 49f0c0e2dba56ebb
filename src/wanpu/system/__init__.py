"""Staff and, later, the rest of the operations base. Other rooms import from here only."""

from wanpu.system.service import create_staff, has_staff

__all__ = ["create_staff", "has_staff"]
