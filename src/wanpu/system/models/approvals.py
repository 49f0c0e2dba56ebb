"""Approvals (审批): a dangerous action waits for a second pair of eyes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import BigInt, TextStatus, code_text, json_value, name_text
from wanpu.infra.tables import Base, PrimaryId, Stamped
from wanpu.kernel.ids import Id
from wanpu.system.states import ApprovalStatus


class Approval(Stamped, Base):
    """One request to do something dangerous, and what became of it.

    `params` is all that the action needs, secrets sealed; `shown` is what the decider sees.
    `open_key` names what it is about while it is open, so that one thing has one open request.
    """

    __tablename__ = "approval"

    id: Mapped[PrimaryId]
    action: Mapped[str] = mapped_column(code_text(64))  # a registered action: "secret.change"
    subject: Mapped[str] = mapped_column(code_text(128))  # "secret:CLOUD_STORAGE_CONFIG_KEY/qiniuSecretKey"
    params: Mapped[Any] = mapped_column(json_value())
    shown: Mapped[Any] = mapped_column(json_value())
    status: Mapped[ApprovalStatus] = mapped_column(TextStatus(ApprovalStatus))
    open_key: Mapped[str | None] = mapped_column(code_text(200), unique=True)
    reason: Mapped[str] = mapped_column(name_text(500), default="")
    requested_by: Mapped[Id]
    expires_at: Mapped[datetime]
    decided_by: Mapped[Id | None] = mapped_column(BigInt)
    decided_at: Mapped[datetime | None]
    comment: Mapped[str] = mapped_column(name_text(500), default="")
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(name_text(1000), default="")

    __table_args__ = (Index(None, "status", "created_at"), Index(None, "requested_by", "created_at"))
