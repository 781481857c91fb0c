/** How one MCP client is told about ClawLink. */
export type ClientLines = {
  client: string
  /** Where the lines go. */
  where: string
  lines: string
}

/**
 * What to paste where, for the clients that people use most. Pure.
 * @param url of this ClawLink, without a slash at the end
 * @param key the key itself, or what stands for it
 */
export function clientLines(url: string, key: string): ClientLines[] {
  const mcp = `${url}/mcp`
  return [
    {
      client: 'Claude Code',
      where: 'In a terminal',
      lines: `claude mcp add --transport http --scope user clawlink ${mcp} --header "Authorization: Bearer ${key}"`,
    },
    {
      client: 'Codex',
      where: 'In a terminal; keep the first line in your shell’s profile',
      lines: `export CLAWLINK_KEY=${key}\ncodex mcp add clawlink --url ${mcp} --bearer-token-env-var CLAWLINK_KEY`,
    },
    {
      client: 'OpenClaw',
      where: 'In a terminal',
      lines: `openclaw mcp add clawlink --url ${mcp} --transport streamable-http --header "Authorization=Bearer ${key}"`,
    },
    {
      client: 'Hermes',
      where: 'In ~/.hermes/config.yaml',
      lines: `mcp_servers:\n  clawlink:\n    url: "${mcp}"\n    headers: { Authorization: "Bearer ${key}" }`,
    },
    {
      client: 'Gemini CLI',
      where: 'In a terminal',
      lines: `gemini mcp add -s user -t http -H "Authorization: Bearer ${key}" clawlink ${mcp}`,
    },
    {
      client: 'Cursor',
      where: 'In ~/.cursor/mcp.json',
      lines: JSON.stringify(
        { mcpServers: { clawlink: { url: mcp, headers: { Authorization: `Bearer ${key}` } } } },
        null,
        2,
      ),
    },
    {
      client: 'VS Code',
      where: 'In the mcp.json of your profile, which “MCP: Open User Configuration” opens',
      lines: JSON.stringify(
        { servers: { clawlink: { type: 'http', url: mcp, headers: { Authorization: `Bearer ${key}` } } } },
        null,
        2,
      ),
    },
    {
      client: 'REST',
      where: 'In a terminal, to see that it works',
      lines: `curl ${url}/api/v1/whoami -H "Authorization: Bearer ${key}"`,
    },
  ]
}
