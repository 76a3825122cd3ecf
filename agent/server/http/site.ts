/** Which path is what: the one table of the site. Whatever is not in it is not there. */
import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod/mini";
import { revisionReport } from "../../../core/change/revision-report.ts";
import type { Params } from "../../../core/protocol/messages.ts";
import { renderDiff } from "../../cli/render/diff.ts";
import { type ApiContext, runApi } from "./api.ts";
import { type Assets, isAsset } from "./assets.ts";
import { readJson } from "./body.ts";
import type { Door } from "./door.ts";
import type { Metrics } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import { paramsOfQuery } from "./query.ts";
import { type Answer, json, refusal, text } from "./respond.ts";
import { routes } from "./routes.ts";
import { split } from "./split.ts";

export interface SiteOptions extends ApiContext {
  readonly version: string;
  readonly door: Door;
  readonly metrics: Metrics;
  readonly assets: Assets;
}

export interface Site {
  answer(request: IncomingMessage, response: ServerResponse): Promise<Answer>;
}

interface Place {
  readonly verb: "GET" | "POST";
  /** Anybody may: it tells nothing of the project. */
  readonly open?: true;
  readonly answer: (
    request: IncomingMessage,
    response: ServerResponse,
    query: URLSearchParams,
  ) => Answer | Promise<Answer>;
}

const enterSchema = z.strictObject({ code: z.string().check(z.maxLength(200)) });
/** Wide, plain text. */
const view = { color: false, width: 200, now: new Date(0) };
const never = new AbortController().signal;

export function openSite({ version, door, metrics, assets, api, log }: SiteOptions): Site {
  const runner = runApi({ api, log });
  let document: Answer | undefined;

  const places: Record<string, Place> = {
    "/health": { verb: "GET", open: true, answer: () => json({ status: "ok" }) },
    "/metrics": {
      verb: "GET",
      answer: async () => text(await metrics.print(), metrics.contentType),
    },
    "/api/openapi.json": {
      verb: "GET",
      answer: () => {
        document ??= json(openApi(version));
        return document;
      },
    },
    /** A browser's one-time code for its two halves of a key. */
    "/enter": {
      verb: "POST",
      open: true,
      answer: async (request) => {
        const body = await readJson(request);
        if ("refused" in body) return body.refused;
        const parsed = enterSchema.safeParse(body.value);
        const entry = parsed.success ? door.enter(parsed.data.code) : undefined;
        if (entry === undefined) return refusal(401, "This link has been used, or is too old.");
        return { ...json({ key: entry.key }), headers: { "Set-Cookie": entry.cookie } };
      },
    },
    /** For people: a revision as Markdown. */
    "/text/report": {
      verb: "GET",
      answer: async (_request, _response, query) => {
        const params = paramsOfQuery("history/show", query);
        const { project } = await api.status({}, never);
        return runner.ask("history/show", params, never, (revision) =>
          text(revisionReport(project.name, revision)),
        );
      },
    },
    /** For people: what differs, as `diff -u` writes it. */
    "/text/diff": {
      verb: "GET",
      answer: (_request, _response, query) => {
        const params = paramsOfQuery("history/diff", query);
        return runner.ask("history/diff", params, never, (diff) => {
          // Checked by the method's schema by now.
          const { from, to } = params as Params<"history/diff">;
          return text(renderDiff(from, to, diff, view));
        });
      },
    },
  };
  for (const route of routes)
    places[route.path] = {
      verb: route.verb,
      answer: (request, response, query) => runner.run(route, query, request, response),
    };

  return {
    async answer(request, response) {
      const [path, query] = split(request.url);
      const method = request.method === "HEAD" ? "GET" : request.method;
      const place: Place | undefined = isAsset(path)
        ? { verb: "GET", open: true, answer: () => assets.answer(path, request) }
        : Object.hasOwn(places, path)
          ? places[path]
          : undefined;
      const isOpen = place?.open === true;
      // Before anything is said about what there is.
      if (!isOpen && !door.admits(request))
        return refusal(401, "Show the agent's token: Authorization: Bearer …", {
          headers: { "WWW-Authenticate": "Bearer" },
          hangUp: true,
        });
      if (place === undefined) return refusal(404, "There is nothing here. See /api/openapi.json.");
      if (place.verb !== method)
        return refusal(405, `Only ${place.verb} is for this.`, {
          headers: { Allow: place.verb === "GET" ? "GET, HEAD" : "POST" },
          hangUp: true,
        });
      try {
        return await place.answer(request, response, query);
      } catch (error) {
        // Their own request was cut off: nobody is left to be answered.
        if (request.destroyed && !request.complete) throw error;
        return runner.failed(path, error);
      }
    },
  };
}
