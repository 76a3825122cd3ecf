import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { contextOf, marked } from "../../test/support/marked.ts";
import { hover } from "./hover.ts";

const schema = [
  "# Where the API listens.",
  '# @required @type=port @docs("Ports", https://example.com) @example=3000',
  "PORT=8080",
  "# @sensitive",
  "CODE=x",
  '# @type=enum(dev, prod) @deprecated="use STAGE"',
  "MODE=",
].join("\n");

function shown(text: string, options: Parameters<typeof contextOf>[0] = { schema }): string | undefined {
  const { document, position } = marked(text);
  const contents = hover(document, position, contextOf(options))?.contents;
  return contents === undefined ? undefined : (contents as { value: string }).value;
}

describe("hover", () => {
  it("shows value, traits, description and links of a key", () => {
    assert.equal(
      shown("PO‸RT=80\n"),
      "**PORT** is `80`\n\nport, required, default `8080`\n\nWhere the API listens.\n\nExample: `3000`\n\n[Ports](https://example.com)",
    );
  });

  it("shows what Compose makes of a value, and where the parts come from", () => {
    assert.equal(
      shown('A=1\nB="‸$A ${HOME} ${NO:-d}${NOPE}"\n', { shell: { HOME: "/root" } }),
      "**A** is `1`",
    );
    assert.equal(
      shown('A=1\nB‸="$A ${HOME} ${NO:-d}${NOPE}"\n', { shell: { HOME: "/root" } }),
      "**B** is `1 /root d`\n\n`A` comes from line 1.  \n`HOME` comes from the environment.  \n`NO` is not set: its default stands in.  \n`NOPE` is not set, and blank.",
    );
  });

  it("masks what is sensitive, by schema or by name, in every place", () => {
    const secrets = [
      shown("CO‸DE=hunter2\n"),
      shown("DB_PASS‸WORD=hunter2\n"),
      shown("A=$API‸_TOKEN\n", { shell: { API_TOKEN: "hunter2" } }),
    ];
    for (const text of secrets) assert.ok(text?.includes("••••••") && !text.includes("hunter2"), text);
  });

  it("says which of several lines counts, and what the environment has", () => {
    assert.equal(
      shown("A=‸1\nA=2\n", { shell: { A: "3" } }),
      "**A** is `2`\n\nSet 2 times in this file: line 2 counts.\n\nThe environment sets it, too, to `3`. In references that value goes first.",
    );
  });

  it("says that a key is deprecated, and that a name is not set", () => {
    assert.match(shown("MODE=d‸ev\n") ?? "", /enum of `dev`, `prod`, optional\n\nDeprecated: use STAGE/);
    assert.equal(shown("A=$NO‸PE\n", {}), "**NOPE** is not set.");
  });

  it("shows line ends and backticks of a value as text", () => {
    assert.equal(shown("A‸='`x`\ny'\n", {}), "**A** is `` `x`⏎y ``");
  });

  it("is silent over comments and blank lines", () => {
    assert.equal(shown("# com‸ment\nA=1\n"), undefined);
    assert.equal(shown("A=1\n\n‸\n"), undefined);
    assert.equal(shown("‸"), undefined);
  });
});
