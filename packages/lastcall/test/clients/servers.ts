import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect as connectNats } from "@nats-io/transport-node";
import { connect as connectRabbit } from "amqplib";
import { Redis } from "ioredis";
import { Kafka, logLevel } from "kafkajs";
import { createConnection } from "mysql2/promise";
import { Client } from "pg";
import type { ServerKind } from "./server.ts";

const LOOPBACK = "127.0.0.1";

export const postgres: ServerKind = {
	name: "PostgreSQL",
	binaries: ["postgres", "initdb"],
	user: "postgres",
	start({ folder, ports: [port], prepare, serve }) {
		const data = join(folder, "data");
		prepare("initdb", ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
		const settings = { port, listen_addresses: LOOPBACK, unix_socket_directories: "", fsync: "off" };
		const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
		// SIGTERM would wait for the server's clients.
		serve("postgres", ["-D", data, ...options], {}, "SIGINT");
	},
	async probe([port]) {
		const client = new Client({ host: LOOPBACK, port: Number(port), user: "postgres", database: "postgres" });
		client.on("error", () => {});
		await client.connect();
		await client.end();
	},
};

/** The same engine, for where PostgreSQL is not installed. */
export const pglite: ServerKind = {
	name: "PGlite",
	binaries: [],
	start({ ports: [port, statsPort], serve }) {
		const file = fileURLToPath(new URL("./fixtures/pglite.js", import.meta.url));
		serve(process.execPath, [file, String(port), String(statsPort)]);
	},
	probe: postgres.probe,
};

export const mariadb: ServerKind = {
	name: "MariaDB",
	binaries: ["mariadbd", "mariadb-install-db", "my_print_defaults"],
	start({ folder, ports: [port], prepare, serve }) {
		const data = join(folder, "data");
		// It may run as root, and warns of it.
		const files = ["--no-defaults", `--datadir=${data}`, ...(process.getuid?.() === 0 ? ["--user=root"] : [])];
		prepare("mariadb-install-db", [...files, "--auth-root-authentication-method=normal", "--skip-test-db"]);
		const network = [`--port=${port}`, `--bind-address=${LOOPBACK}`, `--socket=${join(folder, "socket")}`];
		serve("mariadbd", [...files, ...network, "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M"]);
	},
	async probe([port]) {
		const connection = await createConnection({ host: LOOPBACK, port: Number(port), user: "root" });
		await connection.end();
	},
};

export const redis: ServerKind = {
	name: "Redis",
	binaries: ["redis-server"],
	start({ folder, ports: [port], serve }) {
		serve("redis-server", ["--port", String(port), "--bind", LOOPBACK, "--dir", folder, "--save", ""]);
	},
	async probe([port]) {
		const client = new Redis(Number(port), LOOPBACK, { lazyConnect: true, retryStrategy: () => null });
		client.on("error", () => {});
		await client.connect();
		await client.quit();
	},
};

export const rabbitmq: ServerKind = {
	name: "RabbitMQ",
	binaries: ["rabbitmq-server", "epmd"],
	user: "rabbitmq",
	start({ folder, ports: [port, metricsPort, epmdPort, clusterPort], serve }) {
		// A process of this test's own: otherwise the server would start one that outlives it.
		serve("epmd", ["-port", String(epmdPort), "-address", LOOPBACK]);
		writeFileSync(join(folder, "enabled_plugins"), "[rabbitmq_prometheus].\n");
		const settings = [
			`listeners.tcp.1 = ${LOOPBACK}:${port}`,
			`prometheus.tcp.ip = ${LOOPBACK}`,
			`prometheus.tcp.port = ${metricsPort}`,
		];
		writeFileSync(join(folder, "rabbitmq.conf"), `${settings.join("\n")}\n`);
		serve(
			"rabbitmq-server",
			[],
			{
				ERL_EPMD_PORT: String(epmdPort),
				ERL_EPMD_ADDRESS: LOOPBACK,
				RABBITMQ_NODENAME: `lastcall-${port}@localhost`,
				RABBITMQ_DIST_PORT: String(clusterPort),
				RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1}",
				RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
				RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
				RABBITMQ_MNESIA_BASE: join(folder, "data"),
				RABBITMQ_LOG_BASE: join(folder, "log"),
				// The script replaces itself with the server, so that a signal reaches the server.
				RUNNING_UNDER_SYSTEMD: "true",
			},
			"SIGKILL",
		); // SIGTERM would save data that is not needed any more
	},
	async probe([port]) {
		const connection = await connectRabbit({ hostname: LOOPBACK, port: Number(port) });
		await connection.close();
	},
};

export const nats: ServerKind = {
	name: "NATS",
	binaries: ["nats-server"],
	start({ folder, ports: [port, monitorPort], serve }) {
		serve("nats-server", ["-a", LOOPBACK, "-p", String(port), "-m", String(monitorPort), "-js", "-sd", folder]);
	},
	async probe([port]) {
		const connection = await connectNats({ servers: `${LOOPBACK}:${port}`, reconnect: false });
		await connection.close();
	},
};

/** librdkafka's mock cluster: Kafka's protocol with consumer groups, in memory. */
export const kafka: ServerKind = {
	name: "Kafka (librdkafka's mock)",
	binaries: ["kcat"],
	start({ ports: [port], serve }) {
		serve(process.execPath, [fileURLToPath(new URL("./fixtures/kafka.js", import.meta.url)), String(port)]);
	},
	async probe([port]) {
		const admin = new Kafka({
			brokers: [`${LOOPBACK}:${port}`],
			logLevel: logLevel.NOTHING,
			retry: { retries: 0 },
		}).admin();
		await admin.connect();
		await admin.disconnect();
	},
};
