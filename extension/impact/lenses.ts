/** Over each changed line what saving it does; over each service of a Compose file what it uses and how it is. */
import * as vscode from "vscode";
import { clausesOf } from "../../core/l10n.ts";
import { filePatterns } from "../../core/language/files.ts";
import { actionsText } from "../../core/plan/lens-text.ts";
import { healthWord, serviceStateWord, severityWord } from "../../core/protocol/word-texts.ts";
import type { ServiceStatus } from "../../core/protocol/words.ts";
import { commands } from "../contract.ts";
import { Disposables } from "../disposables.ts";
import { t } from "../l10n.ts";
import { uriOf } from "./links.ts";
import { nameIn, type Previews, type ProjectPreview } from "./previews.ts";

/** Any file may be one that a service mounts. */
const selector: vscode.DocumentSelector = [{ scheme: "file" }];
/** More variables than these are counted, not named. */
const namedVariables = 3;

export function provideLenses(previews: Previews): vscode.Disposable {
  const owned = new Disposables();
  owned.add(
    vscode.languages.registerCodeLensProvider(selector, {
      onDidChangeCodeLenses: previews.onDidChange,
      async provideCodeLenses(document) {
        const isCompose = vscode.languages.match({ pattern: filePatterns.compose }, document) > 0;
        if (!document.isDirty && !isCompose) return [];
        const preview = await previews.of(document.uri);
        if (preview === undefined) return [];
        const name = nameIn(preview.directory, document.uri);
        return [...lensesOfEdit(preview, name), ...lensesOfServices(preview, name)];
      },
    }),
  );
  return owned;
}

const lens = (line: number, title: string, command?: Omit<vscode.Command, "title">): vscode.CodeLens =>
  new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { command: "", ...command, title });

function lensesOfEdit(preview: ProjectPreview, name: string): vscode.CodeLens[] {
  const { previewed, expected, isDown } = preview;
  if (previewed.project.composeFiles.includes(name)) return [];
  const phaseOf = (service: string): number =>
    previewed.phases.findIndex((phase) => phase.some((impact) => impact.service === service));
  return previewed.lines
    .filter(({ path }) => path === name)
    .map(({ line, entry, impacts, reaches }) => {
      const asks = previewed.confirm.includes(entry.severity)
        ? t("{0}, asks first · ", severityWord(entry.severity))
        : "";
      const removed = entry.kind === "removed" ? t("without {0}: ", entry.key ?? entry.source) : "";
      const does = actionsText(impacts, { expected, isDown, phaseOf });
      if (does !== "") return lens(line, `${asks}${removed}${does}`, { command: commands.previewImpact });
      return lens(line, `${removed}${reaches ? t("changes no service") : t("reaches no service")}`);
    });
}

function lensesOfServices(
  { directory, previewed, services, ...known }: ProjectPreview,
  name: string,
): vscode.CodeLens[] {
  const { project, phases } = previewed;
  const impacts = phases.flat();
  return [...project.services.values()]
    .filter(({ place }) => place.file === name)
    .flatMap((service) => {
      const line = project.evidence(service.place).line - 1;
      const used = [
        ...new Set(service.reaches.flatMap(({ variable, setIn }) => (setIn === undefined ? [variable] : []))),
      ].sort();
      const places = project.definitions
        .filter(({ key }) => used.includes(key))
        .map(({ place }) => {
          const at = project.evidence(place);
          return new vscode.Location(uriOf(directory, at.file), new vscode.Position(at.line - 1, 0));
        });
      const peek = {
        command: "editor.action.peekLocations",
        arguments: [uriOf(directory, name), new vscode.Position(line, 0), places, "peek"],
      };
      const status = services.find((each) => each.service === service.name);
      const own = impacts.filter((impact) => impact.service === service.name);
      const does = actionsText(own, known);
      return [
        lens(line, usesText(used), places.length === 0 ? undefined : peek),
        ...(status === undefined ? [] : [lens(line, stateText(status), { command: commands.showTimeline })]),
        ...(does === "" ? [] : [lens(line, t("saving {0}", does), { command: commands.previewImpact })]),
      ];
    });
}

function usesText(names: readonly string[]): string {
  if (names.length === 0) return t("uses no variable");
  const named = names.slice(0, namedVariables).join(", ");
  const more = names.length - namedVariables;
  return t("uses {0}", named + (more > 0 ? t(" and {0} more", more) : ""));
}

export function stateText({ state, health, instances }: ServiceStatus): string {
  const several = instances.length > 1 ? ` ×${instances.length}` : "";
  const running = serviceStateWord(state) + several;
  return health === "none" ? running : clausesOf([running, healthWord(health)]);
}
