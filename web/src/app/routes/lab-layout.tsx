import { Tabs } from 'radix-ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import { useMediaQuery } from '~/lib/use-media-query'

interface Zones {
  instructions: ReactNode
  terminals: ReactNode
  tasks: ReactNode
}

const ZONES = ['instructions', 'terminals', 'tasks'] as const
export type Zone = (typeof ZONES)[number]

interface LabLayoutProps extends Zones {
  /** The one that a phone shows. */
  zone: Zone
  onZone: (zone: Zone) => void
}

/** Text on the left, terminals over tasks on the right, with dividers that remember their place. On a phone one zone at a time. */
export function LabLayout(props: LabLayoutProps) {
  return useMediaQuery('(min-width: 900px)') ? <WideLayout {...props} /> : <NarrowLayout {...props} />
}

function WideLayout({ instructions, terminals, tasks }: Zones) {
  const { t } = useTranslation()
  const columns = useDefaultLayout({ id: 'wheelhouse.lab.columns' })
  const rows = useDefaultLayout({ id: 'wheelhouse.lab.rows' })
  return (
    <Group
      className="h-full"
      {...(columns.defaultLayout ? { defaultLayout: columns.defaultLayout } : {})}
      onLayoutChanged={columns.onLayoutChanged}
    >
      <Panel id="instructions" defaultSize="36%" minSize="320px" maxSize="60%">
        {instructions}
      </Panel>
      <Divider label={t('lab.panes.resize')} />
      <Panel id="workplace" minSize="420px">
        <Group
          className="h-full"
          orientation="vertical"
          {...(rows.defaultLayout ? { defaultLayout: rows.defaultLayout } : {})}
          onLayoutChanged={rows.onLayoutChanged}
        >
          <Panel id="terminals" minSize="140px">
            {terminals}
          </Panel>
          <Divider label={t('lab.panes.resize')} horizontal />
          <Panel id="tasks" defaultSize="36%" minSize="40px">
            <section aria-label={t('lab.panes.tasks')} className="h-full">
              {tasks}
            </section>
          </Panel>
        </Group>
      </Panel>
    </Group>
  )
}

const Divider = ({ label, horizontal = false }: { label: string; horizontal?: boolean }) => (
  <Separator
    aria-label={label}
    className={`relative bg-line transition-colors outline-none hover:bg-accent focus-visible:bg-accent data-[separator=active]:bg-accent ${horizontal ? 'h-px' : 'w-px'}`}
  />
)

function NarrowLayout({ zone: shown, onZone, ...zones }: LabLayoutProps) {
  const { t } = useTranslation()
  return (
    <Tabs.Root value={shown} onValueChange={(value) => onZone(value as Zone)} className="flex h-full flex-col">
      {ZONES.map((zone) => (
        <Tabs.Content key={zone} value={zone} tabIndex={-1} forceMount className="min-h-0 flex-1 data-[state=inactive]:hidden">
          {zones[zone]}
        </Tabs.Content>
      ))}
      <Tabs.List className="grid h-12 shrink-0 grid-cols-3 border-t border-line bg-surface">
        {ZONES.map((zone) => (
          <Tabs.Trigger
            key={zone}
            value={zone}
            className="text-sm text-muted data-[state=active]:font-medium data-[state=active]:text-accent"
          >
            {t(`lab.panes.${zone}`)}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
    </Tabs.Root>
  )
}
