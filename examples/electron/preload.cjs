// Offers the window one call to the main process.
const { contextBridge, ipcRenderer } = require('electron')

contextBridge.exposeInMainWorld('primes', { count: () => ipcRenderer.invoke('count') })
