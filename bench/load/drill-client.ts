// Loads a server as the drill does for a number of seconds, and prints how many requests a second were answered.
import { setTimeout as delay } from "node:timers/promises";
import { backToBack } from "lastcall-drill-clients";

const [, , url = "", seconds, connections] = process.argv;
const { hostname, port } = new URL(url);

const load = backToBack({ host: hostname, port: Number(port) }, { connections: Number(connections) });
const startedAtMs = performance.now();
await delay(Number(seconds) * 1_000);
const took = (performance.now() - startedAtMs) / 1_000;
const { answered, lost, refused } = load.tally;
await load.finish();
if (lost + refused > 0) throw new Error(`${lost} lost and ${refused} refused: that is no measurement`);
console.log(answered / took);
