/** The file that a spawned agent writes its log to: bounded, readable by the user alone. */
import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";

/** Begun anew beyond this; the file before it is kept beside it, as `agent.log.1`. */
const maxLogBytes = 1024 * 1024;

export interface LogFile extends Disposable {
  /** @param text whole lines */
  write(text: string): void;
}

/** Written synchronously: a line that was logged before a crash is there after it. */
export function openLogFile(path: string, maxBytes = maxLogBytes): LogFile {
  const open = () => openSync(path, "a", 0o600);
  let file = open();
  let size = fstatSync(file).size;
  const rotate = () => {
    closeSync(file);
    renameSync(path, `${path}.1`);
    file = open();
    size = 0;
  };
  return {
    write(text) {
      const bytes = Buffer.from(text);
      if (size > 0 && size + bytes.length > maxBytes) rotate();
      size += bytes.length;
      try {
        writeSync(file, bytes);
      } catch (error) {
        // A full disk must not end the agent, and there is no better place to say so.
        if (!(error instanceof Error && "code" in error)) throw error;
      }
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}
