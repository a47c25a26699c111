// Appends every event to a file, exactly once: node consumer.mjs FILE
import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";

const [file] = process.argv.slice(2);
const { OQIM_URL, OQIM_API_KEY } = process.env;
let last = lastKept(); // the event itself; null before the first
let failures = 0;

for (;;) {
  try {
    // With the hash of the last event, a log that is not the one that was read is noticed.
    const from = last ? `after=${last.seq}&after_hash=${last.hash}` : "after=0";
    const response = await fetch(`${OQIM_URL}/v1/events/stream?${from}`, {
      headers: { Authorization: `Bearer ${OQIM_API_KEY}` },
    });
    if (response.status === 401 || response.status === 409) {
      console.error(await response.text());
      process.exit(1);
    }
    if (response.ok) await follow(response.body);
  } catch (error) {
    console.error(`connection lost: ${error.message}`);
  }
  const longest = Math.min(30_000, 250 * 2 ** Math.min(failures++, 7));
  await new Promise((resume) => setTimeout(resume, Math.random() * longest));
}

async function follow(body) {
  let text = "";
  let fields = {};
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (fields.event === "resync_required") process.exit(1);
        if (fields.data && !fields.event) take(fields.data);
        fields = {};
      } else if (!line.startsWith(":")) {
        const colon = line.indexOf(": ");
        fields[line.slice(0, colon)] = line.slice(colon + 2);
      }
    }
  }
}

// The effect, and with it the place in the log, in one write.
function take(text) {
  const event = JSON.parse(text);
  if (last && event.seq <= last.seq) return;
  appendFileSync(file, text + "\n", { flush: true });
  last = event;
  failures = 0;
}

// The last event that is whole; what a crash has left behind it is cut off.
function lastKept() {
  if (!existsSync(file)) return null;
  const all = readFileSync(file);
  const whole = all.subarray(0, all.lastIndexOf("\n") + 1);
  truncateSync(file, whole.length);
  const lines = whole.toString().trimEnd().split("\n");
  return lines[0] ? JSON.parse(lines.at(-1)) : null;
}
