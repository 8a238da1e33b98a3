// The main process must not block, and awaits. Run: npx electron examples/electron/main.cjs
const path = require('node:path')
const { app, BrowserWindow, ipcMain } = require('electron')
const { count } = require('./count.cjs')

app.whenReady().then(async () => {
  const window = new BrowserWindow({
    width: 480,
    height: 240,
    webPreferences: { preload: path.join(__dirname, 'preload.cjs') },
  })
  ipcMain.handle('count', () => count(4))
  await window.loadFile(path.join(__dirname, 'index.html'))
  // For the test: clicks the button, prints the answer, and quits.
  if (process.env.EXAMPLE_ONCE !== undefined) {
    console.log(await window.webContents.executeJavaScript('run()'))
    app.quit()
  }
})

app.on('window-all-closed', () => app.quit())
