/** What a request's `host` says: the port only where it is not the scheme's own. */
export function authority(host: string, port: number, isTls: boolean): string {
	const name = host.includes(":") ? `[${host}]` : host;
	return port === (isTls ? 443 : 80) ? name : `${name}:${port}`;
}
