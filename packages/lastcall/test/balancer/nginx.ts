import { join } from "node:path";
import type { Configuration } from "./balancer.ts";

/**
 * nginx with kept-alive connections to its replicas. It makes no health checks: after a refused
 * connection it sends the request elsewhere, and leaves that replica alone for `fail_timeout`.
 */
export function nginx(failTimeout?: string): Configuration {
	return {
		name: `nginx, keepalive${failTimeout ? `, fail_timeout=${failTimeout}` : ""}`,
		program: "nginx",
		lameDuckMs: 0,
		args: ({ folder, file }) => ["-p", folder, "-e", "stderr", "-c", file],
		config: ({ port, replicaPorts, folder }) => `
daemon off;
worker_processes 1;
pid ${join(folder, "pid")};
error_log stderr warn;
events {}
http {
	access_log off;
${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((what) => `\t${what}_temp_path ${join(folder, what)};`).join("\n")}
	upstream replicas {
${replicaPorts.map((port) => `\t\tserver 127.0.0.1:${port}${failTimeout ? ` fail_timeout=${failTimeout}` : ""};`).join("\n")}
		keepalive 16;
	}
	server {
		listen 127.0.0.1:${port};
		location / {
			proxy_pass http://replicas;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
		}
	}
}
`,
		inService: ({ chosen }) => chosen,
	};
}
