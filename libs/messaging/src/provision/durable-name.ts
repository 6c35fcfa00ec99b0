/** The server would refuse any other name only once the consumer starts, over and over. @throws {RangeError} */
export function requireDurableName(name: string): void {
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(name)) {
    throw new RangeError(`a durable consumer's name has letters, digits, _ and - only, not ${JSON.stringify(name)}`);
  }
}
