/** The part of WebAssembly that glaive uses. The types of Node 20 lack it, and those of browsers would add the DOM. */

declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { readonly initial: number });
    readonly buffer: ArrayBuffer;
  }
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  const Module: new (bytes: Uint8Array) => Module;
  class Instance {
    constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  function validate(bytes: Uint8Array): boolean;
}

// The types of AssemblyScript that the memory layouts (`assembly/memory.ts`) have: to the host they are numbers.
type usize = number;
type u32 = number;
