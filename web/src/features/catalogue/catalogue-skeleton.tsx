import { useTranslation } from 'react-i18next'

/** The shape of the catalogue while it is on its way, so that nothing moves when it comes. */
export function CatalogueSkeleton() {
  const { t } = useTranslation()
  return (
    <div aria-busy="true">
      <p className="sr-only" role="status">
        {t('common.loading')}
      </p>
      <div className="skeleton mb-6 h-8 w-72" />
      {['a', 'b'].map((chapter) => (
        <div key={chapter} className="grid gap-x-8 gap-y-4 border-t border-line pt-7 pb-9 lg:grid-cols-[15rem_1fr]">
          <div className="space-y-2.5">
            <div className="skeleton h-5 w-36" />
            <div className="skeleton h-4 w-52" />
          </div>
          <div className="grid gap-3 sm:grid-cols-2">
            <div className="skeleton h-42 rounded-xl" />
            <div className="skeleton h-42 rounded-xl" />
          </div>
        </div>
      ))}
    </div>
  )
}
