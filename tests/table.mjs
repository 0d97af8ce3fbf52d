// Loaded before MicroPython, whose glue asks the table of WebAssembly anew at each call through it,
// which takes a third of the time: what the table gave once is kept.
const { get } = WebAssembly.Table.prototype;
const tables = new WeakMap();
WebAssembly.Table.prototype.get = function (at) {
  const given = tables.get(this) ?? [];
  tables.set(this, given);
  given[at] ??= get.call(this, at);
  return given[at];
};
