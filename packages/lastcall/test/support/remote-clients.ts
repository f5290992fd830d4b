import { Arrivals } from "#src/servers/listening/arrivals.js";

// Where this is imported, the clients of every server count as clients of another machine, whose handshakes may be under way at
// the stop. So a server that is being drained has a quiet time, however busy this machine was before.
Object.defineProperty(Arrivals.prototype, "quietSince", { get: () => undefined });
