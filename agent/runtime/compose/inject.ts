/**
 * Configs and secrets that come from a variable or stand in the compose file: Compose mounts no file for them,
 * it copies their content into the container right before it starts it. Whoever starts it does the same.
 */
import type Docker from "dockerode";
import * as z from "zod";
import type { ServiceModel } from "../../../core/compose/model.ts";
import { dockerError } from "./docker-error.ts";

export const injectedFileSchema = z.object({
  /** Absolute, inside the container. */
  target: z.string(),
  content: z.string(),
  /** Permission bits. */
  mode: z.number(),
  uid: z.number(),
  gid: z.number(),
});
export type InjectedFile = z.infer<typeof injectedFileSchema>;

const grantSchema = z.looseObject({
  source: z.string(),
  target: z.string().optional(),
  uid: z.string().optional(),
  gid: z.string().optional(),
  mode: z.union([z.number(), z.string()]).optional(),
});
const configSchema = z.looseObject({
  configs: z.array(grantSchema).nullish(),
  secrets: z.array(grantSchema).nullish(),
  resources: z
    .looseObject({
      configs: z.record(z.string(), z.looseObject({ content: z.string().optional() }).nullable()).optional(),
      values: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
});

/** compose `pkg/compose/secrets.go`: readable by everybody. */
const defaultMode = 0o444;

function targetOf(kind: "configs" | "secrets", source: string, target: string | undefined): string {
  if (kind === "configs") return target ?? `/${source}`;
  return target?.startsWith("/") ? target : `/run/secrets/${target ?? source}`;
}

/** Pure. Those whose content is a file on disk are mounted, and not among them. */
export function injectedFiles(model: ServiceModel): InjectedFile[] {
  const config = configSchema.parse(model.config);
  return (["configs", "secrets"] as const).flatMap((kind) =>
    (config[kind] ?? []).flatMap(({ source, target, uid, gid, mode }): InjectedFile[] => {
      const content =
        config.resources?.values?.[`${kind}.${source}`] ??
        (kind === "configs" ? config.resources?.configs?.[source]?.content : undefined);
      if (content === undefined) return [];
      // Compose prints permission bits as a string of octal digits.
      const bits = typeof mode === "string" ? Number.parseInt(mode, 8) : (mode ?? defaultMode);
      return [
        {
          target: targetOf(kind, source, target),
          content,
          mode: bits,
          uid: Number(uid ?? 0),
          gid: Number(gid ?? 0),
        },
      ];
    }),
  );
}

const blockBytes = 512;

/** One file as a tar archive (POSIX ustar): a header block, the content, and two empty blocks at the end. Pure. */
export function tarOf({ target, content, mode, uid, gid }: InjectedFile, mtimeSeconds: number): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(blockBytes);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  const path = target.replace(/^\/+/, "");
  const cut = path.length > 100 ? path.lastIndexOf("/", 154) : -1;
  header.write(path.slice(cut + 1), 0);
  header.write(octal(mode, 7), 100);
  header.write(octal(uid, 7), 108);
  header.write(octal(gid, 7), 116);
  header.write(octal(bytes.length, 11), 124);
  header.write(octal(mtimeSeconds, 11), 136);
  header.write(" ".repeat(8), 148);
  // Type 0, a file, and 100 bytes of no link; then the format's name and version.
  header.write("0", 156);
  header.write("ustar\0", 257);
  header.write("00", 263);
  if (cut > 0) header.write(path.slice(0, cut), 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const padding = (blockBytes - (bytes.length % blockBytes)) % blockBytes;
  return Buffer.concat([header, bytes, Buffer.alloc(padding + 2 * blockBytes)]);
}

/** @throws HotenvError docker-unreachable, docker-failed */
export async function inject(docker: Docker, id: string, files: readonly InjectedFile[]): Promise<void> {
  for (const file of files)
    try {
      await docker.getContainer(id).putArchive(tarOf(file, Math.floor(Date.now() / 1000)), { path: "/" });
    } catch (error) {
      throw dockerError(`Docker did not take the content of ${file.target}`, error);
    }
}
