import { native } from './addon'

const values = native.shared as { [name: string]: unknown }

/**
 * A variable that all evaluations of this package in one thread share. Jest, vitest and servers
 * that reload code evaluate a module more than once, sometimes in separate realms. The addon is
 * loaded once per thread.
 */
export class Shared<T> {
  constructor(readonly name: string) {}

  get value(): T | undefined {
    return values[this.name] as T | undefined
  }

  set value(value: T | undefined) {
    values[this.name] = value
  }
}
