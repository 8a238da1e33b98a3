import { native } from './addon'

const values = native.shared as { [name: string]: unknown }

/**
 * A variable that all evaluations of this package in one thread share. Jest, vitest and servers that
 * reload evaluate a module many times, some in a realm of its own; the addon is loaded once per
 * thread.
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
