// node healthcheck.mjs URL: exit code 0 when the URL answers with success.
const [url = ""] = process.argv.slice(2);
try {
  const { ok, status } = await fetch(url);
  if (!ok) console.error(`${url} answers with status ${status}`);
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  console.error(`${url} does not answer: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
