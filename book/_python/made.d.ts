// What book/_ext/node/python.js makes while it bundles.
declare module "files:python" {
  const files: Record<string, string>;
  export default files;
}

declare module "packed:micropython.wasm" {
  const packed: string;
  export default packed;
}

declare module "worker:*" {
  const script: string;
  export default script;
}

declare module "@micropython/micropython-webassembly-pyscript" {
  interface MicroPython {
    FS: { writeFile(name: string, text: string): void };
    pyimport(name: string): { told(question: string): string };
  }

  export function loadMicroPython(options: object): Promise<MicroPython>;
}
