import assert from "node:assert/strict";
import { test } from "node:test";
import { clientHost, listeningPorts } from "#src/program/listening-port.js";
import { parseLsof } from "#src/program/lsof-output.js";
import { OutputTail } from "#src/program/output-tail.js";
import { platformTable } from "#src/program/platform-table.js";
import { parseProcNetTcp } from "#src/program/proc-net-tcp.js";
import { parseProcStat } from "#src/program/proc-stat.js";
import { parsePs } from "#src/program/ps-output.js";

const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1145 1 00000000b054c134 100 0 0 10 0                      
   1: 0100007F:804D 0100007F:DE4C 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0000000062424f73                                      
   2: 0501A8C0:1F90 00000000:0000 0A 00000000:00000005 00:00000000 00000000  1000        0 98231 1 0000000000000000 100 0 0 10 0
`;
const tcp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5001 1 0000000000000000 100 0 0 10 0
   1: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5002 1 0000000000000000 100 0 0 10 0
   2: 0000000000000000FFFF00000100007F:9E17 0000000000000000FFFF00000100007F:AD92 06 00000000:00000000 03:00000E78 00000000     0        0 0 3 00000000644f50e1
   3: 00000000000000000000000000000000:20FB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5003 1 0000000000000000 100 0 0 10 0
`;

test("/proc/net/tcp: what listens, and nothing else", () => {
	assert.deepEqual(parseProcNetTcp(tcp, "LE"), [
		{ address: "0.0.0.0", port: 2024, inode: "1145" },
		{ address: "192.168.1.5", port: 8080, inode: "98231" },
	]);
});

test("/proc/net/tcp6: an address is four words in the machine's byte order", () => {
	assert.deepEqual(parseProcNetTcp(tcp6, "LE"), [
		{ address: "0000:0000:0000:0000:0000:0000:0000:0001", port: 3000, inode: "5001" },
		{ address: "2001:0db8:0000:0000:0000:0000:0000:0001", port: 80, inode: "5002" },
		{ address: "0000:0000:0000:0000:0000:0000:0000:0000", port: 8443, inode: "5003" },
	]);
	const big = tcp6.replace("B80D0120000000000000000001000000", "20010DB8000000000000000000000001");
	assert.equal(parseProcNetTcp(big, "BE")[1]?.address, "2001:0db8:0000:0000:0000:0000:0000:0001");
});

test("/proc/<pid>/stat: a name may contain anything", () => {
	const rest =
		"4026 4027 4026 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 11 0 123456 1000000 2000 18446744073709551615 1 1 0 0 0 0 0 0 0";
	const entry = { pid: 4027, parent: 4026, group: 4027, startedAt: 123_456 };
	assert.deepEqual(parseProcStat(`4027 (node) S ${rest}`), entry);
	assert.deepEqual(parseProcStat(`4027 (a) Z 1 (b) R ${rest}`), entry);
	assert.equal(parseProcStat(`4027 (node) Z ${rest}`), undefined);
	assert.equal(parseProcStat(""), undefined);
});

test("ps: a start of five words, a command with spaces or none, and no zombie", () => {
	const text = `    1     0     0 S<Ll Wed Nov 25 10:03:10 2026 /sbin/init --all of it
  512     1   512 Ss   Tue Nov  3 09:00:01 2026 node server.js
  513   512   512 Z    Tue Nov  3 09:00:02 2026 [node] <defunct>
  514   512   512 S    Tue Nov  3 09:00:02 2026
`;
	assert.deepEqual(
		parsePs(text).map(({ pid, parent, group, command }) => [pid, parent, group, command]),
		[
			[1, 0, 0, "/sbin/init --all of it"],
			[512, 1, 512, "node server.js"],
			[514, 512, 512, ""],
		],
	);
	const [first, second, third] = parsePs(text);
	assert.equal(Number(third?.startedAt) - Number(second?.startedAt), 1000);
	assert.ok(Number(first?.startedAt) > Number(second?.startedAt));
});

test("lsof: the pid stands before its sockets", () => {
	const text = "p512\nf19\nn127.0.0.1:3000\nf20\nn[::1]:3001\np513\nf4\nn*:8080\nf5\nn[2001:db8::1]:80\n";
	assert.deepEqual(parseLsof(text), [
		{ address: "127.0.0.1", port: 3000, pid: 512 },
		{ address: "::1", port: 3001, pid: 512 },
		{ address: "*", port: 8080, pid: 513 },
		{ address: "2001:db8::1", port: 80, pid: 513 },
	]);
});

test("a client connects where it reaches the socket", () => {
	const hosts = {
		"*": "127.0.0.1",
		"0.0.0.0": "127.0.0.1",
		"127.0.0.1": "127.0.0.1",
		"192.168.1.5": "192.168.1.5",
		"::": "127.0.0.1",
		"0000:0000:0000:0000:0000:0000:0000:0000": "127.0.0.1",
		"0000:0000:0000:0000:0000:0000:0000:0001": "::1",
		"0000:0000:0000:0000:0000:ffff:7f00:0001": "127.0.0.1",
		"2001:0db8:0000:0000:0000:0000:0000:0001": "2001:db8::1",
	};
	for (const [address, host] of Object.entries(hosts)) assert.equal(clientHost(address), host);
});

test("a place that several processes share is listed once", () => {
	const sockets = [
		{ address: "0.0.0.0", port: 80, pid: 1 },
		{ address: "::", port: 80, pid: 2 },
		{ address: "::1", port: 80, pid: 2 },
	];
	assert.deepEqual(listeningPorts(sockets), [
		{ host: "127.0.0.1", port: 80, pid: 1 },
		{ host: "::1", port: 80, pid: 2 },
	]);
});

test("of the output, the end is kept", () => {
	const tail = new OutputTail(5);
	for (const text of ["abc", "def", ""]) tail.push(text);
	assert.equal(tail.text, "bcdef");
	tail.push("0123456789");
	assert.equal(tail.text, "56789");
});

test("Windows gets a reason why not", () => {
	assert.throws(() => platformTable("win32"), { code: "ERR_DRILL_PLATFORM", message: /Windows/ });
});
