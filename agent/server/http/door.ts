/**
 * Who may come in. A program shows the token. A browser trades a one-time code for two halves of a key: a cookie
 * that no script can read, and a word that the page keeps to its own origin. Cookies of 127.0.0.1 go to every
 * port of it, so a cookie alone opens nothing.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { signCode } from "../../../client/http-door.ts";

export const tokenBytes = 32;
/** Browsers that are in at the same time; the oldest has to come again. */
const maxVisitors = 64;
/** In the list of WebSocket subprotocols, where a browser can put a word of its own. */
const keyProtocol = "hotenv.key.";
const codeProtocol = "hotenv.code.";
export const keyHeader = "x-hotenv-key";

export interface Entry {
  /** For `Set-Cookie`. */
  readonly cookie: string;
  readonly key: string;
}

export interface Door {
  /** Lets a browser in, once a code. */
  enter(code: string): Entry | undefined;
  /** Whether a request may see what is not for everybody. */
  admits(request: IncomingMessage): boolean;
}

export interface DoorOptions {
  readonly token: string;
  /** Tells the cookies of several agents of one machine apart. */
  readonly port: number;
  readonly tls: boolean;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
/** Hashed first, so that a wrong length takes as long as a wrong byte. */
const same = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));
const secret = (): string => randomBytes(tokenBytes).toString("hex");

export function openDoor({ token, port, tls, now = Date.now }: DoorOptions): Door {
  const cookieName = `${tls ? "__Host-" : ""}hotenv-${port}`;
  /** By the digest of its cookie: finding one takes no comparison of secrets. */
  const visitors = new Map<string, string>();
  /** Codes that were used, until they expire by themselves: seconds since the epoch. */
  const used = new Map<string, number>();

  const useCode = (code: string): boolean => {
    const parts = /^([0-9a-z]{1,12})-([0-9a-f]{32})-([0-9a-f]{64})$/.exec(code);
    const [, expiry = "", nonce = "", signature = ""] = parts ?? [];
    const genuine = same(signature, signCode(token, expiry, nonce));
    const expires = Number.parseInt(expiry, 36);
    const seconds = now() / 1000;
    for (const [old, until] of used) if (until < seconds) used.delete(old);
    if (parts === null || !genuine || expires < seconds || used.has(nonce)) return false;
    used.set(nonce, expires);
    return true;
  };

  const hasKey = (request: IncomingMessage, key: string | undefined): boolean => {
    const cookie = cookieOf(request, cookieName);
    if (cookie === undefined || key === undefined) return false;
    const expected = visitors.get(digest(cookie).toString("hex"));
    return expected !== undefined && same(key, expected);
  };

  return {
    enter(code) {
      if (!useCode(code)) return undefined;
      const [cookie, key] = [secret(), secret()];
      visitors.set(digest(cookie).toString("hex"), key);
      for (const oldest of visitors.keys()) {
        if (visitors.size <= maxVisitors) break;
        visitors.delete(oldest);
      }
      const secure = tls ? "; Secure" : "";
      return { cookie: `${cookieName}=${cookie}; Path=/; HttpOnly; SameSite=Strict${secure}`, key };
    },
    admits(request) {
      const { authorization } = request.headers;
      if (authorization !== undefined) return same(authorization, `Bearer ${token}`);
      const key = request.headers[keyHeader];
      if (typeof key === "string") return hasKey(request, key);
      if (request.headers.upgrade === undefined) return false;
      const protocols = protocolsOf(request);
      const word = (prefix: string): string | undefined =>
        protocols.find((one) => one.startsWith(prefix))?.slice(prefix.length);
      const code = word(codeProtocol);
      return code === undefined ? hasKey(request, word(keyProtocol)) : useCode(code);
    },
  };
}

function cookieOf(request: IncomingMessage, name: string): string | undefined {
  return request.headers.cookie
    ?.split(";")
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

function protocolsOf(request: IncomingMessage): readonly string[] {
  return (request.headers["sec-websocket-protocol"] ?? "").split(",").map((one) => one.trim());
}
