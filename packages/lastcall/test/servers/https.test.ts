import { drainContract } from "./drain-contract.ts";
import { https } from "./kinds.ts";

drainContract(https);
