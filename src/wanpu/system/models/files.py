"""Files (文件): what was uploaded, where it lies, and who may see it."""

from sqlalchemy import Boolean, Index, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from wanpu.infra.columns import BigInt, code_text, name_text
from wanpu.infra.tables import Base, PrimaryId, Stamped
from wanpu.kernel.ids import Id


class StoredFile(Stamped, Base):
    """One uploaded file. `url` is where a browser finds it: for a private file a path that asks for a
    signature, for a public one its lasting address, whatever storage is used later."""

    __tablename__ = "sys_oss"

    id: Mapped[PrimaryId]
    url: Mapped[str] = mapped_column(code_text(500))
    storage: Mapped[str] = mapped_column(code_text(16))  # "local", "aliyun", "qcloud", "qiniu"
    bucket: Mapped[str] = mapped_column(code_text(100), default="")
    object_key: Mapped[str] = mapped_column(code_text(255))
    thumbnail_key: Mapped[str | None] = mapped_column(code_text(255))
    thumbnail_url: Mapped[str | None] = mapped_column(code_text(500))
    original_name: Mapped[str] = mapped_column(name_text(255), default="")
    content_type: Mapped[str] = mapped_column(code_text(100))
    size: Mapped[int] = mapped_column(BigInt)  # bytes, as stored
    sha256: Mapped[str] = mapped_column(code_text(64))
    width: Mapped[int | None] = mapped_column(Integer)  # pixels
    height: Mapped[int | None] = mapped_column(Integer)
    is_private: Mapped[bool] = mapped_column(Boolean, default=False)
    folder: Mapped[str] = mapped_column(code_text(64), default="")  # "product", "license"
    merchant_id: Mapped[Id | None] = mapped_column(BigInt)
    created_by: Mapped[Id | None] = mapped_column(BigInt)
    pending: Mapped[int | None] = mapped_column(SmallInteger)  # 1 being uploaded, 2 being removed

    __table_args__ = (
        Index(None, "created_at"),
        Index(None, "merchant_id", "created_at"),
        Index(None, "folder", "created_at"),
        Index(None, "sha256"),
        Index(None, "pending", "created_at"),
    )
