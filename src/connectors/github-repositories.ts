import * as z from 'zod'
import { link, tool } from '../catalog/define.ts'
import { direction, perPage, repo } from './github-inputs.ts'
import { branchOut, commitOut, person, repositoryOut } from './github-outputs.ts'

const file = { ...repo, path: z.string().describe('From the root of the repository, without a leading slash') }
const permission = z.enum(['pull', 'triage', 'push', 'maintain', 'admin']).optional()
const blobSha = z.string().describe('Blob sha of the present file')
const commit = {
  ...file,
  message: z.string().describe('Commit message'),
  branch: z.string().optional().describe('The default branch unless told'),
}

/** Repositories, their people, files and history: a part of github.ts. */
export const repositoryTools = () => ({
  list_my_repositories: tool({
    about: 'List the repositories that I own, work on or see through an organization: my repos, private ones too.',
    input: {
      visibility: z.enum(['all', 'public', 'private']).optional(),
      affiliation: z.string().optional().describe('Comma-separated: owner, collaborator, organization_member'),
      sort: z.enum(['created', 'updated', 'pushed', 'full_name']).optional(),
      direction,
      ...perPage,
    },
    request: 'GET /user/repos{?visibility,affiliation,sort,direction,per_page}',
    page: link(),
    output: z.array(repositoryOut),
  }),
  get_repository: tool({
    about: 'Read one repository: default branch, visibility, stars. A 404 may mean that the token may not see it.',
    input: repo,
    request: 'GET /repos/{owner}/{repo}',
    output: repositoryOut,
  }),
  create_repository: tool({
    about: 'Make a new repository under my own account, not an organization. It is public unless private is set.',
    input: {
      name: z.string().min(1),
      description: z.string().optional(),
      private: z.boolean().optional(),
      auto_init: z.boolean().optional().describe('Start with a README, so that there is a branch'),
    },
    request: 'POST /user/repos',
    output: repositoryOut,
  }),
  update_repository: tool({
    about: 'Change a repository: rename it (GitHub redirects the old name), edit its description, archive it.',
    input: {
      ...repo,
      name: z.string().min(1).optional().describe('New name'),
      description: z.string().optional(),
      default_branch: z.string().optional(),
      archived: z.boolean().optional().describe('true makes it read-only'),
    },
    request: 'PATCH /repos/{owner}/{repo}',
    idempotency: 'natural',
    output: repositoryOut,
  }),
  list_collaborators: tool({
    about: 'List the people who have access to a repository and what they may do. Needs push access.',
    input: { ...repo, permission, ...perPage },
    request: 'GET /repos/{owner}/{repo}/collaborators{?permission,per_page}',
    page: link(),
    output: z.array(person),
  }),
  add_collaborator: tool({
    about: 'Invite a person to a repository, or change what a collaborator may do. At most 50 invitations a day.',
    input: {
      ...repo,
      username: z.string().describe('Login'),
      permission: permission.describe('push unless told; others only in repositories of organizations'),
    },
    request: 'PUT /repos/{owner}/{repo}/collaborators/{username}',
  }),
  remove_collaborator: tool({
    about: "Take away a person's access to a repository. Also unassigns their issues and deletes their fork of it.",
    input: { ...repo, username: z.string().describe('Login') },
    request: 'DELETE /repos/{owner}/{repo}/collaborators/{username}',
  }),

  list_files: tool({
    about: 'List the files and folders of a repository (its tree). If truncated is true, it was too big to list.',
    input: {
      ...repo,
      tree_sha: z.string().describe('Branch, tag or sha; HEAD for the default branch'),
      recursive: z.literal('1').optional().describe('1 to list subfolders too'),
    },
    request: 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}{?recursive}',
  }),
  list_root_folder: tool({
    about: 'List the files and folders at the root of a repository. For another folder give its path to get_file.',
    input: { ...repo, ref: z.string().optional().describe('Branch, tag or commit') },
    request: 'GET /repos/{owner}/{repo}/contents/{?ref}',
  }),
  get_file: tool({
    about: 'Read a file of a repository (in Base64, at most 1 MB) and its sha, or list a folder by its path.',
    input: { ...file, ref: z.string().optional().describe('Branch, tag or commit') },
    request: 'GET /repos/{owner}/{repo}/contents/{+path}{?ref}',
  }),
  create_or_update_file: tool({
    about: 'Write a file in one commit. To replace one that exists, give its sha from get_file. One at a time.',
    input: { ...commit, content: z.string().describe('The whole new content in Base64'), sha: blobSha.optional() },
    request: 'PUT /repos/{owner}/{repo}/contents/{+path}',
    // The second time the sha no longer fits, and the conflict would hide that the first time worked.
    idempotency: 'none',
  }),
  delete_file: tool({
    about: 'Delete a file from a branch in one commit. Older commits still have it. Needs its sha from get_file.',
    input: { ...commit, sha: blobSha },
    request: 'DELETE /repos/{owner}/{repo}/contents/{+path}',
    idempotency: 'none',
  }),
  list_branches: tool({
    about: 'List the branches of a repository with the commit at the head of each.',
    input: { ...repo, protected: z.boolean().optional(), ...perPage },
    request: 'GET /repos/{owner}/{repo}/branches{?protected,per_page}',
    page: link(),
    output: z.array(branchOut),
  }),
  create_branch: tool({
    about: 'Make a new branch (or tag) that points at a commit. Get the commit from list_branches or list_commits.',
    input: {
      ...repo,
      ref: z.string().describe('refs/heads/NAME for a branch, refs/tags/NAME for a tag'),
      sha: z.string().describe('Commit sha'),
    },
    request: 'POST /repos/{owner}/{repo}/git/refs',
  }),
  delete_branch: tool({
    about: 'Delete a branch. Commits that are on no other branch become hard to find; its open pull requests close.',
    input: { ...repo, branch: z.string() },
    request: 'DELETE /repos/{owner}/{repo}/git/refs/heads/{+branch}',
  }),
  list_commits: tool({
    about: 'List commits: the history of a repository, branch or file, newest first.',
    input: {
      ...repo,
      sha: z.string().optional().describe('Branch or commit to start from'),
      path: z.string().optional().describe('Only commits that touch this file or folder'),
      author: z.string().optional().describe('Login or email'),
      since: z.iso.datetime().optional(),
      until: z.iso.datetime().optional(),
      ...perPage,
    },
    request: 'GET /repos/{owner}/{repo}/commits{?sha,path,author,since,until,per_page}',
    page: link(),
    output: z.array(commitOut),
  }),
  get_commit: tool({
    about: 'Read one commit: message, author, and the diff (patch) of each file that it changes.',
    input: { ...repo, ref: z.string().describe('Commit sha, branch or tag') },
    request: 'GET /repos/{owner}/{repo}/commits/{ref}',
    output: commitOut,
  }),
})
