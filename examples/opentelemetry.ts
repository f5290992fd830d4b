// A trace of each shutdown, made from the diagnostics channel alone: a span with a child for each phase, and for each
// resource a child of closing.
import { subscribe } from "node:diagnostics_channel";
import { createServer } from "node:http";
import { context, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { type DiagnosticsMessage, type Observed, run, type ServiceEvent } from "lastcall";

const { PORT = "8080" } = process.env;

// In production, an exporter for your collector.
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] });
const tracer = provider.getTracer("lastcall");

/** The open spans of one shutdown. */
interface Shutdown {
	readonly root: Span;
	phase: Span | undefined;
	readonly resources: Map<number, Span>;
}
const shutdowns = new Map<Observed, Shutdown>();

subscribe("lastcall", (message) => {
	const { event, service } = message as DiagnosticsMessage;
	if (event.type === "stopping") {
		const root = tracer.startSpan("shutdown", { attributes: { service: service.name, reason: event.reason.kind } });
		shutdowns.set(service, { root, phase: undefined, resources: new Map() });
	}
	const shutdown = shutdowns.get(service);
	if (shutdown !== undefined) follow(shutdown, event);
	if (event.type === "closed") shutdowns.delete(service);
});

function follow(shutdown: Shutdown, event: ServiceEvent): void {
	const { root, resources } = shutdown;
	switch (event.type) {
		case "lame-duck":
		case "draining":
		case "closing":
			shutdown.phase?.end();
			shutdown.phase = childOf(root, event.type);
			break;
		case "resource-closing":
			resources.set(event.id, childOf(shutdown.phase ?? root, `close ${event.name}`));
			break;
		case "resource-closed":
			resources.get(event.id)?.setAttribute("outcome", event.result.outcome).end();
			break;
		case "hard-stop":
			root.addEvent("hard stop", { left: event.left.map(({ name, what }) => `${name} ${what}`) });
			break;
		case "failed":
			root.recordException(event.failure.error instanceof Error ? event.failure.error : String(event.failure.error));
			break;
		case "closed":
			shutdown.phase?.end();
			root.setStatus({ code: event.report.ok ? SpanStatusCode.OK : SpanStatusCode.ERROR });
			root.setAttribute("exit_code", event.report.exitCode).end();
	}
}

function childOf(parent: Span, name: string): Span {
	return tracer.startSpan(name, {}, trace.setSpan(context.active(), parent));
}

const report = await run(
	async (service) => {
		service.defer("database", () => {});
		service.defer("cache", () => Promise.reject(new Error("no such cache")));
		const server = createServer((_request, response) => void response.end("OK\n"));
		await service.listen("http", server, { port: Number(PORT) });
	},
	// The last spans end with the shutdown: they are exported before the process ends.
	{ exit: false },
);
await provider.shutdown();
process.exitCode = report.exitCode;
