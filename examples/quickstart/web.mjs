// A page with a title, and with what the api says.
import { serve } from "./serve.mjs";

const { TITLE = "", API_URL = "" } = process.env;

serve("web", async () => `${TITLE}: ${await (await fetch(API_URL)).text()}`);
