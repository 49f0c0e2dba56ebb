/** What a call can end with, besides its answer. */

/** No answer arrived: for a write the outcome is unknown. */
export const NO_ANSWER = "client.no_answer";
/** An answer arrived that is not the mall's JSON (a proxy's error page, for example). */
export const UNREADABLE = "client.unreadable_answer";
/** The session ended and nobody signed in again. */
export const SIGNED_OUT = "client.signed_out";
/** Somebody else has signed in with this browser; nothing was sent. */
export const OTHER_ACCOUNT = "client.other_account";

interface Refusal {
  code: string;
  message: string;
  details: Record<string, unknown>;
  request_id: string;
}

/** A call that did not succeed. `code` is stable; `message` is the mall's sentence in the reader's language. */
export class ApiError extends Error {
  readonly code: string;
  readonly details: Record<string, unknown>;
  readonly requestId: string;
  /** HTTP status; 0 when no answer arrived. */
  readonly status: number;

  constructor(status: number, refusal: Partial<Refusal> & { code: string }) {
    super(refusal.message ?? refusal.code);
    this.name = "ApiError";
    this.code = refusal.code;
    this.details = refusal.details ?? {};
    this.requestId = refusal.request_id ?? "";
    this.status = status;
  }

  /** Read an error body, whatever arrived in its place. */
  static fromAnswer(status: number, body: unknown): ApiError {
    return new ApiError(status, isRefusal(body) ? body : { code: UNREADABLE });
  }
}

function isRefusal(body: unknown): body is Refusal {
  return (
    typeof body === "object" &&
    body !== null &&
    typeof (body as Partial<Refusal>).code === "string" &&
    typeof (body as Partial<Refusal>).message === "string"
  );
}

/** Field name → what the mall says is wrong with it; empty unless the error is about fields. */
export function fieldProblems(error: ApiError): Record<string, string> {
  const fields = error.details.fields;
  if (!Array.isArray(fields)) {
    return {};
  }
  return Object.fromEntries((fields as { field: string; problem: string }[]).map(({ field, problem }) => [field, problem]));
}
