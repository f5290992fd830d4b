import assert from "node:assert/strict";
import { test } from "node:test";
import { checkLaunch, type Surroundings } from "#src/process/launch.js";

/** A unit's main process, with the response of systemctl. */
function underSystemd(
	answer: string,
	cgroup = "0::/system.slice/shop.service\n",
	env = {},
): Surroundings & { asked: string[] } {
	const asked: string[] = [];
	return {
		pid: 4711,
		ppid: 1,
		env: { INVOCATION_ID: "1", SYSTEMD_EXEC_PID: "4711", ...env },
		isAtTerminal: false,
		read: (path) => (path === "/proc/self/cgroup" ? cgroup : "Name:\tsystemd\n"),
		async execute(command, args) {
			asked.push([command, ...args].join(" "));
			return answer;
		},
		asked,
	};
}

test("a grace period that is longer than the systemd unit's TimeoutStopSec causes a warning, however that is written", async () => {
	for (const [answer, gracePeriodMs, isTooLong] of [
		["10s\n", 10_000, true],
		["10s\n", 9_999, false],
		["1min 30s\n", 90_000, true],
		["1min 30s\n", 89_000, false],
		["1.500s\n", 1_500, true],
		["500ms\n", 400, false],
		["1h\n", 3_600_000, true],
		["infinity\n", 2 ** 31 - 1, false],
		["", 2 ** 31 - 1, false],
	] as const) {
		const around = underSystemd(answer);
		const warnings = await checkLaunch(gracePeriodMs, around);
		assert.deepEqual(
			warnings.map(({ code }) => code),
			isTooLong ? ["grace-period"] : [],
			`${answer}${gracePeriodMs}`,
		);
		assert.deepEqual(around.asked, ["systemctl show --property=TimeoutStopUSec --value shop.service"]);
	}
	const [warning] = await checkLaunch(100_000, underSystemd("1min 30s"));
	assert.match(
		warning?.message ?? "",
		/\(100000 ms\) is not shorter than .* systemd kills the program \(90000 ms\); .* TimeoutStopSec$/,
	);
});

test("a user unit's limit is read with systemctl --user", async () => {
	const around = underSystemd("1s", "0::/user.slice/user-1000.slice/user@1000.service/app.slice/shop.service\n");
	assert.equal((await checkLaunch(1_000, around)).length, 1);
	assert.deepEqual(around.asked, ["systemctl --user show --property=TimeoutStopUSec --value shop.service"]);
});

test("systemctl is not called where the process is not the unit's main process, or is in no unit", async () => {
	for (const around of [
		underSystemd("1s", undefined, { SYSTEMD_EXEC_PID: "12" }),
		underSystemd("1s", undefined, { SYSTEMD_EXEC_PID: undefined }),
		underSystemd("1s", "0::/docker/abc\n"),
	]) {
		assert.deepEqual(await checkLaunch(60_000, around), []);
		assert.deepEqual(around.asked, []);
	}
});

const SHELL = "Name:\tbash\nSigIgn:\t0000000000000004\nSigCgt:\t0000000000010002\n";
const shell = (status: string, env = {}, isAtTerminal = false): Surroundings => ({
	pid: 12,
	ppid: 11,
	env,
	isAtTerminal,
	read: () => status,
	execute: async () => assert.fail("systemctl was called"),
});

test("a parent shell causes no warning where it is interactive, ignores SIGTERM or handles it", async () => {
	assert.equal((await checkLaunch(1, shell(SHELL))).length, 1);
	assert.deepEqual(await checkLaunch(1, shell(SHELL, {}, true)), []);
	assert.deepEqual(await checkLaunch(1, shell(SHELL.replace("0004", "4004"))), []);
	assert.deepEqual(await checkLaunch(1, shell(SHELL.replace("10002", "14002"))), []);
	assert.deepEqual(await checkLaunch(1, shell(SHELL.replace("bash", "tini"))), []);
	assert.deepEqual(await checkLaunch(1, shell("")), []);
});

test("PM2's default kill timeout applies where none was set", async () => {
	const [warning] = await checkLaunch(10_000, shell("Name:\tPM2 v6.0.5: God\n", { pm_id: "0" }));
	assert.match(warning?.message ?? "", /PM2 kills the program \(1600 ms\)/);
});

test("a grace period of the environment that is too long is named after its variable", async () => {
	const pm2 = shell("Name:\tPM2 v6.0.5: God\n", { pm_id: "0" });
	const [warning] = await checkLaunch(10_000, pm2, "LASTCALL_GRACE_PERIOD_MS");
	assert.match(warning?.message ?? "", /; lower LASTCALL_GRACE_PERIOD_MS, or raise kill_timeout$/);
});
