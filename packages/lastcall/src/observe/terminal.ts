/** A terminal that somebody looks at. */
export interface Terminal {
	/** Its width in characters. */
	readonly columns: number;
	/** Its height in lines. */
	readonly rows: number;
	/** Whether it may be told colours. */
	readonly hasColors: boolean;
	/** How many bytes this process has written to it, so that it is noticed when somebody else did. */
	readonly written: number;
	write(text: string): void;
}
