/** A terminal that shows the log. */
export interface Terminal {
	/** The width in characters. */
	readonly columns: number;
	/** The height in lines. */
	readonly rows: number;
	/** True if it shows colors. */
	readonly hasColors: boolean;
	/** The number of bytes that this process has written to it. It shows when the program itself has written. */
	readonly written: number;
	write(text: string): void;
}
