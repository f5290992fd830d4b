// A span for each request. Spans are exported in batches, so the last ones are still in memory when the last request has been answered.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { run } from "lastcall";

const { PORT = "8080", OTLP_URL = "http://localhost:4318/v1/traces", WORK_MS = "100" } = process.env;

await run(async (service) => {
	// Acquired before all else, so closed last: closing the other resources may still end spans. shutdown() exports them.
	const spans = new BatchSpanProcessor(new OTLPTraceExporter({ url: OTLP_URL }));
	const provider = new NodeTracerProvider({ spanProcessors: [spans] });
	service.adopt("traces", provider, (provider) => provider.shutdown());
	provider.register();
	const tracer = trace.getTracer("orders");

	const server = createServer(async (request, response) => {
		const span = tracer.startSpan("order", { attributes: { id: String(request.headers["x-request-id"]) } });
		await setTimeout(Number(WORK_MS));
		response.end("OK\n");
		span.end();
	});
	await service.listen("http", server, { port: Number(PORT) });
});
