// @ts-nocheck The types of Electron and of the DOM are not installed here.
// What the window may ask of the main process.
const { contextBridge, ipcRenderer } = require('electron')

contextBridge.exposeInMainWorld('primes', { count: () => ipcRenderer.invoke('count') })
