/** Short messages over the page. */

import { ElMessage } from "element-plus/es";
import "element-plus/es/components/message/style/css";

import { ApiError, SIGNED_OUT } from "@/api-error";
import { failureText } from "@/failure-text";

/** Say that something is done. */
export function sayDone(text: string): void {
  ElMessage({ message: text, type: "success", duration: 2600 });
}

/** Say what the reader should know before going on. */
export function sayNote(text: string): void {
  ElMessage({ message: text, type: "warning", duration: 4000, showClose: true });
}

/** Say that a call failed, with the number that its log lines carry. */
export function sayFailure(error: ApiError): void {
  if (error.code !== SIGNED_OUT) {
    ElMessage({ message: failureText(error), type: "error", duration: 7000, showClose: true });
  }
}
