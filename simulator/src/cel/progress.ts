/** How far an evaluation has come that may rest: which parts of its expression are done, and where its loops stand. */
import { effort } from './effort.js'
import type { LoopState } from './loops.js'
import type { Meter } from './meter.js'
import { isOver, mayRest, Rest } from './pieces.js'
import type { Expr } from './syntax.js'
import { EvaluationError, type Value } from './values.js'

/** What there was when a part began. */
interface Spent {
  cost: number
  effort: number
}

/** A part that has come to its end: what lies around it is evaluated again. */
interface Done extends Spent {
  outcome: Value | EvaluationError
}

/** A loop that is under way. `cost` and `effort` are those of its range and of the turns that are done. */
interface OpenLoop extends LoopState, Spent {
  begun: Spent
  turn: Frame
}

/** The parts of the whole expression or, within a loop, of its present turn. */
interface Frame {
  done?: Map<Expr, Done> | undefined
  open?: Map<Expr, OpenLoop> | undefined
}

export class Progress {
  readonly #whole: Frame = {}
  #frame = this.#whole
  /** @param goOn does a piece more of the evaluation. @returns whether it is done */
  constructor(
    readonly meter: Meter,
    readonly goOn: () => boolean,
  ) {}

  /** The evaluation begins anew. */
  rewind(): void {
    this.#frame = this.#whole
  }

  /** What a part came to in an earlier piece, with its cost counted again; undefined where it is not done. @throws EvaluationError */
  known(expr: Expr): Value | undefined {
    const done = this.#frame.done?.get(expr)
    if (!done) return undefined
    this.meter.cost += done.cost
    effort.spent += done.effort
    return given(done.outcome)
  }

  /** Keeps what a part came to. Nothing is kept where nobody would go on. */
  keep(expr: Expr, outcome: Value | EvaluationError, begun: Spent): void {
    if (!mayRest()) return
    const frame = this.#frame
    frame.done ??= new Map()
    frame.done.set(expr, { outcome, cost: this.meter.cost - begun.cost, effort: effort.spent - begun.effort })
  }

  /** @throws Rest where the piece is worked off */
  restIfOver(): void {
    if (isOver()) throw new Rest(this.goOn)
  }

  /** Runs a whole loop, or goes on with it. @throws EvaluationError */
  loop(expr: Expr, run: () => Value): Value {
    const known = this.known(expr)
    if (known !== undefined) return known
    const frame = this.#frame
    const begun = { cost: this.meter.cost, effort: effort.spent }
    let outcome: Value | EvaluationError
    try {
      outcome = run()
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error
      outcome = error
    } finally {
      this.#frame = frame
    }
    frame.open?.delete(expr)
    this.keep(expr, outcome, begun)
    return given(outcome)
  }

  /** Enters the turns of a loop. @param make begins it where it has not been begun */
  enter(expr: Expr, make: () => Pick<LoopState, 'turns' | 'fold'>): LoopState {
    const frame = this.#frame
    const begun = { cost: this.meter.cost, effort: effort.spent }
    let loop = frame.open?.get(expr)
    if (loop) {
      loop.begun = begun
      this.meter.cost += loop.cost
      effort.spent += loop.effort
    } else {
      loop = { ...make(), next: 0, begun, cost: 0, effort: 0, turn: {} }
      this.#note(loop)
      if (mayRest()) {
        frame.open ??= new Map()
        frame.open.set(expr, loop)
      }
    }
    this.#frame = loop.turn
    return loop
  }

  #note(loop: OpenLoop): void {
    loop.cost = this.meter.cost - loop.begun.cost
    loop.effort = effort.spent - loop.begun.effort
  }

  /** A turn is done. @throws Rest where the piece is worked off */
  turned(state: LoopState): void {
    const loop = state as OpenLoop
    this.#note(loop)
    loop.turn.done = undefined
    loop.turn.open = undefined
    this.restIfOver()
  }
}

function given(outcome: Value | EvaluationError): Value {
  if (outcome instanceof EvaluationError) throw outcome
  return outcome
}
