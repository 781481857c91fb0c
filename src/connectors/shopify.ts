import * as z from 'zod'
import { apiKey, clientCredentials, connector, graphqlPages, oauth2, tool } from '../catalog/define.ts'

const request = 'POST /graphql.json'
// No more than one query may cost: 1000 points, by how much it may bring. 250 come at once at the most.
const first = (most: number) => z.int().min(1).max(most).describe('How many')
const gid = (kind: string) => z.string().describe(`gid://shopify/${kind}/1234567890`)
const errors = 'userErrors { field message }'
const version = '2026-10'
const place = { headers: { 'x-shopify-access-token': '{access_token}' } }
const scopes = ['read_products', 'write_products', 'read_orders', 'write_orders', 'read_customers']

/** Shopify's GraphQL Admin API: https://shopify.dev/docs/api/admin-graphql. It answers most failures with HTTP 200. */
export const shopify = connector({
  name: 'Shopify',
  about: 'Products, orders and customers of a Shopify store.',
  category: 'commerce',
  auth: [
    apiKey({
      label: 'Admin API access token',
      console: 'https://admin.shopify.com/settings/apps/development',
      advice: `For a custom app that the store already has: its Admin API access token, with ${scopes.join(', ')}.`,
      header: 'x-shopify-access-token',
      example: 'shpat_…',
    }),
    clientCredentials({
      label: 'client credentials of an app of your own',
      console: 'https://dev.shopify.com/dashboard',
      advice:
        `Make an app in the Dev Dashboard of the organization that owns the store, give it ${scopes.join(', ')}, release ` +
        'it, install it on the store, and copy client id and secret from its settings.',
      token: 'https://{shop}.myshopify.com/admin/oauth/access_token',
      scopes: [],
      place,
      lifetimeS: 86_399,
    }),
    oauth2({
      label: 'Shopify store',
      console: 'https://dev.shopify.com/dashboard',
      authorize: 'https://{shop}.myshopify.com/admin/oauth/authorize',
      token: 'https://{shop}.myshopify.com/admin/oauth/access_token',
      tokenParams: { expiring: '1' },
      body: 'json',
      pkce: 'off',
      scopes,
      scopeSeparator: ',',
      place,
    }),
  ],
  inputs: {
    shop: {
      label: 'Store',
      hint: 'What stands before .myshopify.com in the address of the store.',
      example: 'acme-tea',
      matches: /[A-Za-z0-9][A-Za-z0-9-]*/,
    },
  },
  account: {
    request,
    body: { query: '{ shop { id name myshopifyDomain } }' },
    id: 'data.shop.id',
    label: 'data.shop.name',
  },
  api: {
    base: `https://{shop}.myshopify.com/admin/api/${version}`,
    version,
    versionHeader: 'x-shopify-api-version',
    deprecatedHeader: 'x-shopify-api-deprecated-reason',
    errors: [
      { body: ['errors.0.extensions.code', 'THROTTLED'], code: 'rate_limited', waitMs: 2000 },
      { body: ['errors.0.extensions.code', 'ACCESS_DENIED'], code: 'missing_scope' },
      { body: ['errors.0.extensions.code', 'INTERNAL_SERVER_ERROR'], code: 'provider_unavailable', unsure: true },
      // What a mutation says of its input: it was not carried out.
      ...['data.productCreate.userErrors', 'data.productUpdate.userErrors'].map(path => ({
        body: [path, true] as [string, true],
        code: 'validation_error' as const,
        message: path,
      })),
    ],
    // https://shopify.dev/docs/api/usage/limits: points, by what a query costs.
    hears: [{ kind: 'cost', throttle: 'extensions.cost.throttleStatus', cost: 'extensions.cost.actualQueryCost' }],
    message: ['errors.0.message', 'errors'],
  },
  tools: () => ({
    list_products: tool({
      about: 'List or search the products of the Shopify store with prices and stock.',
      input: { first: first(40), query: z.string().optional().describe('"status:active tag:tea title:green*"') },
      request,
      graphql:
        'query($first: Int!, $after: String, $query: String) { products(first: $first, after: $after, query: $query) { nodes { id title handle status vendor productType tags totalInventory variants(first: 20) { nodes { id title sku price inventoryQuantity } } } pageInfo { hasNextPage endCursor } } }',
      effect: 'read',
      page: graphqlPages('data.products'),
      pick: 'data.products.nodes',
    }),
    create_product: tool({
      about: 'Make a product in the Shopify store. It is a draft unless status is ACTIVE. Each call makes another one.',
      input: {
        product: z.strictObject({
          title: z.string().min(1),
          descriptionHtml: z.string().optional(),
          vendor: z.string().optional(),
          productType: z.string().optional(),
          tags: z.array(z.string()).optional(),
          status: z.enum(['DRAFT', 'ACTIVE', 'ARCHIVED']),
        }),
      },
      request,
      graphql: `mutation($product: ProductCreateInput!) { productCreate(product: $product) { product { id title handle status } ${errors} } }`,
      pick: 'data.productCreate',
    }),
    update_product: tool({
      about: 'Change a product of the Shopify store: title, description, tags, status.',
      input: {
        product: z.strictObject({
          id: gid('Product'),
          title: z.string().min(1).optional(),
          descriptionHtml: z.string().optional(),
          tags: z.array(z.string()).optional().describe('Replaces all tags'),
          status: z.enum(['DRAFT', 'ACTIVE', 'ARCHIVED']).optional(),
        }),
      },
      request,
      graphql: `mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { product { id title status tags } ${errors} } }`,
      idempotency: 'natural',
      pick: 'data.productUpdate',
    }),
    list_orders: tool({
      about: 'List or search the orders of the Shopify store, newest first. Those older than 60 days need more rights.',
      input: {
        first: first(200),
        query: z.string().optional().describe('"financial_status:paid created_at:>2026-01-01"'),
      },
      request,
      graphql:
        'query($first: Int!, $after: String, $query: String) { orders(first: $first, after: $after, query: $query, sortKey: CREATED_AT, reverse: true) { nodes { id name createdAt displayFinancialStatus displayFulfillmentStatus totalPriceSet { shopMoney { amount currencyCode } } customer { id displayName } } pageInfo { hasNextPage endCursor } } }',
      effect: 'read',
      page: graphqlPages('data.orders'),
      pick: 'data.orders.nodes',
    }),
    get_order: tool({
      about: 'Read one order of the Shopify store with what was bought, the note and where it goes.',
      input: { id: gid('Order') },
      request,
      graphql:
        'query($id: ID!) { order(id: $id) { id name createdAt note tags email displayFinancialStatus displayFulfillmentStatus totalPriceSet { shopMoney { amount currencyCode } } lineItems(first: 50) { nodes { title quantity sku } } shippingAddress { name address1 address2 city zip countryCodeV2 } } }',
      effect: 'read',
      pick: 'data.order',
    }),
    list_customers: tool({
      about: 'List or search the customers of the Shopify store.',
      input: { first: first(250), query: z.string().optional().describe('"email:ada@example.com", "orders_count:>5"') },
      request,
      graphql:
        'query($first: Int!, $after: String, $query: String) { customers(first: $first, after: $after, query: $query) { nodes { id displayName numberOfOrders tags createdAt } pageInfo { hasNextPage endCursor } } }',
      effect: 'read',
      page: graphqlPages('data.customers'),
      pick: 'data.customers.nodes',
    }),
  }),
})
