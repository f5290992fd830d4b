// Metrics for Prometheus, made from the diagnostics channel alone: the rest of the program does not know of them.
import { subscribe } from "node:diagnostics_channel";
import { createServer } from "node:http";
import { type DiagnosticsMessage, type Observed, run } from "lastcall";
import { Counter, Gauge, register } from "prom-client";

const { PORT = "8080", LAME_DUCK_MS = "5000" } = process.env;

const failures = new Counter({
	name: "lastcall_failures_total",
	help: "What failed while stopping.",
	labelNames: ["name"],
});
const closings = new Gauge({
	name: "lastcall_closing_seconds",
	help: "How long each closer took.",
	labelNames: ["name"],
});

const services = new Set<Observed>();
new Gauge({
	name: "lastcall_phase",
	help: "1 for the phase that the service is in.",
	labelNames: ["service", "phase"],
	collect() {
		this.reset();
		for (const { name, snapshot } of seen()) this.set({ service: name, phase: snapshot.phase }, 1);
	},
});
new Gauge({
	name: "lastcall_in_flight",
	help: "What was accepted and is not finished.",
	labelNames: ["service"],
	collect() {
		for (const { name, snapshot } of seen()) this.set({ service: name }, snapshot.inFlight.length);
	},
});
new Gauge({
	name: "lastcall_left_seconds",
	help: "How long until the deadline, while stopping.",
	labelNames: ["service"],
	collect() {
		for (const { name, snapshot } of seen()) {
			if (snapshot.leftMs !== undefined) this.set({ service: name }, snapshot.leftMs / 1_000);
		}
	},
});

subscribe("lastcall", (message) => {
	const { event, service } = message as DiagnosticsMessage;
	services.add(service);
	if (event.type === "failed") failures.inc({ name: event.failure.name });
	if (event.type === "resource-closed") closings.set({ name: event.result.name }, event.result.durationMs / 1_000);
});

function seen() {
	return [...services].map((service) => ({ name: service.name, snapshot: service.snapshot() }));
}

const server = createServer(async (request, response) => {
	if (request.url !== "/metrics") return void response.end("OK\n");
	response.setHeader("Content-Type", register.contentType).end(await register.metrics());
});

// During the lame duck, Prometheus still sees that the service is leaving.
await run((service) => service.listen("http", server, { port: Number(PORT) }), { lameDuckMs: Number(LAME_DUCK_MS) });
