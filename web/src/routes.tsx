import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  type LinkProps,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { ErrorPage } from './frame/error-page.tsx'
import { Frame } from './frame/frame.tsx'
import { NotFound } from './frame/not-found.tsx'
import { eventsSearch } from './pages/events/search.ts'
import { relaySearch } from './pages/relay/search.ts'
import { usageSearch } from './pages/usage/search.ts'
import { ownPath } from './session/own-path.ts'
import { requireSession } from './session/require-session.ts'

const root = createRootRouteWithContext<{ client: QueryClient }>()()

/** Pages for people who are signed in. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: ({ context, location }) => requireSession(context.client, location.href),
})

/** Those that are about a workspace: with the navigation around them. */
const framed = createRoute({ getParentRoute: () => signedIn, id: 'framed', component: Frame })

/** Every page and where it is. Each is fetched when it is first opened. */
const routes = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/setup',
    component: lazyRouteComponent(() => import('./pages/setup/page.tsx'), 'SetupPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    validateSearch: ({ to }): { to?: string } => (typeof to === 'string' ? { to } : {}),
    // Somebody who has just signed in elsewhere.
    beforeLoad({ search: { to }, location: { hash } }) {
      if (hash === 'done') throw redirect({ href: ownPath(to, window.location.origin), replace: true })
    },
    component: lazyRouteComponent(() => import('./pages/sign-in/page.tsx'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/invite',
    component: lazyRouteComponent(() => import('./pages/invite/page.tsx'), 'InvitePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/consent/refused',
    component: lazyRouteComponent(() => import('./pages/consent/refused-page.tsx'), 'RefusedPage'),
  }),
  signedIn.addChildren([
    framed.addChildren([
      createRoute({
        getParentRoute: () => framed,
        path: '/',
        component: lazyRouteComponent(() => import('./pages/home/page.tsx'), 'HomePage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/approvals',
        validateSearch: ({ view }): { view?: 'all' } => (view === 'all' ? { view } : {}),
        component: lazyRouteComponent(() => import('./pages/approvals/approvals-page.tsx'), 'ApprovalsPage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/approvals/$id',
        component: lazyRouteComponent(() => import('./pages/approvals/approval-page.tsx'), 'ApprovalPage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/connections',
        validateSearch: ({ connect, reconnect }): { connect?: string; reconnect?: string } => ({
          ...(typeof connect === 'string' && { connect }),
          ...(typeof reconnect === 'string' && { reconnect }),
        }),
        component: lazyRouteComponent(() => import('./pages/connections/connections-page.tsx'), 'ConnectionsPage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/agents',
        component: lazyRouteComponent(() => import('./pages/agents/agents-page.tsx'), 'AgentsPage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/agents/new',
        validateSearch: ({ agent }): { agent?: string } => (typeof agent === 'string' ? { agent } : {}),
        component: lazyRouteComponent(() => import('./pages/agents/make-key-page.tsx'), 'MakeKeyPage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/connections/apps',
        component: lazyRouteComponent(() => import('./pages/oauth-apps/oauth-apps-page.tsx'), 'OAuthAppsPage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/connections/apps/$slug',
        validateSearch: ({ step }): { step?: number } =>
          typeof step === 'number' && Number.isInteger(step) ? { step } : {},
        component: lazyRouteComponent(() => import('./pages/oauth-apps/registration-page.tsx'), 'RegistrationPage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/usage',
        validateSearch: usageSearch,
        component: lazyRouteComponent(() => import('./pages/usage/usage-page.tsx'), 'UsagePage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/usage/$callId',
        component: lazyRouteComponent(() => import('./pages/usage/call-page.tsx'), 'CallPage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/events',
        validateSearch: eventsSearch,
        component: lazyRouteComponent(() => import('./pages/events/events-page.tsx'), 'EventsPage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/relay',
        validateSearch: relaySearch,
        component: lazyRouteComponent(() => import('./pages/relay/relay-page.tsx'), 'RelayPage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/relay/tasks/$id',
        component: lazyRouteComponent(() => import('./pages/relay/task-page.tsx'), 'TaskPage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/relay/file',
        validateSearch: ({ key }): { key: string } => ({ key: typeof key === 'string' ? key : String(key ?? '') }),
        component: lazyRouteComponent(() => import('./pages/relay/file-page.tsx'), 'FilePage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/policy',
        component: lazyRouteComponent(() => import('./pages/policy/policy-page.tsx'), 'PolicyPage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/audit',
        component: lazyRouteComponent(() => import('./pages/audit/audit-page.tsx'), 'AuditPage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/members',
        component: lazyRouteComponent(() => import('./pages/members/page.tsx'), 'MembersPage'),
      }),
      createRoute({
        getParentRoute: () => framed,
        path: '/settings',
        component: lazyRouteComponent(() => import('./pages/settings/page.tsx'), 'SettingsPage'),
      }),
    ]),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/pair',
      validateSearch: codeIn,
      component: lazyRouteComponent(() => import('./pages/pair/pair-page.tsx'), 'PairPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/pair/$id',
      validateSearch: codeIn,
      component: lazyRouteComponent(() => import('./pages/pair/pairing-page.tsx'), 'PairingPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/connect/$id',
      component: lazyRouteComponent(() => import('./pages/connect/connect-page.tsx'), 'ConnectPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/consent/$uid',
      component: lazyRouteComponent(() => import('./pages/consent/consent-page.tsx'), 'ConsentPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/device',
      // The authorization server names it so (RFC 8628, 3.3.1).
      validateSearch: ({ user_code }): { user_code?: string } => (typeof user_code === 'string' ? { user_code } : {}),
      component: lazyRouteComponent(() => import('./pages/device/device-page.tsx'), 'DevicePage'),
    }),
  ]),
])

/** The code that a device shows, as a link to its page has it. A code of digits alone is read as a number. */
function codeIn({ code }: Record<string, unknown>): { code?: string } {
  return typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}
}

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree: routes,
    context: { client },
    defaultPreload: 'intent',
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  })
}

/** What a link may lead to. */
export type AppPath = NonNullable<LinkProps['to']>

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
