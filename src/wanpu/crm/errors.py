"""What the CRM room refuses. Codes are public and permanent."""

from wanpu.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class UsernameTaken(Conflict):
    """Another member has this name."""

    code = "member.username_taken"
    message_zh = "用户名已被使用"
    message_en = "This username is taken"


class MobileTaken(Conflict):
    """Another member has this mobile number."""

    code = "member.mobile_taken"
    message_zh = "手机号已被注册"
    message_en = "This mobile number is registered already"


class MemberDisabled(Forbidden):
    """The password is right, but the account is switched off."""

    code = "member.disabled"
    message_zh = "账号已停用，请联系客服"
    message_en = "This account is disabled"


class PictureForeign(Invalid):
    """The picture lies elsewhere than this mall's files do; pages show no such picture."""

    code = "member.picture_foreign"
    message_zh = "只能使用本商城的图片"
    message_en = "Only pictures of this mall can be used"


class AddressNotFound(NotFound):
    """No such address, or another member's."""

    code = "address.not_found"
    message_zh = "收货地址不存在"
    message_en = "There is no such address"


class TooManyAddresses(Conflict):
    """The member has as many addresses as one may have; `details.limit` says how many."""

    code = "address.too_many"
    message_zh = "收货地址数量已达上限"
    message_en = "You have as many addresses as one may have"


class MerchantNotFound(NotFound):
    """No such merchant, or one that does not sell at present."""

    code = "merchant.not_found"
    message_zh = "店铺不存在或暂停营业"
    message_en = "There is no such shop, or it is closed"
