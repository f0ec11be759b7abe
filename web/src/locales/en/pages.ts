export const session = {
  signIn: {
    title: 'Sign in with your link',
    owner: 'You run this server?',
    ownerText: 'Its terminal shows an address with your sign-in when it starts. This command prints a new one:',
    learner: 'Someone else runs it?',
    learnerText: 'Ask for a personal link. This command, run on the server, prints one:',
    bad: 'This link does not work any more. Each link signs in once; ask for a new one.',
    unreachable: 'The server cannot be reached',
  },
  account: 'Account',
  role: { owner: 'Owner', learner: 'Learner' },
  signOut: 'Sign out',
  version: 'Version {{version}}',
} as const

export const settings = {
  theme: 'Theme',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  highContrast: 'High contrast',
  language: 'Language',
  appearance: 'Appearance',
} as const

export const doctor = {
  title: 'Doctor',
  lead: 'What this server needs for its clusters, what it found, and what to do about it.',
  status: { ok: 'Good', warning: 'Could be better', problem: 'Needs you', unknown: 'Unknown' },
  allWell: 'Everything is as it should be',
  problems_one: '{{count}} thing needs you',
  problems_other: '{{count}} things need you',
  warnings_one: '{{count}} thing could be better',
  warnings_other: '{{count}} things could be better',
  remedy: 'What to do: ',
  checkedAt: 'Checked {{when}}',
  again: 'Check again',
  failed: 'The doctor could not be asked.',
} as const

export const shortcuts = {
  title: 'Keyboard shortcuts',
  open: 'Keyboard shortcuts',
  rest: 'They rest while a terminal or a field has the keyboard.',
  anywhere: 'Anywhere',
  inLab: 'In a lab',
  inTerminal: 'In a terminal',
  help: 'This list',
  search: 'Search labs',
  previous: 'Previous step',
  next: 'Next step',
  check: 'Check the task',
  task: 'Show task 1 to 9',
  terminal: 'Into the terminal',
  leaveTerminal: 'Leave the terminal',
  copy: 'Copy',
  paste: 'Paste',
  find: 'Search',
} as const
