module.exports = {
	async find(context) {
		const users = await strapi.db.query("admin::user").count();
		context.body = { hello: "world", users };
	},
};
