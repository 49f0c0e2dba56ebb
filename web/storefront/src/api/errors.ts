/** What a call can end with, besides its answer. */

import type { Refusal } from "./types";

/** No answer arrived: for a write the outcome is unknown, so repeat it only with the same idempotency key. */
export const NO_ANSWER = "client.no_answer";
/** An answer arrived that is not the mall's JSON (a proxy's error page, for example). */
export const UNREADABLE = "client.unreadable_answer";

/** A call that did not succeed. `code` is stable; `message` is written for the shopper. */
export class ApiError extends Error {
  readonly code: string;
  readonly details: Refusal["details"];
  readonly request_id: string;
  /** HTTP status; 0 when no answer arrived. */
  readonly status: number;

  constructor(status: number, body: Refusal) {
    super(body.message);
    this.name = "ApiError";
    this.code = body.code;
    this.details = body.details;
    this.request_id = body.request_id;
    this.status = status;
  }

  static noAnswer(): ApiError {
    return new ApiError(0, { code: NO_ANSWER, message: "网络不太顺畅，请稍后再试", details: {}, request_id: "" });
  }

  /** Read an error body, whatever arrived in its place. */
  static fromAnswer(status: number, body: unknown): ApiError {
    if (isRefusal(body)) {
      return new ApiError(status, body);
    }
    return new ApiError(status, {
      code: UNREADABLE,
      message: status >= 500 ? "服务暂时不可用，请稍后再试" : "请求没有成功，请稍后再试",
      details: {},
      request_id: "",
    });
  }
}

/** Field name → what the mall says is wrong with it; empty unless the error is about fields. */
export function fieldProblems(error: ApiError): Record<string, string> {
  const fields = error.details.fields;
  if (!Array.isArray(fields)) {
    return {};
  }
  return Object.fromEntries(
    (fields as { field: string; problem: string }[]).map(({ field, problem }) => [field, problem]),
  );
}

function isRefusal(body: unknown): body is Refusal {
  return (
    typeof body === "object" &&
    body !== null &&
    typeof (body as Partial<Refusal>).code === "string" &&
    typeof (body as Partial<Refusal>).message === "string"
  );
}
