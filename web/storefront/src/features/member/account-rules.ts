/** Checks that spare a shopper a round trip; the mall checks everything again. */

import type { AddressInput } from "@/api/types";
import type { FieldErrors } from "@/composables/field-errors";

const MOBILE = /^1[3-9]\d{9}$/;

export interface RegistrationForm {
  username: string;
  mobile: string;
  password: string;
}

export function checkRegistration(form: RegistrationForm): FieldErrors<RegistrationForm> {
  const errors: FieldErrors<RegistrationForm> = {};
  if (form.username.trim().length < 2) {
    errors.username = "用户名至少 2 个字符";
  }
  if (!MOBILE.test(form.mobile)) {
    errors.mobile = "请输入 11 位手机号";
  }
  if (form.password.length < 8) {
    errors.password = "密码至少 8 位";
  }
  return errors;
}

export function checkAddress(address: AddressInput): FieldErrors<AddressInput> {
  const errors: FieldErrors<AddressInput> = {};
  if (!address.recv_name.trim()) {
    errors.recv_name = "请填写收货人";
  }
  if (!/^\+?\d[\d -]{5,18}\d$/.test(address.recv_tel)) {
    errors.recv_tel = "请填写手机号或座机号";
  }
  if (!address.recv_province || !address.recv_city || !address.recv_area) {
    errors.recv_area = "请选择所在地区";
  }
  if (!address.recv_addr.trim()) {
    errors.recv_addr = "请填写详细地址";
  }
  if (address.recv_post_code && !/^\d{6}$/.test(address.recv_post_code)) {
    errors.recv_post_code = "邮编为 6 位数字";
  }
  return errors;
}
