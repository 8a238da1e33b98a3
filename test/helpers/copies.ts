import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { built, root } from './paths'

/** A folder with copies of this package, as npm makes them where versions differ. */
export class Copies {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'futex-waitgroup-'))

  /** @param addon - the binary that they get */
  constructor(names: readonly string[], addon = path.join(root, built.addon)) {
    symlinkSync(path.join(root, 'node_modules'), path.join(this.folder, 'node_modules'), 'junction')
    for (const name of names) {
      const copy = path.join(this.folder, name)
      mkdirSync(path.dirname(this.addonOf(name)), { recursive: true })
      for (const part of ['dist', 'package.json', 'native/include']) {
        cpSync(path.join(root, part), path.join(copy, part), { recursive: true })
      }
      cpSync(addon, this.addonOf(name))
    }
  }

  addonOf(name: string): string {
    return path.join(this.folder, name, built.addon)
  }

  /** Raises the version that a copy says it has. */
  makeIncompatible(name: string): void {
    const file = this.addonOf(name)
    const image = readFileSync(file)
    const struct = exportsOf(image).get('futex_waitgroup_copy')
    if (struct === undefined) throw new Error(`${file} has no struct to change`)
    image.writeUInt32LE(image.readUInt32LE(struct) + 1, struct)
    writeFileSync(file, image)
  }

  /** Makes the header of a copy one of a later version, which only appends. @returns its folder */
  appendToHeader(name: string): string {
    const folder = path.join(this.folder, name, 'native/include')
    const file = path.join(folder, 'futex_waitgroup.h')
    const header = readFileSync(file, 'utf8')
    const later = header.replace('\n} fwg_api;', '\n  void (*later)(fwg_group* group);\n} fwg_api;')
    if (later === header) throw new Error(`${file} has no struct to append to`)
    writeFileSync(file, later)
    return folder
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What a 64-bit little-endian ELF module exports: names, and where in the file each begins. */
export function exportsOf(image: Buffer): Map<string, number> {
  const sectionAt = (index: number) => {
    const at = Number(image.readBigUInt64LE(0x28)) + index * image.readUInt16LE(0x3a)
    const word = (offset: number) => Number(image.readBigUInt64LE(at + offset))
    const half = (offset: number) => image.readUInt32LE(at + offset)
    return { type: half(4), address: word(16), offset: word(24), size: word(32), link: half(40) }
  }
  const found = new Map<string, number>()
  for (let i = 0; i < image.readUInt16LE(0x3c); i++) {
    const symbols = sectionAt(i)
    if (symbols.type !== 11) continue // SHT_DYNSYM
    const names = sectionAt(symbols.link)
    for (let at = symbols.offset; at < symbols.offset + symbols.size; at += 24) {
      const home = image.readUInt16LE(at + 6)
      if (home === 0) continue // imported
      const start = names.offset + image.readUInt32LE(at)
      const name = image.toString('latin1', start, image.indexOf(0, start))
      const section = sectionAt(home)
      found.set(name, Number(image.readBigUInt64LE(at + 8)) - section.address + section.offset)
    }
  }
  return found
}
