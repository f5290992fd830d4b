/** How a peer is started and stopped, once it has a folder and a port of its own. */
export interface PeerLaunch {
	readonly command: readonly string[];
	/** Options of the drill that tell it how this peer is stopped, or asked. */
	readonly drillOptions?: readonly string[];
}

/** What a peer can use: `folder` is empty and its own, and gone afterwards. */
export interface PeerPlace {
	readonly folder: string;
	readonly port: number;
}

/** A server as its documentation tells people to run it. It listens on the port that `PORT` names. */
export interface Peer {
	/** As the table calls it. */
	readonly name: string;
	/** The npm package that makes it what it is. Node alone where neither this nor `debian` is given. */
	readonly npm?: string;
	/** The Debian package without which it is skipped. */
	readonly debian?: string;
	/** Done once, before the first drill. */
	build?(): Promise<void>;
	launch(place: PeerPlace): PeerLaunch | Promise<PeerLaunch>;
}
