/** The one place that sends HTTP: address, token, JSON, errors, and the mall's clock. */

import { ApiError } from "./errors";
import { type Query, withQuery } from "./query-string";
import { ServerClock } from "./server-clock";
import { forgetToken, storedToken } from "./token";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

export interface Call {
  query?: Query;
  body?: object;
  headers?: Record<string, string>;
  /** A call that a 401 does not concern, such as the login itself. */
  anonymous?: boolean;
}

export interface Answer<Body> {
  status: number;
  body: Body;
}

const TIMEOUT_MS = 20_000;
const base = import.meta.env.VITE_API_BASE ?? "";
const clock = new ServerClock();

let onSignedOut: () => void = () => undefined;

/** Say what happens when the mall no longer accepts the token. */
export function whenSignedOut(react: () => void): void {
  onSignedOut = react;
}

/** The mall's time in milliseconds: countdowns must not depend on the device's clock. */
export function serverNow(): number {
  return clock.now(Date.now());
}

/** Full address of a file the mall names by path. */
export function fileUrl(path: string): string {
  return path.startsWith("/") ? base + path : path;
}

/** Send one call and read its JSON.
 *
 * Rejects with `ApiError`, and with nothing else.
 */
export async function send<Body>(method: Method, path: string, call: Call = {}): Promise<Answer<Body>> {
  const token = call.anonymous ? null : storedToken();
  const answer = await transport(method, base + withQuery(path, call.query), call, token);
  clock.learn(headerOf(answer.header, "date"), Date.now());
  if (answer.statusCode >= 200 && answer.statusCode < 300) {
    return { status: answer.statusCode, body: answer.data as Body };
  }
  if (answer.statusCode === 401 && !call.anonymous) {
    forgetToken();
    onSignedOut();
  }
  throw ApiError.fromAnswer(answer.statusCode, answer.data);
}

export async function get<Body>(path: string, query?: Query): Promise<Body> {
  return (await send<Body>("GET", path, { query })).body;
}

export async function post<Body>(path: string, body: object, call: Omit<Call, "body"> = {}): Promise<Body> {
  return (await send<Body>("POST", path, { ...call, body })).body;
}

export async function patch<Body>(path: string, body: object): Promise<Body> {
  return (await send<Body>("PATCH", path, { body })).body;
}

export async function remove<Body>(path: string, query?: Query): Promise<Body> {
  return (await send<Body>("DELETE", path, { query })).body;
}

function transport(
  method: Method,
  url: string,
  call: Call,
  token: string | null,
): Promise<UniApp.RequestSuccessCallbackResult> {
  return new Promise((resolve, reject) => {
    uni.request({
      // The typings leave PATCH out; the H5 runtime and current WeChat base libraries send it.
      method: method as "POST",
      url,
      data: call.body,
      timeout: TIMEOUT_MS,
      header: {
        ...(call.body ? { "Content-Type": "application/json" } : {}),
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...call.headers,
      },
      success: resolve,
      fail: () => reject(ApiError.noAnswer()),
    });
  });
}

function headerOf(headers: Record<string, string>, name: string): string | null {
  const found = Object.keys(headers ?? {}).find((key) => key.toLowerCase() === name);
  return found ? (headers[found] ?? null) : null;
}
