/** Calls about files: operators look after everybody's, a merchant after its own. */

import { answerOf, api } from "@/request";
import { useSession } from "@/session/session";

import { FOLDERS, type Folder } from "./stored-file";

interface Asked {
  folder?: Folder;
  name?: string;
  storage?: string;
  since?: string;
  until?: string;
  page: number;
  size: number;
  sort: "created_at" | "size" | "original_name";
  order: "asc" | "desc";
}

const of = (file_id: string) => ({ params: { path: { file_id } } });

const platform = {
  may: "sys:oss:all",
  /** Where uploads are sent. */
  path: "/platform/v1/files",
  /** What files can be uploaded for. */
  folders: FOLDERS as readonly Folder[],
  list: (query: Asked) => answerOf(api.GET("/platform/v1/files", { params: { query } })),
  limits: () => answerOf(api.GET("/platform/v1/files/limits")),
  get: (id: string) => answerOf(api.GET("/platform/v1/files/{file_id}", of(id))),
  remove: (id: string) => answerOf(api.DELETE("/platform/v1/files/{file_id}", of(id))),
};

export type FileCalls = typeof platform;

const merchant: FileCalls = {
  may: "merchant:file:all",
  path: "/merchant/v1/files",
  folders: ["product", "detail", "license", "document"],
  list: ({ storage: _, ...query }) => answerOf(api.GET("/merchant/v1/files", { params: { query } })),
  limits: () => answerOf(api.GET("/merchant/v1/files/limits")),
  get: (id) => answerOf(api.GET("/merchant/v1/files/{file_id}", of(id))),
  remove: (id) => answerOf(api.DELETE("/merchant/v1/files/{file_id}", of(id))),
};

/** The calls of whoever is signed in. */
export function fileCalls(): FileCalls {
  return useSession().me?.audience === "merchant" ? merchant : platform;
}
