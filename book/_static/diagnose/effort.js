// @ts-check
/* How much a search may try; see search.py. */
import { DATA } from "./util.js";

/** How many programs with two changes may still be tried, which is counted, not timed. */
export class Effort {
  constructor(left = DATA.effort[0]) {
    this.left = left;
    /** How many of them are left for other tests. */
    this.kept = 0;
  }
  /** Begins, with so many to try at most. @param {number} most */
  begin(most) {
    this.kept = Math.max(0, this.left - most);
  }
  /** Whether there were more to try. */
  get spent() {
    return this.left < this.kept;
  }
  /** Whether one more may be tried, which counts as so many. */
  allows(steps = 1) {
    this.left -= steps;
    return !this.spent;
  }
}
