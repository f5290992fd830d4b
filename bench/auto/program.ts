/** A program from the npm registry that knows nothing of lastcall. */
export interface Program {
	/** Names its row, for `--only`. */
	readonly name: string;
	/** The folder of `bench/programs` that it is copied from, where that has another name. `npm run build` there builds it. */
	readonly folder?: string;
	/** What its row shows. */
	readonly title: string;
	/** The package whose version its row shows. */
	readonly package: string;
	/** Files and folders of this repository that it needs beside its folder, each at its last name. */
	readonly copies?: readonly string[];
	/**
	 * Its dependencies that have to be compiled. All other install scripts are left out then: those that would download a
	 * binary from elsewhere.
	 */
	readonly compiles?: readonly string[];
	/**
	 * How it is started. The first word is `node` or one of its packages' commands. `$PORT` is a free port, which is in the
	 * environment too.
	 */
	readonly command: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	/** What the drill asks for: options of lastcall-drill. The default is `GET /` under its default loads. */
	readonly drill?: readonly string[];
	/** How the flag is given, where NODE_OPTIONS is not the way: the variable that takes the `--import`. */
	readonly flagVariable?: string;
	/** Why requests are lost, or it has to be killed, with the flag. Every row that is not clean needs one. */
	readonly reason?: string;
}
