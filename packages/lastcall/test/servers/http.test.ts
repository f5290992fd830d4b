import { drainContract } from "./drain-contract.ts";
import { http } from "./kinds.ts";

drainContract(http);
