/** What the command that starts the suite tells the extension host, in one environment variable. */
import * as z from "zod";

export const environmentName = "HOTENV_HOST_RUN";

/** What each line of the report begins with on the host's console. */
export const reportMark = "\u2063";

export const hostRunSchema = z.object({
  /** Bundled specs, absolute. */
  specs: z.array(z.string()),
  /** Only tests whose full title contains this. */
  grep: z.string().optional(),
});
export type HostRun = z.infer<typeof hostRunSchema>;
