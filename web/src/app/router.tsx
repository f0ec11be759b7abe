import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Navigate } from '@tanstack/react-router'
import { type Filter, parseFilter } from '~/features/catalogue/catalogue'
import { CrashPage } from './crash-page'
import { NotFoundPage } from './not-found-page'
import { CatalogueRoute } from './routes/catalogue-route'
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

const lab = createRoute({
  getParentRoute: () => root,
  path: '/labs/$lab',
  component: lazyRouteComponent(() => import('./routes/lab-route'), 'LabRoute'),
  validateSearch: (search: Record<string, unknown>): LabSearch => (typeof search.step === 'string' ? { step: search.step } : {}),
})

const environments = createRoute({
  getParentRoute: () => root,
  path: '/environments',
  component: lazyRouteComponent(() => import('./routes/environments-route'), 'EnvironmentsRoute'),
})

const doctor = createRoute({
  getParentRoute: () => root,
  path: '/doctor',
  component: lazyRouteComponent(() => import('~/features/doctor/doctor-page'), 'DoctorPage'),
})

/** Where a sign-in link leads that does not work (any more). Whoever is signed in all the same belongs to the labs. */
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: () => <Navigate to="/" replace />,
})

export const createAppRouter = () =>
  createRouter({
    routeTree: root.addChildren([catalogue, lab, environments, doctor, signIn]),
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
