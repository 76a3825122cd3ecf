// What both services share: an HTTP server on PORT that ends at once when it is told to.
import { createServer } from "node:http";

/**
 * @param {string} name
 * @param {() => string | Promise<string>} answer
 */
export function serve(name, answer) {
  const port = Number(process.env.PORT);
  const server = createServer(async (_request, response) => {
    response.setHeader("content-type", "text/plain; charset=utf-8");
    try {
      response.end(await answer());
    } catch (error) {
      response.statusCode = 502;
      response.end(`${error.message}\n`);
    }
  });
  server.on("error", (error) => {
    console.error(`${name} cannot listen on port ${port}: ${error.message}`);
    process.exit(1);
  });
  server.listen(port, "127.0.0.1", () => console.log(`${name} answers on http://127.0.0.1:${port}`));
  process.on("SIGTERM", () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
