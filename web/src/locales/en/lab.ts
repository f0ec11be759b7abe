export const lab = {
  panes: { instructions: 'Instructions', terminals: 'Terminals', tasks: 'Tasks', resize: 'Resize the panels' },
  stepOf: 'Step {{step}} of {{all}}',
  steps: 'Steps',
  previous: 'Previous step',
  next: 'Next step',
  finish: 'See the result',
  failed: 'This lab could not be loaded.',
  code: {
    ran: 'Sent to the terminal',
    copied: 'Copied',
    notReady: 'The terminal is not there yet',
  },
  points: 'Points',
  resetLab: 'Start the lab over',
  resetLabTitle: 'Start this lab over?',
  resetLabText:
    'Every task goes back to its start. What you made in its namespaces is deleted. Points that you have won are kept.',
  menu: 'Lab menu',
} as const
