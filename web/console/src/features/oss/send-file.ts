/** One file to the mall, telling how far it is: `fetch` cannot say that of what it sends. */

import { ApiError, NO_ANSWER } from "@/api-error";
import { throughGate } from "@/request";
import { currentLanguage } from "@/text";

import type { Folder, StoredFile } from "./stored-file";

/** Said from 0 to 1; 1 means that the mall has it all and is at work. */
export type Told = (share: number) => void;

function sendOnce(request: Request, form: FormData, told: Told): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open(request.method, request.url);
    sending.setRequestHeader("Accept-Language", currentLanguage());
    sending.setRequestHeader("X-Wanpu-Console", "1");
    sending.upload.onprogress = (event) => told(event.lengthComputable ? event.loaded / event.total : 0);
    sending.onload = () => resolve(new Response(sending.responseText, { status: sending.status }));
    sending.onerror = () => reject(new ApiError(0, { code: NO_ANSWER }));
    sending.send(form);
  });
}

/** Send it to one of the two consoles' addresses. Rejects with `ApiError` when the mall refuses the file or does not answer. */
export async function sendFile(path: string, file: File, folder: Folder, told: Told): Promise<StoredFile> {
  const form = new FormData();
  form.append("folder", folder);
  form.append("file", file, file.name);
  const send = throughGate((request) => sendOnce(request, form, told));
  const answer = await send(new Request(new URL(path, location.origin), { method: "POST" }));
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) {
    throw ApiError.fromAnswer(answer.status, body);
  }
  return body as StoredFile;
}
