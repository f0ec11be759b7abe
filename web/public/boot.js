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
