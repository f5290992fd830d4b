const NOT_A_SECRET = "not-a-secret";

module.exports = {
	serveAdminPanel: false,
	auth: { secret: NOT_A_SECRET },
	apiToken: { salt: NOT_A_SECRET },
	transfer: { token: { salt: NOT_A_SECRET } },
};
