/** What the modules hand to each other; known to all of them, as nothing imports it. */

/** An array of numpy: dimensions, how many matrices, rows, columns, numbers, and whether they are
 * booleans. */
interface Value {
  n: number;
  k: number;
  r: number;
  c: number;
  d: number[];
  b: boolean;
}

/** An expression: a name, a number, or an operation on others. */
interface Tree {
  id: number;
  op: string;
  args: Tree[];
  name: string | null;
  value: Value | null;
}

/** The new expression of each changed slot. */
type Forms = Map<string, Tree>;
type Scope = Record<string, Value>;
/** The value of each slot; null where numpy stopped. */
type Values = (Value | null)[];
/** A set of places: a number, or a long one. */
// biome-ignore lint/suspicious/noExplicitAny: TypeScript has no operators for both
type Places = any;
type Step = { name: string; tree: Tree };
type Slot = Step & Changed & { isArray: boolean; families: Families };
/** What can stand in a slot: what one change makes of it, stillborn ones, and all rewrites. */
type Changed = { forms: Tree[]; stillborn: Tree[]; made: Tree[]; others: Map<Tree, string> };
type Outcome = { word: "passes" | "fails" | "error"; failures: string[]; error: string };

/** Where numpy stops: the operation, and what it was given. */
type Stop = { op: string; values: Value[] };
type Operation = (x: Value, y: Value, ...others: Value[]) => Value | null;

/** A printed number, with the decimals of its own and those that its array gives it. */
type Cell = { value: number; own: number; decimals: number };
type Row = (Cell | null)[];

/** An expression, as the data spell it. */
type Written = string | number | [string, Written, ...Written[]];
type WrittenForms = Record<string, Written>;
/** A slot, as the data spell it: its name, what it is, its forms, stillborn ones, families. */
type WrittenSlot = [string, Written, Picked, Picked, Record<string, number>];
/** Some of all rewrites: how far each is from the one before it, or itself and its operator. */
type Picked = (number | [Written, string])[];
/** The places of the slots, of the changes of several, and of the mistakes that have a name; and
 * loops that run otherwise, with what is said of them. */
type WrittenChanges = [number[], number, number, [string, WrittenForms | number][]];
type Named = [string, Forms][];
type Changes = { slots: Slot[]; higherOrder: Forms[]; named: Named; said: Named };

/** An operator of mutation: its name, and an expression before and after it. */
type Rule = [string, Tree, Tree];
/** What each word of a rule can stand for at one step. */
type Families = Map<Tree, Tree[]>;
/** What words stand for in one place. */
type Bound = Map<Tree, Tree>;

/** A test, as the data spell it: most of its parts are numbers of shared ones. */
interface FixtureData {
  id: string;
  title: string;
  function: string;
  page: string;
  explains: Record<string, string>;
  rule: string;
  printed: boolean;
  /** Whether what it accepts is the gradient, and the entries that its notebook prints, if alone. */
  gradient: boolean;
  entries: string[];
  outputs: string[];
  numbers: string[];
  /** Numbers whose values alone are compared. */
  of_any_shape: string[];
  drawn: Record<string, string>;
  order: string[];
  roles: Record<string, string>;
  /** How many steps its loop over time has, if it is one. */
  last?: number;
  /** Whether it has gates or inputs side by side, and no layers. */
  cell?: boolean;
  also: Record<string, string>[];
  /** What the notebook's function calls arrays and steps that have other names here. */
  notebook: Record<string, string>;
  byKey: boolean;
  spread: number;
  arrays: number;
  steps: number;
  sound: number;
  expected: number;
  unrelated: number;
  changes: number;
  forward: number;
  networks: number[];
  own: number[];
  /** How it calls a function: as text, and what is taken apart with what is handed over. */
  call: string[];
  calls: [Pattern, Pattern[]][];
  /** The forward function that the notebook hands the cache from, and what that is called with. */
  handed?: [string, Pattern[]];
  filled: number;
  integers: string[];
  exact: boolean;
  broken: boolean;
  fresh: number[];
  /** The test with more layers, if there is one. */
  deeper?: FixtureData;
}

/** A part of a call: a name, a word, or a bracket, "()" or "{}", and what is in it. */
type Pattern = string | { word: string } | Pattern[];

/** What a function returned: a dictionary, a tuple or a list, numbers, or why there are none. */
interface Returned {
  kind: string;
  entries?: [string, Returned][];
  items?: Returned[];
  shape?: number[];
  data?: number[];
  isBool?: boolean;
  why?: string;
  error?: string;
}

/** What a script of its own has of the other courses: the newest test of each first. */
interface OtherCourses {
  courses: FixtureData[][];
  /** The titles of the pages that they alone lead to. */
  pages: Record<string, string>;
  shared: unknown[];
  several: WrittenForms[][];
  named: [string, WrittenForms | number][][];
}

interface Data {
  // What a shared part is depends on who asks for it.
  shared: unknown[];
  several: WrittenForms[][];
  named: [string, WrittenForms | number][][];
  fixtures: FixtureData[];
  /** The tests of other courses: id, title, function, and how many steps a loop of it has. */
  others: [string, string, string, number][];
  /** What the loops print, in small letters. */
  loops: string[];
  /** Of the script that has them. */
  version: string;
  operators: [string, Written, Written][];
  /** The absolute and the relative tolerance of each rule. */
  rules: Record<string, [number, number]>;
  agrees: number;
  /** From how many explanations by chance an answer says so, and from how many there is none. */
  coarse: number;
  most_parts: number;
  of_loops: string[][];
  usual: string[];
  sure: number;
  four_digits: number;
  larger: number;
  cases: number;
  most_lines: number;
  chance: [number, number];
  /** The most programs with two changes that are tried, and where little speaks for a test. */
  effort: [number, number, number, number];
  limit: number;
  longest: number;
  most_arrays: number;
  /** The outputs that have three axes. */
  three_axes: string[];
  most_numbers: number;
  uncovered: [string, string, string, [string, string][]][];
  most_causes: number;
  functions: string[];
  gates: string[];
  /** What numpy calls the operators. */
  calls: Record<string, string>;
  sums: Record<string, string>;
  binding: Record<string, number>;
  symbols: Record<string, string>;
  scalars: string[];
  prefixes: string[];
  words: {
    sentences: Record<string, string | [string, string]>;
    small: string[];
    patterns: Record<string, [string, string]>;
    replaced: [string, string, string][];
    rewritten: [string, string, string][];
  };
  differences: {
    says: string[];
    /** The number, what it has more without rounding, the function whose check it is, and the
     * places of what is said. */
    known: [number, number, string, ...number[]][];
    most_rounded: number;
    most_off: number;
    near: number;
    exact: [number, number];
    one_sided: [number, number];
    /** What a right check prints, of the network first, and how far another one is from it. */
    right: [number[], number];
    /** What a right check of a right gradient prints with another epsilon. */
    steps: [string, number][];
    threshold: number;
    rounding: number;
    digits: number;
    most: number;
    sections: Record<string, string>;
  };
  known_steps: string[];
  weights: number[];
  /** The name, the hint, the page and how often it was found; the name and hint in a cell. */
  mistakes: Record<string, [string, string, string, Record<string, number>, ...string[]]>;
  plain: [string, string, boolean][];
  written_on_calls: string[];
  subjects: [string, string, boolean][];
  longest_question: number;
  most_subjects: number;
  /** What a message says in one place: the pattern of both, and the sentence with its gaps. */
  here: [string, string][];
  /** How a place is called that knows of no layers. */
  no_layers: string;
  /** The keys of what the cell of each loop over time returns. */
  /** So many decimals, or fewer, are printed where fewer are asked for. */
  rounded: number;
  keys_of_cells: Record<string, string[]>;
  /** How calls of helpers look, beside a message or in any text, what that says, and the loop. */
  written_calls: Record<"calls" | "wrong" | "right", [string, string, string][]>;
  exceptions: [
    string,
    Record<string, string>,
    Record<string, [string, string, string, number][]>,
    string,
    string[],
    string,
  ][];
  explains: Record<string, string>;
  pages: Record<string, string>;
  live: LiveData;
}

/** What the forms that can be typed over need besides the tests; see live.py. */
interface LiveData {
  callable: string[];
  longest: number;
  rows: number;
  width: number;
  /** What tells the three ways to write a step. */
  forms: Record<string, string>;
  /** For a test and a step: the tests that have it, its name there, and those of what it reads. */
  same: Record<string, [string, string, Record<string, string>][]>;
  /** For each test: what it is called, and the rule and the label of each edition. */
  editions: Record<string, [string, [string, string][]]>;
}

type Fixture = import("./fixtures.js").Fixture;
type Observed = import("./numbers.js").Observed;
interface Paste {
  arrays: Observed[];
  failing: [string, string][];
  function: string;
  error: string;
  problem: string;
  frame: Frame;
  /** The shapes that are printed, with the names of their arrays. */
  shapes: [string, number[]][];
  /** What the text calls expected beside other arrays. */
  quoted: Observed[];
  /** The names that code assigns, and what. */
  lines: [string, string][];
  /** The names of single numbers that are nan or inf. */
  lost: string[];
  /** On code of the learner's own. */
  hints: string[];
  /** What is said where neither numbers nor a message stand there. */
  nothing: string[];
  calls: Call[];
  /** The functions that stand there, if each is whole. */
  source: string;
  /** Under which key stands which name. */
  stored: Map<string, string>;
  /** Whether it says that tests failed, and not in what. */
  rejected: boolean;
  /** The names of what its sentences call right. */
  right: string[];
  /** The names that a cache is taken apart into. */
  unpacked: string[];
  /** The functions that it has. */
  defined: string[];
}
/** A call of a helper, the same with the caches that its names stand for, and its loop. */
interface Call {
  statement: string;
  meant: string;
  loop: string;
}
type Run = import("./workshop.js").Run;
type Effort = import("./effort.js").Effort;
type Mutant = import("./mutant.js").Mutant;

/** What was printed, by the name of the step. */
type Seen = Map<string, Observed>;

/** What each array is taken for; `recognised` counts those that are no step. */
interface Placing {
  fixture: Fixture;
  seen: Seen;
  /** For each step that was printed under another name: that name. */
  printedAs: Map<string, string>;
  recognised: number;
  /** The names of an older notebook. */
  renamed: Map<string, string>;
  /** What was found with so many changes. */
  known: Forms[][];
}

interface Diagnosis {
  verdict: string;
  fixture: Fixture | null;
  candidates: Mutant[];
  remarks: string[];
  seen: Seen;
  /** The answer in one line, where it is not about an array. */
  headline?: string;
}
type Match = RegExpExecArray | null;
type Found = Diagnosis & { fixture: Fixture };

/** What may be behind a message, on which test. */
type Likely = { fixture: Fixture | null; candidates: Mutant[]; remarks: string[] };

/** Where an exception was raised, and the statements that led there, the last one first. */
type Frame = { function: string; statement: string; calls?: string[] };

/** Two shapes that do not fit, and whether in a product of matrices; -1 is any size. */
type Clash = { matrix: boolean; left: number[]; right: number[]; inPlace?: boolean };

/** A node in the tree of a parser. */
// biome-ignore lint/suspicious/noExplicitAny: the parser comes with a script of its own
type Syntax = any;
/** A cell: what readers call it, and its text. */
type Place = { label: string; text: string };

/** What defines a name: its statement and, of an import, the module and the name there. */
interface Piece {
  name: string;
  kind: string;
  cell: Place;
  node: Syntax;
  from: string;
  of: string;
}

/** What a function needs: functions and classes among it, what nothing defines, and imports. */
type Taken = {
  pieces: Piece[];
  names: string[];
  missing: string[];
  modules: string[];
  uncalled: string[];
};

/** A name that was given a value; `output` says whether it is a key, or returned. */
interface Assignment {
  line: number;
  inside: string;
  name: string;
  value: Value | null;
  output: boolean;
  prefix: string;
}

/** A change, the program with all changes up to it, and the arrays that it explains. */
interface Part {
  own: import("./mutant.js").Mutant;
  whole: import("./mutant.js").Mutant;
  explained: [string, Observed][];
}

/** A step, the lines that have it otherwise, and all that is changed. */
interface Use {
  source: string;
  lines: string[];
  forms: Forms;
}

/** What a function did with some arrays; `overwritten` has what wrote into an output later. */
interface Trace {
  test: Fixture;
  arrays: Scope;
  assignments: Assignment[];
  outputs: Scope;
  name: string;
  overwritten: Map<string, Assignment>;
  /** What stopped it, and the frames it passed. */
  error: string;
  frames: Passed[];
}

/** A function, its test, arrays, and the place among the cases of the test. */
type Case = [string, Fixture, Scope, number];

/** What is to be run: the function as it is, then each function, test and arrays of the cases. */
interface Asked {
  fixture: Fixture;
  taken: Taken;
  name: string;
  note: string;
  job: object;
  cases: Case[];
}

/** A frame: its cell, line, function and text. */
type Passed = [string, number, string, string];

/** What a function did: its outputs, or the exception, its frames and what was printed. */
interface Ran extends Asked {
  outputs: Map<string, Returned>;
  error: string;
  frames: Passed[];
  absent: string[];
  printed: string;
  /** What each function that has a test did in each of its cases. */
  traces: Map<string, Trace[]>;
  /** What it returns with the cache of the reader's own forward function. */
  ofForward: Map<string, Returned>;
}

/** Where something stands, and what is said of it. */
type Spot = { where: string; line: number };
type Line = Spot & { name: string; says: string };
/** A title, and what stands below it. */
type Shown = [string, Element[]];

declare var BACKCHECK: Data;

/** What is said of a form that is typed: why it cannot be read, or all the rest. */
interface Said {
  error: string;
  values: Scope;
  stop: string;
  verdict: [string, string];
  tests: [string, string][];
}
/** The same as a page shows it: numbers in parts, and lines with their class. */
type Told = { error: string; numbers: string[]; lines: [string, string][] };
