/** How a peer is started and stopped, once it has a folder and a port of its own. */
export interface PeerLaunch {
	readonly command: readonly string[];
	/** Options of the drill for how this peer is stopped or requested. */
	readonly drillOptions?: readonly string[];
}

/** What a peer can use: `folder` is empty, belongs to this peer, and is removed afterwards. */
export interface PeerPlace {
	readonly folder: string;
	readonly port: number;
}

/** A server that is run as its documentation says. It listens on the port in `PORT`. */
export interface Peer {
	/** Its name in the table. */
	readonly name: string;
	/** The npm package that it is named for. Node.js alone where neither this nor `debian` is given. */
	readonly npm?: string;
	/** The Debian package that it needs; without it, the peer is skipped. */
	readonly debian?: string;
	/** Done once, before the first drill. */
	build?(): Promise<void>;
	launch(place: PeerPlace): PeerLaunch | Promise<PeerLaunch>;
}
