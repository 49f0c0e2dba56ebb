/** A failed call in words: the mall's own sentence, or ours where the mall said nothing. */

import { type ApiError, NO_ANSWER, OTHER_ACCOUNT, SIGNED_OUT, UNREADABLE } from "./api-error";
import { words } from "./text";

const t = words(
  "failure",
  {
    noAnswer: "没有收到服务器的回应，请检查网络。如果刚才提交了内容，请先刷新确认结果，再决定是否重试。",
    unreadable: "服务暂时不可用（{status}），请稍后再试。如果刚才提交了内容，请先刷新确认结果。",
    signedOut: "登录已结束，操作没有执行",
    otherAccount: "此浏览器已登录另一个账号，操作没有执行。请保存好还需要的内容，再重新打开页面。",
    numbered: "{message}（请求号 {id}）",
  },
  {
    noAnswer: "The server did not answer. If you submitted something, look at the result before you try again.",
    unreadable: "The service is not available now ({status}); try again later. If you submitted something, look at the result first.",
    signedOut: "The session has ended; nothing was done",
    otherAccount: "Another account has signed in with this browser; nothing was done. Copy what you still need and open the page again.",
    numbered: "{message} (request {id})",
  },
);

/** The sentence alone. */
export function failureMessage(error: ApiError): string {
  switch (error.code) {
    case NO_ANSWER:
      return t("noAnswer");
    case UNREADABLE:
      return t("unreadable", { status: error.status });
    case SIGNED_OUT:
      return t("signedOut");
    case OTHER_ACCOUNT:
      return t("otherAccount");
    default:
      return error.message;
  }
}

/** The sentence, with the request's number where the fault may be the server's. */
export function failureText(error: ApiError): string {
  const message = failureMessage(error);
  return error.status >= 500 && error.requestId ? t("numbered", { message, id: error.requestId }) : message;
}
