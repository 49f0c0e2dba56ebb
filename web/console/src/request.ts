/**
 * The one place that sends HTTP.
 *
 * The session travels as a cookie that scripts cannot read. When the mall no longer accepts it, the
 * request waits at the gate until the same person has signed in again, and is then repeated: a form
 * that took half an hour is not lost to a session that ended meanwhile.
 */

import createClient, { type Client } from "openapi-fetch";

import type { paths } from "@api-client/schema";

import { ApiError, NO_ANSWER, OTHER_ACCOUNT, SIGNED_OUT } from "./api-error";
import { currentLanguage } from "./text";

/** What stands between a refused session and the next try. */
export interface Gate {
  /** Resolves once the same account has a good session again; rejects when its owner gives up. */
  signInAgain(): Promise<void>;
  /** Resolves once the account has a password of its own; rejects when its owner gives up. */
  changePassword(): Promise<void>;
  /** Whether somebody else has signed in with this browser since this page was opened. */
  isOthers(): boolean;
  /** Hears that the mall refused what this page believed to be allowed. */
  noteForbidden(): void;
}

type Send = (request: Request) => Promise<Response>;

const TIMEOUT_MS = 30_000;
const SESSION_ENDED = new Set(["auth.required", "auth.token_invalid", "auth.token_expired"]);
const PASSWORD_DUE = "auth.password_change_required";
const FORBIDDEN = "auth.forbidden";

let gate: Gate | null = null;

/** Say who asks for a new session; until then a refused session is an error like any other. */
export function installGate(installed: Gate | null): void {
  gate = installed;
}

async function refusalCode(response: Response): Promise<string> {
  try {
    const body = (await response.clone().json()) as { code?: unknown };
    return typeof body.code === "string" ? body.code : "";
  } catch {
    return "";
  }
}

/** The gate that a refused answer leads to, if there is one. */
async function gateFor(response: Response): Promise<(() => Promise<void>) | null> {
  if (!gate || (response.status !== 401 && response.status !== 403)) {
    return null;
  }
  const code = await refusalCode(response);
  if (response.status === 401 && SESSION_ENDED.has(code)) {
    return gate.signInAgain.bind(gate);
  }
  if (code === FORBIDDEN) {
    gate.noteForbidden();
  }
  return code === PASSWORD_DUE ? gate.changePassword.bind(gate) : null;
}

/** A browser has one session for all its tabs: what one person wrote is not sent in the name of another. */
function ofPresentAccount(send: Send): Send {
  return async (request) => {
    if (gate?.isOthers()) {
      throw new ApiError(0, { code: OTHER_ACCOUNT });
    }
    return send(request);
  };
}

/** `send`, with a pass through the gate and one repetition where the session is what was refused. */
export function throughGate(sendNow: Send): Send {
  const send = ofPresentAccount(sendNow);
  return async (request) => {
    const repeatable = request.clone();
    const response = await send(request);
    const pass = await gateFor(response);
    if (!pass) {
      return response;
    }
    try {
      await pass();
    } catch {
      throw new ApiError(response.status, { code: SIGNED_OUT });
    }
    return send(repeatable);
  };
}

/** Adds what every call carries, and turns a network failure into an error value. */
export async function sendPlain(request: Request): Promise<Response> {
  request.headers.set("Accept-Language", currentLanguage());
  if (request.method !== "GET") {
    request.headers.set("X-Wanpu-Console", "1");
  }
  try {
    return await fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  } catch (error) {
    if (request.signal.aborted) {
      throw error;
    }
    throw new ApiError(0, { code: NO_ANSWER });
  }
}

/** Tells the mall that nobody asked: a page left open must not keep its session alive. */
async function sendUnattended(request: Request): Promise<Response> {
  request.headers.set("X-Wanpu-Unattended", "1");
  return sendPlain(request);
}

export type Api = Client<paths>;

function client(send: Send): Api {
  return createClient<paths>({ baseUrl: location.origin, fetch: send, credentials: "same-origin" });
}

/** Every call of a screen. */
export const api = client(throughGate(sendPlain));

/** Calls that a page makes by itself, again and again. */
export const unattendedApi = client(throughGate(sendUnattended));

/** The door's own calls: a refusal concerns whoever stands before it. */
export const doorApi = client(sendPlain);

interface Outcome<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The answer of a call, as a value: `const page = await answerOf(api.GET("/platform/v1/logs"))`.
 *
 * Rejects with `ApiError`, and with nothing else unless the call was aborted.
 */
export async function answerOf<Data>(call: Promise<Outcome<Data>>): Promise<Data> {
  const { data, error, response } = await call;
  if (!response.ok) {
    throw ApiError.fromAnswer(response.status, error);
  }
  return data as Data;
}
