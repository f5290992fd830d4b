import { feathers } from "@feathersjs/feathers";
import { bodyParser, errorHandler, koa, rest } from "@feathersjs/koa";
import socketio from "@feathersjs/socketio";

class MessageService {
	messages = [{ id: 0, text: "Hello" }];

	async find() {
		return this.messages;
	}
}

const app = koa(feathers());
app.use(errorHandler());
app.use(bodyParser());
app.configure(rest());
app.configure(socketio());
app.use("messages", new MessageService());

await app.listen(Number(process.env.PORT));
