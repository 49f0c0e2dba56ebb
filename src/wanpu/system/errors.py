"""What the operations back end refuses. Codes are public and permanent."""

from wanpu.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


class StaffNameTaken(Conflict):
    """Another back-office account has this name."""

    code = "staff.username_taken"
    message_zh = "账号已存在"
    message_en = "This account exists already"


class StaffNameInvalid(Invalid):
    """The name is not 2 to 50 letters, digits, `_`, `-` and `.`."""

    code = "staff.username_invalid"
    message_zh = "账号为 2 至 50 个字母、数字、_、- 或 ."
    message_en = "An account name has 2 to 50 letters, digits, _, - and ."


class CrossSiteWrite(Forbidden):
    """A write that came with the cookie alone: another site may have started it."""

    code = "auth.cross_site_write"
    message_zh = "请求缺少 X-Wanpu-Console 头"
    message_en = "The request lacks the header X-Wanpu-Console"


class PasswordChangeRequired(Forbidden):
    """The account still has a password that somebody else has seen."""

    code = "auth.password_change_required"
    message_zh = "请先修改初始密码"
    message_en = "Change the first password before anything else"


class MenuParentInvalid(Invalid):
    """The menu cannot stand there: a page and a folder stand in a folder, a button on a page of its console,
    nothing below itself."""

    code = "menu.parent_invalid"
    message_zh = "目录和菜单的上级须为目录，按钮的上级须为菜单，且不能是自己的下级"
    message_en = "A folder or page stands in a folder, a button on a page, and nothing below itself"


class MenuTooDeep(Invalid):
    """The tree would have more levels than a console can show."""

    code = "menu.too_deep"
    message_zh = "菜单层级过深"
    message_en = "The menu would stand too deep"


class OperationNotFound(NotFound):
    """The operation log has no such row."""

    code = "operation_log.not_found"
    message_zh = "日志不存在"
    message_en = "There is no such row in the log"


class CaptchaWrong(Invalid):
    """The captcha is wrong, too old, or was answered before; whichever it was, it is used up now."""

    code = "auth.captcha_wrong"
    message_zh = "验证码错误或已失效，请换一张"
    message_en = "The captcha is wrong or used up; ask for another"


class StaffDisabled(Forbidden):
    """The password is right, but the account is switched off."""

    code = "staff.disabled"
    message_zh = "账号已停用，请联系管理员"
    message_en = "This account is disabled"


class TotpRequired(Unauthenticated):
    """The password is right; this account also needs a code of its second factor."""

    code = "auth.totp_required"
    message_zh = "请输入动态验证码"
    message_en = "Enter the code of your authenticator"


class TotpWrong(Unauthenticated):
    """The code of the second factor is wrong, or was used before."""

    code = "auth.totp_wrong"
    message_zh = "动态验证码错误或已使用"
    message_en = "The code of your authenticator is wrong or used up"


class CodeWrong(Invalid):
    """A signed-in account gave a wrong or used code; the session stays."""

    code = "auth.code_wrong"
    message_zh = "动态验证码错误或已使用"
    message_en = "The code of your authenticator is wrong or used up"


class SecondFactorStands(Conflict):
    """The account has a second factor already; switch it off before another one is set up."""

    code = "auth.second_factor_stands"
    message_zh = "已开启双重验证，请先关闭"
    message_en = "A second factor is switched on already"


class SecondFactorMissing(Conflict):
    """There is no second factor to confirm or to switch off."""

    code = "auth.second_factor_missing"
    message_zh = "尚未设置双重验证"
    message_en = "No second factor is set up"


class PasswordWrong(Invalid):
    """A signed-in account was asked for its password again and gave another; the session stays."""

    code = "auth.password_wrong"
    message_zh = "当前密码错误"
    message_en = "The present password is wrong"


class PasswordUnchanged(Invalid):
    """The new password is the old one."""

    code = "auth.password_unchanged"
    message_zh = "新密码不能与原密码相同"
    message_en = "The new password is the old one"


class SessionNotFound(NotFound):
    """No such session, or one that the caller may not see."""

    code = "session.not_found"
    message_zh = "会话不存在"
    message_en = "There is no such session"


class MenuNotFound(NotFound):
    """No such menu in this console."""

    code = "menu.not_found"
    message_zh = "菜单不存在"
    message_en = "There is no such menu"


class MenuProtected(Conflict):
    """The menu came with Wanpu: its place, address and permissions are the code's, and it stays."""

    code = "menu.protected"
    message_zh = "系统菜单不能删除，也不能修改其上级、地址和权限"
    message_en = "A menu that came with Wanpu cannot be deleted, moved or given another address or permission"


class MenuHasChildren(Conflict):
    """Other menus stand below it."""

    code = "menu.has_children"
    message_zh = "请先删除下级菜单或按钮"
    message_en = "Delete the menus and buttons below it first"


class MenuShapeInvalid(Invalid):
    """A folder has no address and no permission, a page has an address, a button has permissions alone."""

    code = "menu.shape_invalid"
    message_zh = "目录没有地址和权限，菜单须有地址，按钮须有权限且没有地址和图标"
    message_en = "A folder has no address and no permission, a page an address, a button permissions alone"


class MenuOrderStale(Conflict):
    """The given menus are not exactly those that stand below this parent now."""

    code = "menu.order_stale"
    message_zh = "下级菜单已变化，请刷新后重试"
    message_en = "The menus below this one have changed; load them again"


class TooManyMenus(Conflict):
    """The console has as many menus as it can show."""

    code = "menu.too_many"
    message_zh = "菜单数量已达上限"
    message_en = "The console cannot take any more menus"


class PermissionUnknown(Invalid):
    """No route of this console asks for such a permission; `details.permissions` names them."""

    code = "menu.permission_unknown"
    message_zh = "权限标识不存在"
    message_en = "There is no such permission"


class BeyondOwnRights(Forbidden):
    """The caller would grant what it has not got itself; `details` says what."""

    code = "role.beyond_own_rights"
    message_zh = "不能授予自己没有的权限"
    message_en = "You cannot grant what you may not do yourself"


class RoleNotFound(NotFound):
    """No such role, or it is none of the caller's."""

    code = "role.not_found"
    message_zh = "角色不存在"
    message_en = "There is no such role"


class RoleIsOwn(Conflict):
    """The caller holds this role: nobody changes what it may do itself."""

    code = "role.is_own"
    message_zh = "不能修改或删除自己拥有的角色"
    message_en = "You cannot change or delete a role that you hold"


class RoleAboveYou(Forbidden):
    """The role grants more than the caller has."""

    code = "role.above_you"
    message_zh = "该角色的权限高于您，不能操作"
    message_en = "This role may do more than you; you cannot change it"


class RoleBuiltIn(Conflict):
    """The mall made this role for a merchant's first account; it always has every menu."""

    code = "role.built_in"
    message_zh = "内置角色不能修改或删除"
    message_en = "This role is built in and cannot be changed or deleted"


class StaffNotFound(NotFound):
    """No such account, or it is none of the caller's."""

    code = "staff.not_found"
    message_zh = "账号不存在"
    message_en = "There is no such account"


class StaffIsYourself(Conflict):
    """The caller's own account: others look after it."""

    code = "staff.is_yourself"
    message_zh = "不能对当前登录的账号执行此操作"
    message_en = "You cannot do this to your own account"


class SuperAdministratorProtected(Conflict):
    """The super administrator cannot be deleted, switched off or given roles."""

    code = "staff.super_administrator_protected"
    message_zh = "超级管理员不能删除、停用或分配角色"
    message_en = "The super administrator cannot be deleted, disabled or given roles"


class StaffAboveYou(Forbidden):
    """The account may do more than the caller: changing it would be a way to those rights."""

    code = "staff.above_you"
    message_zh = "该账号的权限高于您，不能操作"
    message_en = "This account may do more than you; you cannot change it"


class StaffAddressMissing(Conflict):
    """The caller's own address is not among those that it wants to sign in from."""

    code = "staff.own_address_missing"
    message_zh = "允许的地址须包含您当前的地址"
    message_en = "The allowed addresses must include the one that you use now"


class MerchantUnknown(NotFound):
    """No such merchant."""

    code = "staff.merchant_unknown"
    message_zh = "商家不存在"
    message_en = "There is no such merchant"


class ApprovalNotFound(NotFound):
    """There is no such request, or it is another's."""

    code = "approval.not_found"
    message_zh = "审批单不存在"
    message_en = "There is no such request"


class ApprovalClosed(Conflict):
    """The request is not in a state that allows this; `details.status` says in which it is."""

    code = "approval.closed"
    message_zh = "审批单当前状态不允许此操作"
    message_en = "The state of the request does not allow this"


class ApprovalOpenAlready(Conflict):
    """A request about the same thing waits already: `details.approval_id`."""

    code = "approval.open_already"
    message_zh = "同一事项已有待审批的申请"
    message_en = "A request about the same thing waits already"


class OwnRequest(Forbidden):
    """Who asks never decides."""

    code = "approval.own_request"
    message_zh = "不能审批自己的申请"
    message_en = "Nobody decides on a request of their own"


class ConfigNotFound(NotFound):
    """No such setting."""

    code = "config.not_found"
    message_zh = "参数不存在"
    message_en = "There is no such setting"


class ConfigVersionNotFound(NotFound):
    """The setting never had this version, or it was a deletion."""

    code = "config.version_not_found"
    message_zh = "该版本不存在"
    message_en = "The setting has no such version"


class ConfigKeyTaken(Conflict):
    """A setting of this key stands already."""

    code = "config.key_taken"
    message_zh = "参数名已存在"
    message_en = "A setting of this key exists already"


class ConfigStale(Conflict):
    """Somebody else has changed the setting since it was read: `details.version` is the present one."""

    code = "config.stale"
    message_zh = "参数已被他人修改，请刷新后重试"
    message_en = "Somebody else has changed this setting; read it again"


class ConfigValueInvalid(Invalid):
    """The value does not have the shape of its key; `details.fields` says where."""

    code = "config.value_invalid"
    message_zh = "参数值不符合要求"
    message_en = "The value does not fit its key"


class SecretUnknown(NotFound):
    """No part of the mall asks for a secret of this name."""

    code = "secret.unknown"
    message_zh = "没有这个密钥项"
    message_en = "There is no secret of this name"


class StorageNotConfigured(Conflict):
    """The chosen storage lacks something: `details.missing` names settings or secrets."""

    code = "storage.not_configured"
    message_zh = "存储配置不完整"
    message_en = "The chosen storage is not fully configured"


class FileNotKnown(NotFound):
    """No such file, or another's."""

    code = "file.not_found"
    message_zh = "文件不存在"
    message_en = "There is no such file"


class FileInUse(Conflict):
    """Something still shows the file; `details.used_by` says what."""

    code = "file.in_use"
    message_zh = "文件正在使用，不能删除"
    message_en = "The file is still in use"


class FileFolderMismatch(Invalid):
    """The folder takes other kinds of file: public folders take pictures alone."""

    code = "file.folder_mismatch"
    message_zh = "该目录只能存放图片"
    message_en = "This folder takes pictures alone"


class UploadMalformed(Invalid):
    """The body is not one form with one file and its folder."""

    code = "file.upload_malformed"
    message_zh = "上传内容格式不正确"
    message_en = "The upload is not a form with one file"


class UploadAbandoned(Conflict):
    """The upload took so long that it was given up; nothing was kept."""

    code = "file.upload_abandoned"
    message_zh = "上传超时，请重新上传"
    message_en = "The upload took too long and was given up"


class FileLinkInvalid(Forbidden):
    """The link to a private file was altered, or has no signature."""

    code = "file.link_invalid"
    message_zh = "文件链接无效"
    message_en = "The link to this file is not valid"


class FileLinkExpired(Forbidden):
    """The link to a private file has run out."""

    code = "file.link_expired"
    message_zh = "文件链接已过期"
    message_en = "The link to this file has run out"


class JobLogNotFound(NotFound):
    """The job log has no such line."""

    code = "job_log.not_found"
    message_zh = "任务日志不存在"
    message_en = "There is no such line in the job log"


class ViewNotFound(NotFound):
    """No such saved view, or another's."""

    code = "view.not_found"
    message_zh = "视图不存在"
    message_en = "There is no such view"


class ViewsTooMany(Conflict):
    """The account has saved as many views as it may: `details.limit` of the list, or of all lists."""

    code = "view.too_many"
    message_zh = "保存的视图过多，请先删除不用的"
    message_en = "Too many saved views; remove some first"
