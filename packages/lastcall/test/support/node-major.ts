export const nodeMajor: number = Number(process.versions.node.split(".")[0]);
