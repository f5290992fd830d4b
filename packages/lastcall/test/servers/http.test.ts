import { http } from "../support/http-kinds.ts";
import { drainContract } from "./drain-contract.ts";

drainContract(http);
