import * as z from 'zod'
import { apiKey, connector, oauth2, tool } from '../catalog/define.ts'

const file = { file_key: z.string().describe('From the address of the file: /design/KEY/name') }

/** Figma's REST API v1: https://developers.figma.com/docs/rest-api/. */
export const figma = connector({
  name: 'Figma',
  about: 'Read Figma files, render parts of them as images, and read and write comments.',
  category: 'design',
  auth: [
    apiKey({
      label: 'personal access token',
      console: 'https://www.figma.com/settings',
      advice:
        'Under Security, generate a token with current_user:read, file_content:read, file_comments:read, ' +
        'file_comments:write and projects:read. It lives 90 days at the most.',
      header: 'x-figma-token',
      example: 'figd_…',
    }),
    oauth2({
      label: 'Figma account',
      console: 'https://www.figma.com/developers/apps',
      authorize: 'https://www.figma.com/oauth',
      token: 'https://api.figma.com/v1/oauth/token',
      refresh: 'https://api.figma.com/v1/oauth/refresh',
      clientAuth: 'basic',
      scopes: ['current_user:read', 'file_content:read', 'file_comments:read', 'file_comments:write', 'projects:read'],
      lifetimeS: 7_776_000,
    }),
  ],
  account: { request: 'GET /me', id: 'id', label: 'email' },
  api: {
    base: 'https://api.figma.com/v1',
    version: 'v1',
    errors: [
      { status: 403, body: ['err', /Invalid token|Token expired/i], code: 'authentication_failed' },
      { status: 403, body: ['err', /Invalid scope/i], code: 'missing_scope' },
    ],
    message: ['err', 'message'],
  },
  sources: { project_id: 'list_projects', file_key: 'list_files', comment_id: 'list_comments' },
  tools: () => ({
    list_projects: tool({
      about: 'List the projects of a Figma team.',
      input: { team_id: z.string().describe('From the address of the team: /files/team/ID') },
      request: 'GET /teams/{team_id}/projects',
      pick: 'projects',
    }),
    list_files: tool({
      about: 'List the files of a Figma project.',
      input: { project_id: z.string() },
      request: 'GET /projects/{project_id}/files',
      pick: 'files',
    }),
    get_file: tool({
      about:
        'Read the tree of pages, frames and layers of a Figma file. Files are large: give a depth of 1 or 2 first.',
      input: {
        ...file,
        depth: z.int().min(1).optional().describe('How deep: 1 for pages, 2 for what is on them'),
        ids: z.string().optional().describe('Comma-separated ids of nodes: only these and what leads to them'),
      },
      request: 'GET /files/{file_key}{?depth,ids}',
    }),
    get_nodes: tool({
      about: 'Read some nodes (frames, layers) of a Figma file with all that is in them.',
      input: {
        ...file,
        ids: z.string().describe('Comma-separated, such as 1:2,1:3'),
        depth: z.int().min(1).optional(),
      },
      request: 'GET /files/{file_key}/nodes{?ids,depth}',
      pick: 'nodes',
    }),
    render_images: tool({
      about: 'Render nodes of a Figma file as images. Gives addresses that live 30 days.',
      input: {
        ...file,
        ids: z.string().describe('Comma-separated ids of nodes'),
        format: z.enum(['png', 'jpg', 'svg', 'pdf']).optional(),
        scale: z.number().min(0.01).max(4).optional(),
      },
      request: 'GET /images/{file_key}{?ids,format,scale}',
      pick: 'images',
    }),
    list_comments: tool({
      about: 'List the comments on a Figma file.',
      input: file,
      request: 'GET /files/{file_key}/comments',
      pick: 'comments',
    }),
    create_comment: tool({
      about: 'Comment on a Figma file, or reply to a comment. Each call adds another one.',
      input: { ...file, message: z.string().min(1), comment_id: z.string().optional().describe('To reply to') },
      request: 'POST /files/{file_key}/comments',
    }),
  }),
})
