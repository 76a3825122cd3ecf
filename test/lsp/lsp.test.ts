/** `hotenv lsp`, as an editor meets it. */
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  type CodeAction,
  CodeActionRequest,
  type CompletionItem,
  CompletionRequest,
  DefinitionRequest,
  type Diagnostic,
  DidChangeWatchedFilesNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentFormattingRequest,
  type DocumentSymbol,
  DocumentSymbolRequest,
  ExitNotification,
  type FoldingRange,
  FoldingRangeRequest,
  type Hover,
  HoverRequest,
  type Location,
  PrepareRenameRequest,
  ReferencesRequest,
  RenameRequest,
  SelectionRangeRequest,
  ShutdownRequest,
  type TextDocumentContentChangeEvent,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver-protocol/node";
import { atMark, type Editor, initialize, startEditor } from "./editor.ts";

let directory: string;
let editor: Editor;
function withEditor(): void {
  beforeEach(async () => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "hotenv-lsp-")));
    editor = await startEditor({ FROM_SHELL: "outside" });
  });
  afterEach(async () => {
    await editor[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  });
}

const put = (name: string, text: string): void => writeFileSync(join(directory, name), text);
const uriOf = (name: string): string => pathToFileURL(join(directory, name)).href;
const told = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(({ code, range }) => `${range.start.line}:${range.start.character} ${String(code)}`);

async function open(name: string, text: string): Promise<readonly Diagnostic[]> {
  put(name, text);
  return editor.open(uriOf(name), text);
}

const change = (
  name: string,
  version: number,
  ...changes: TextDocumentContentChangeEvent[]
): Promise<readonly Diagnostic[]> => editor.change(uriOf(name), version, ...changes);

/** The protocol lets many an answer have several forms: `Answer` is the one that Hotenv gives. */
const ask = <Answer>({ method }: { readonly method: string }, params?: object): Promise<Answer> =>
  editor.connection.sendRequest<Answer>(method, params);

const place = (line: number, character: number) => ({ line, character });
const span = (line: number, from: number, to: number) => ({ start: place(line, from), end: place(line, to) });

describe("hotenv lsp", () => {
  withEditor();

  it("says what it can, serves, and ends as it is told", async () => {
    const capabilities = await initialize(editor);
    assert.equal(capabilities.hoverProvider, true);
    assert.equal(capabilities.documentFormattingProvider, false);
    assert.deepEqual(capabilities.textDocumentSync, { openClose: true, change: 2 });
    assert.equal(await ask(ShutdownRequest.type), null);
    await editor.connection.sendNotification(ExitNotification.type);
    assert.equal(await editor.ended, 0);
    assert.equal(editor.standardError(), "");
  });

  it("refuses to serve before it is initialized, and ends with 1 where nobody said shutdown", async () => {
    const params = { textDocument: { uri: uriOf(".env") }, position: place(0, 0) };
    await assert.rejects(ask(HoverRequest.type, params), { code: -32002 });
    await initialize(editor);
    await assert.rejects(editor.connection.sendRequest("textDocument/hover", { position: 1 }), {
      code: -32602,
    });
    await editor.connection.sendNotification(ExitNotification.type);
    assert.equal(await editor.ended, 1);
  });

  it("tells what is wrong at every keystroke, and what is no longer", async () => {
    await initialize(editor);
    assert.deepEqual(told(await open(".env", "A=1\nURL=$HOST\nB=$FROM_SHELL\n")), [
      "1:4 undefined-reference",
    ]);
    assert.deepEqual(told(await change(".env", 2, { range: span(0, 0, 1), text: "HOST" })), []);
    // Several changes count each from the one before.
    assert.deepEqual(
      told(
        await change(
          ".env",
          3,
          { range: span(2, 0, 0), text: "🚗=1\n" },
          { range: span(2, 0, 2), text: "CAR" },
          { range: span(3, 2, 2), text: '"' },
        ),
      ),
      ["3:2 unterminated-quote"],
    );
    assert.deepEqual(told(await change(".env", 4, { text: "X=1\nX=2\n" })), ["0:0 duplicate-key"]);
    await editor.connection.sendNotification(DidCloseTextDocumentNotification.type, {
      textDocument: { uri: uriOf(".env") },
    });
    assert.deepEqual(await editor.diagnostics(uriOf(".env"), 4), []);
  });

  it("sees the schema and the Compose file beside, as they are in the editor and on disk", async () => {
    await initialize(editor);
    put("compose.yaml", "services:\n  api:\n    image: ${IMAGE}\n");
    put(".env.schema", "# @type=port\nPORT=\n");
    const text = "IMAGE=i\nPORT=80a\nLOST=1\n";
    assert.deepEqual(told(await open(".env", text)), ["1:0 unused-key", "1:5 schema-type", "2:0 unused-key"]);

    // Typing in the schema is felt in the values beside it.
    await editor.connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: {
        uri: uriOf(".env.schema"),
        languageId: "dotenv",
        version: 7,
        text: "# @type=string\nPORT=\n",
      },
    });
    assert.deepEqual(told(await editor.diagnostics(uriOf(".env"), 1)), ["1:0 unused-key", "2:0 unused-key"]);

    put("compose.yaml", "services:\n  api:\n    image: ${IMAGE}\n    environment: [LOST, PORT]\n");
    await editor.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
      changes: [{ uri: uriOf("compose.yaml"), type: 2 }],
    });
    assert.deepEqual(told(await editor.diagnostics(uriOf(".env"), 1)), []);

    assert.deepEqual(told(await open("compose.yaml", "services:\n  api:\n    image: ${NOPE}:${IMAGE}\n")), [
      "2:11 undefined-reference",
    ]);
  });

  it("completes keys, members and variables", async () => {
    await initialize(editor);
    put(".env.schema", "# @type=enum(red, green)\nCOLOR=\n# @required\nNAME=\n");
    const labels = async (marked: string, version: number): Promise<string[]> => {
      const { text, position } = atMark(marked);
      await change(".env", version, { text });
      const items = await ask<CompletionItem[]>(CompletionRequest.type, {
        textDocument: { uri: uriOf(".env") },
        position,
      });
      return items.map(({ label }) => label);
    };
    await open(".env", "");
    assert.deepEqual(await labels("‸", 2), ["COLOR", "NAME"]);
    assert.deepEqual(await labels("COLOR=‸\n", 3), ["red", "green"]);
    assert.deepEqual((await labels("A=1\nNAME=${‸\nLATER=1\n", 4)).sort(), ["A", "FROM_SHELL", "PATH"]);
  });

  it("explains a variable, its services through other variables included, and masks secrets", async () => {
    await initialize(editor);
    put("compose.yaml", "services:\n  api:\n    environment: [URL]\n");
    await open(".env", "DB_PASSWORD=hunter2\nURL=http://x:${DB_PASSWORD}@db\n");
    const { contents } = await ask<Hover>(HoverRequest.type, {
      textDocument: { uri: uriOf(".env") },
      position: place(0, 3),
    });
    assert.ok(typeof contents === "object" && "value" in contents);
    assert.match(contents.value, /Used by `api`/);
    assert.doesNotMatch(contents.value, /hunter2/);
  });

  it("renames a variable in every file at once, from wherever it is named", async () => {
    await initialize(editor);
    const files: Readonly<Record<string, string>> = {
      ".env": "HOST=h\nURL=http://$HOST/\n",
      ".env.schema": "# @required\nHOST=\n",
      ".env.example": "HOST=example\n",
      "compose.yaml":
        "services:\n  api:\n    image: ${HOST:-x}\n    environment: [HOST]\n    env_file: api.vars\n",
      "api.vars": "API=$HOST\n",
      "hotenv.yaml": "severity:\n  critical: [HOST]\n",
    };
    for (const [name, text] of Object.entries(files)) put(name, text);
    await open(".env", files[".env"] ?? "");
    await open("compose.yaml", files["compose.yaml"] ?? "");
    const from = { textDocument: { uri: uriOf("compose.yaml") }, position: place(2, 14) };

    assert.deepEqual(await ask(PrepareRenameRequest.type, from), {
      range: span(2, 13, 17),
      placeholder: "HOST",
    });
    const edit = await ask<WorkspaceEdit>(RenameRequest.type, { ...from, newName: "SERVER" });
    const renamed = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, applied(text, edit.changes?.[uriOf(name)] ?? [])]),
    );
    assert.deepEqual(
      renamed,
      Object.fromEntries(
        Object.entries(files).map(([name, text]) => [name, text.replaceAll("HOST", "SERVER")]),
      ),
    );
    await assert.rejects(ask(RenameRequest.type, { ...from, newName: "URL" }), {
      code: -32803,
      message: "`URL` exists already.",
    });

    const where = (locations: Location[]): string[] =>
      locations.map(({ uri, range }) => `${uri.slice(uriOf("x").length - 1)}:${range.start.line}`).sort();
    assert.deepEqual(where(await ask<Location[]>(DefinitionRequest.type, from)), [
      ".env.example:0",
      ".env:0",
    ]);
    assert.deepEqual(
      where(
        await ask<Location[]>(ReferencesRequest.type, {
          ...from,
          context: { includeDeclaration: false },
        }),
      ),
      [".env:1", "api.vars:0", "compose.yaml:2", "compose.yaml:3", "hotenv.yaml:1"],
    );
  });

  it("offers cures where something is wrong, and all at once where asked for", async () => {
    await initialize(editor);
    await open(".env", "PASS=pa$word \nA=1\nA=2\n");
    const cures = (only?: string[]) =>
      ask<CodeAction[]>(CodeActionRequest.type, {
        textDocument: { uri: uriOf(".env") },
        range: span(0, 8, 8),
        context: { diagnostics: [], ...(only === undefined ? {} : { only }) },
      });
    assert.ok((await cures()).some(({ title }) => title.startsWith("Single-quote this value")));
    const [all, ...more] = await cures(["source.fixAll"]);
    assert.deepEqual(more, []);
    const edits = all?.edit?.changes?.[uriOf(".env")] ?? [];
    assert.equal(applied("PASS=pa$word \nA=1\nA=2\n", edits), "PASS=pa$word\nA=2\n");
  });

  it("outlines the document", async () => {
    await initialize(editor);
    await open(".env", '# one\n# two\nA="x\ny"\nB=1\n');
    const textDocument = { uri: uriOf(".env") };
    const symbols = await ask<DocumentSymbol[]>(DocumentSymbolRequest.type, { textDocument });
    assert.deepEqual(
      symbols.map(({ name }) => name),
      ["A", "B"],
    );
    const folds = await ask<FoldingRange[]>(FoldingRangeRequest.type, { textDocument });
    assert.deepEqual(
      folds.map(({ startLine, endLine }) => [startLine, endLine]),
      [
        [0, 1],
        [2, 3],
      ],
    );
    const [selection] = await ask<{ range: object }[]>(SelectionRangeRequest.type, {
      textDocument,
      positions: [place(4, 0)],
    });
    assert.deepEqual(selection?.range, span(4, 0, 1));
  });

  it("formats where it is asked to be a formatter", async () => {
    const capabilities = await initialize(editor, { format: true });
    assert.equal(capabilities.documentFormattingProvider, true);
    const text = "A=1  \n\n\n\nB=2";
    await open(".env", text);
    const edits = await ask<TextEdit[]>(DocumentFormattingRequest.type, {
      textDocument: { uri: uriOf(".env") },
      options: { tabSize: 2, insertSpaces: true },
    });
    assert.equal(applied(text, edits), "A=1\n\nB=2\n");
  });

  it("serves Compose files: variables behind `$`, as bare names, and what they are", async () => {
    await initialize(editor);
    put(".env", "DB_PASSWORD=hunter2\nDB_HOST=db\n");
    put(".env.schema", "# Where the database answers\nDB_HOST=\n");
    const head = "services:\n  api:\n    environment:\n";
    await open("compose.yaml", head);
    const offered = async (marked: string, version: number): Promise<string[]> => {
      const { text, position } = atMark(head + marked);
      await change("compose.yaml", version, { text });
      const textDocument = { uri: uriOf("compose.yaml") };
      const items = await ask<CompletionItem[]>(CompletionRequest.type, { textDocument, position });
      return items
        .filter(({ sortText }) => sortText?.startsWith("2") !== true)
        .map(({ label, detail = "", textEdit }) => `${label} ${detail} ${textEdit?.newText ?? ""}`);
    };
    assert.deepEqual(await offered("      URL: http://${‸", 2), [
      "DB_PASSWORD ••••••, .env DB_PASSWORD}",
      "DB_HOST db, .env DB_HOST}",
    ]);
    assert.equal((await offered("      - DB_‸", 3)).length, 2);
    assert.equal((await offered("      DB_‸", 4)).length, 2);
    assert.deepEqual(await offered("    command: DB_‸", 5), []);
    assert.deepEqual(await offered("      URL: $$D‸", 6), []);

    const text = `${head}      - DB_HOST\n      - URL=\${DB_PASSWORD:?no}\n      - X=\${NOWHERE:-there}\n`;
    await change("compose.yaml", 7, { text });
    const said = async (line: number, character: number): Promise<string> => {
      const params = { textDocument: { uri: uriOf("compose.yaml") }, position: place(line, character) };
      const { contents } = await ask<Hover>(HoverRequest.type, params);
      return typeof contents === "object" && "value" in contents ? contents.value : "";
    };
    assert.equal(
      await said(3, 10),
      "**DB_HOST** is `db`\n\nFrom `.env`, line 2.\n\nstring, optional\n\nWhere the database answers\n\nUsed by `api`.",
    );
    assert.match(await said(4, 16), /^\*\*DB_PASSWORD\*\* is ••••••/);
    assert.equal(
      await said(5, 14),
      "**NOWHERE** is not set.\n\nIts default stands in: `there`\n\nUsed by `api`.",
    );
  });

  it("mends references in Compose files, there or in the .env", async () => {
    await initialize(editor);
    put(".env", "A=1");
    const text = "services:\n  api:\n    image: $LOST\n    command: pa${1}\n";
    assert.deepEqual(told(await open("compose.yaml", text)), [
      "2:11 undefined-reference",
      "3:15 invalid-reference",
    ]);
    const cures = async (line: number): Promise<string[]> => {
      const textDocument = { uri: uriOf("compose.yaml") };
      const params = { textDocument, range: span(line, 16, 16), context: { diagnostics: [] } };
      const actions = await ask<CodeAction[]>(CodeActionRequest.type, params);
      return actions.map(({ title, edit }) => {
        const [uri = ""] = Object.keys(edit?.changes ?? {});
        const before = uri === uriOf(".env") ? "A=1" : text;
        const after = applied(before, edit?.changes?.[uri] ?? []);
        return `${title}: ${after
          .split("\n")
          .find((each, at) => each !== before.split("\n")[at])
          ?.trim()}`;
      });
    };
    assert.deepEqual(await cures(2), [
      "Add `LOST` to .env: LOST=",
      "Say that blank is meant: image: ${LOST:-}",
    ]);
    assert.deepEqual(await cures(3), ["Escape with `$$`: command: pa$${1}"]);
  });

  it("reads an env_file as its service does, whatever it is called", async () => {
    await initialize(editor);
    put("compose.yaml", "services:\n  api:\n    env_file: [{ path: raw.vars, format: raw }]\n");
    assert.deepEqual(told(await open("raw.vars", "A='$x' \nB C=1\n")), [
      "0:6 trailing-space",
      "1:0 key-with-space",
    ]);
  });

  it("lets the user say how severe a problem is, and asks to be told of files", async () => {
    await initialize(editor, { severity: { "undefined-reference": "off", "lowercase-key": "warning" } });
    assert.deepEqual(told(await open(".env", "a=$B\n")), ["0:0 lowercase-key"]);
    assert.deepEqual(
      editor.registered.map(({ method }) => method),
      [DidChangeWatchedFilesNotification.method],
    );
  });

  it("has nothing to say of other files", async () => {
    await initialize(editor);
    const textDocument = { uri: uriOf("notes.md"), languageId: "markdown", version: 1, text: "A=$B" };
    await editor.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
    const params = { textDocument: { uri: uriOf("notes.md") }, position: place(0, 3) };
    assert.equal(await ask(HoverRequest.type, params), null);
    assert.deepEqual(await ask(CompletionRequest.type, params), []);
  });
});

function applied(text: string, edits: readonly TextEdit[]): string {
  const lines = text.split("\n");
  const offset = ({ line, character }: TextEdit["range"]["start"]): number =>
    lines.slice(0, line).reduce((sum, before) => sum + before.length + 1, 0) + character;
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (result, { range, newText }) =>
        result.slice(0, offset(range.start)) + newText + result.slice(offset(range.end)),
      text,
    );
}
