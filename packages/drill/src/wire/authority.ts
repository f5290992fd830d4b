/** Returns the value of a request's `host`: with the port, unless it is the scheme's own. */
export function authority(host: string, port: number, isTls: boolean): string {
	const name = host.includes(":") ? `[${host}]` : host;
	return port === (isTls ? 443 : 80) ? name : `${name}:${port}`;
}
