import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Navigate } from '@tanstack/react-router'
import { type Filter, parseFilter } from '~/features/catalogue/catalogue'
import { loadChinese } from '~/lib/i18n'
import { CrashPage } from './crash-page'
import { NotFoundPage } from './not-found-page'
import { CatalogueRoute } from './routes/catalogue-route'
import { loadTerminalPanel } from './routes/terminal-slot'
import { Shell } from './shell'

const root = createRootRoute({
  component: Shell,
  errorComponent: CrashPage,
  notFoundComponent: NotFoundPage,
})

const catalogue = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: CatalogueRoute,
  validateSearch: (search: Record<string, unknown>): Partial<Filter> => parseFilter(search),
})

export interface LabSearch {
  /** The step that is shown, so that a reload and a link find it. */
  step?: string
}

/** The pages, and their texts, that do not come with the first one. */
const PAGES = {
  lab: () => import('./routes/lab-route'),
  environments: () => import('./routes/environments-route'),
  fork: () => import('./routes/fork-route'),
  doctor: () => import('./routes/doctor-route'),
  terminals: loadTerminalPanel,
  chinese: loadChinese,
}

/**
 * Fetches the other pages while nothing else is to be done. Whoever goes to one later need not wait, and finds it also while the
 * server is away. What fails here is fetched again when it is needed.
 */
export const fetchOtherPages = () => void Promise.allSettled(Object.values(PAGES).map((load) => load()))

const lab = createRoute({
  getParentRoute: () => root,
  path: '/labs/$lab',
  component: lazyRouteComponent(PAGES.lab, 'LabRoute'),
  validateSearch: (search: Record<string, unknown>): LabSearch => (typeof search.step === 'string' ? { step: search.step } : {}),
})

const environments = createRoute({
  getParentRoute: () => root,
  path: '/environments',
  component: lazyRouteComponent(PAGES.environments, 'EnvironmentsRoute'),
})

const fork = createRoute({
  getParentRoute: () => root,
  path: '/environments/$environment',
  component: lazyRouteComponent(PAGES.fork, 'ForkRoute'),
})

const doctor = createRoute({
  getParentRoute: () => root,
  path: '/doctor',
  component: lazyRouteComponent(PAGES.doctor, 'DoctorRoute'),
})

/** Where a sign-in link leads that does not work (any more). Whoever is signed in all the same belongs to the labs. */
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: () => <Navigate to="/" replace />,
})

export const createAppRouter = () =>
  createRouter({
    routeTree: root.addChildren([catalogue, lab, environments, fork, doctor, signIn]),
    defaultPreload: 'intent',
    defaultErrorComponent: CrashPage,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
  })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
