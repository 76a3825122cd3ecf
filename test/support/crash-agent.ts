/**
 * An agent that ends itself by SIGKILL at the Nth journal point: `crash-agent.ts DIR N`. With N = 0 it lives,
 * and at its end prints how many points there were.
 */

import { openProject } from "../../agent/project/open.ts";
import { claimProject } from "../../agent/server/claim.ts";
import { projectPaths } from "../../client/location.ts";

const [directory = "", at = "0"] = process.argv.slice(2);
let points = 0;
const claim = claimProject(projectPaths(directory));
const project = await openProject({
  directory,
  watch: true,
  onJournal: () => {
    points += 1;
    if (points === Number(at)) process.kill(process.pid, "SIGKILL");
  },
});
project.events.on((event) => {
  if (event.type !== "restart_completed") return;
  void project.close().then(() => {
    claim.release();
    process.stdout.write(`${JSON.stringify({ points, verdict: event.data.rollout.verdict })}\n`);
  });
});
