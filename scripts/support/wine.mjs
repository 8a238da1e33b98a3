import path from 'node:path'
import { cache } from './tools.mjs'

/** The environment of programs that wine runs. Its first program sets up the prefix. */
export const wineEnv = {
  WINEPREFIX: path.join(cache, 'wine'),
  WINEDEBUG: '-all',
  // No window, and no offer of wine's to install a browser or .NET.
  WINEDLLOVERRIDES: 'mscoree,mshtml,winemenubuilder.exe=',
  DISPLAY: '',
}
