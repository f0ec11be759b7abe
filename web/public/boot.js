// Runs before the first paint, so that the page never flashes in the wrong theme. Keep in step with src/lib/settings.ts.
;(() => {
  let settings = {}
  try {
    settings = JSON.parse(localStorage.getItem('wheelhouse.settings') ?? '{}')
  } catch {
    // Settings that cannot be read count as none.
  }
  const root = document.documentElement
  const prefers = (query) => matchMedia(query).matches
  const dark = settings.theme === 'dark' || (settings.theme !== 'light' && prefers('(prefers-color-scheme: dark)'))
  root.dataset.theme = dark ? 'dark' : 'light'
  root.dataset.contrast = (settings.highContrast ?? prefers('(prefers-contrast: more)')) ? 'more' : 'normal'
  const chinese = (settings.language ?? navigator.language).startsWith('zh')
  root.lang = chinese ? 'zh-CN' : 'en'
})()

// The first files of the page may be lost on the way: Chromium drops what it is loading when a container engine makes a network. Then
// the page would stay empty, so it is loaded once more, if the server answers.
;(() => {
  const KEY = 'wheelhouse.loadedAgain'
  const address = document.currentScript.src
  const loadAgain = async ({ target }) => {
    const isFile = target instanceof HTMLScriptElement || target instanceof HTMLLinkElement
    if (!isFile || document.getElementById('root')?.hasChildNodes() || sessionStorage.getItem(KEY)) return
    sessionStorage.setItem(KEY, 'yes')
    if ((await fetch(address, { cache: 'no-store' })).ok) location.reload()
  }
  addEventListener('error', (event) => loadAgain(event).catch(() => {}), true)
  addEventListener('load', () => {
    if (document.getElementById('root')?.hasChildNodes()) sessionStorage.removeItem(KEY)
  })
})()
