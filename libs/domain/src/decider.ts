/** An aggregate as three pure parts: what may happen, what happened, and where it starts. No clock, no ids, no I/O. */
export interface Decider<State, Command, Event> {
  readonly initial: State;
  /** @returns the events that follow; none when the command has been carried out already. @throws {Rejection} */
  decide(command: Command, state: State): readonly Event[];
  evolve(state: State, event: Event): State;
}
