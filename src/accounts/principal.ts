/** Who is asking. Everything that a caller may reach derives from this, never from what the request says about itself. */
export type Principal = {
  workspaceId: string
  agentId: string
  /** Empty for the command line, which acts with the rights of whoever may read the data folder. */
  keyId: string
  /** A live key uses live connections only, a test key test connections only. */
  environment: Environment
}

export type Environment = 'live' | 'test'
