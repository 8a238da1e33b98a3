// What the window may ask of the main process.
const { contextBridge, ipcRenderer } = require('electron')

contextBridge.exposeInMainWorld('primes', { count: () => ipcRenderer.invoke('count') })
