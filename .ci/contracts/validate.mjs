// Whether openapi.yaml and asyncapi.yaml are valid documents of their kinds: node validate.mjs DIRECTORY
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";
import { createConfig, lintFromString } from "@redocly/openapi-core";

const directory = process.argv[2];
const read = (file) => readFileSync(`${directory}/${file}`, "utf8");
const wrong = [];

const { diagnostics } = await new Parser().parse(read("asyncapi.yaml"));
for (const { severity, range, message } of diagnostics) {
  if (severity === 0) wrong.push(`asyncapi.yaml:${range.start.line + 1}: ${message}`);
}

const config = await createConfig({ extends: ["minimal"] });
const problems = await lintFromString({ source: read("openapi.yaml"), absoluteRef: "openapi.yaml", config });
for (const { severity, message, location } of problems) {
  if (severity === "error") wrong.push(`openapi.yaml${location?.[0]?.pointer ?? ""}: ${message}`);
}

wrong.forEach((line) => console.error(line));
console.log(wrong.length ? `${wrong.length} errors` : "both contracts are valid");
process.exit(wrong.length ? 1 : 0);
