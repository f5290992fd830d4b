/** One load of the table. */
export interface Column {
	readonly name: string;
	/** As the drill's `--load` takes it. */
	readonly load: string;
	/** Further options of the drill. */
	readonly drillOptions?: readonly string[];
	/** Only for Node.js servers: the others have no such path. */
	readonly isOfNode?: boolean;
}

/**
 * The loads that each peer gets. A slow reader needs a good second for its 20 MB: one that is half-way at the stop and sends one
 * more request can be served within the grace period. Uploads are PUT, the one method for which nginx itself reads a body.
 */
export const COLUMNS: readonly Column[] = [
	{ name: "32 back to back", load: "back-to-back,connections=32" },
	{ name: "200 pausing 0–20 ms", load: "pausing,connections=200,pause=20" },
	{ name: "64 new connections", load: "new-connections,connections=64" },
	{ name: "16 uploads", load: "upload,connections=16,path=/upload", drillOptions: ["--method", "PUT"] },
	{ name: "16 slow readers of 20 MB", load: "slow-reader,connections=16,every=2,path=/large" },
	{ name: "32 half-second requests", load: "in-flight,connections=32,path=/slow" },
	{
		name: "2 ms of CPU: 40 kept alive, 16 new",
		load: "back-to-back,connections=40,path=/compute",
		drillOptions: ["--load", "new-connections,connections=16,path=/compute"],
		isOfNode: true,
	},
];
